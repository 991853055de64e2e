//! Making what a content needs to be seen: marker, preview and QR code.

use bytes::Bytes;
use vertex_markers::{
    Cancellation, Header, Limits, MindFile, Picture, QrOptions,
    mind::{self, CompileOptions},
    nft::{self, NftOptions},
    preview::{PREVIEW_QUALITY, PREVIEW_SIDE},
    preview_webp, qr_png,
    trackability::{OVERLAY_SIDE, ReferenceImage, ScoreOptions},
};

use super::{App, notifications, pictures};
use crate::{
    domain::{
        content::{ArContent, MarkerReport, MarkerStatus},
        error::{Error, Result},
        ids::ContentId,
        job::{NewJob, Task},
        marker_formats::MarkerFormats,
        notification::Occasion,
        paths::{NftFile, ObjectPath},
        quality::Quality,
        tenant::TenantScope,
    },
    ports::{ComputeExt, Event, HeldMemory, Objects},
};

/// The largest file of a marker, in bytes: one of an NFT marker has the pixels of the picture in many sizes.
const MOST_MARKER: u64 = 64 << 20;

struct Drawn {
    picture: Picture,
    preview: Vec<u8>,
    qr: Vec<u8>,
}

/// The markers of one picture.
struct Markers {
    mind: Option<MindFile>,
    nft: Option<nft::Marker>,
}

impl Markers {
    fn formats(&self) -> MarkerFormats {
        MarkerFormats { mind: self.mind.is_some(), nft: self.nft.is_some() }
    }
}

/// Draws preview and QR code of a content, makes its markers and marks it ready to be measured. Doing it twice gives the
/// same files.
///
/// A content that is gone needs nothing.
pub(super) async fn generate(
    app: &App,
    scope: &TenantScope,
    id: ContentId,
    formats: Option<MarkerFormats>,
    usual_too: bool,
) -> Result<()> {
    let Some(content) = app.records.content(scope, id).await? else { return Ok(()) };
    let formats = match formats {
        Some(formats) if !usual_too => formats,
        wanted => {
            let usual = usual_formats(app, scope, &content).await?;
            wanted.map_or(usual, |wanted| wanted.and(usual))
        }
    };
    let company = content.company_id;
    let files = app.files.of(company);
    let (picture, held) = picture_of(app, &content).await?;
    let url = app.viewer_url(&content.unique_id);
    let nft = app.policy.nft;
    let (drawn, held) = app.compute.compute(move |_| (draw(&picture, &url), held)).await?;
    let Drawn { picture, preview, qr } = drawn.map_err(pictures::refuse)?;
    // These are there from here on, whatever becomes of the markers.
    files.put(&ObjectPath::content_preview(company, id), preview.into()).await?;
    files.put(&ObjectPath::qr_code(company, id), qr.into()).await?;
    if !report(app, scope, id, MarkerReport::Processing, None).await? {
        return remove_files(app, &content).await;
    }
    let made = app.compute.compute(move |stop| {
        let made = make(&picture, formats, &nft, &stop);
        drop((picture, held));
        made
    });
    let markers = made.await?.map_err(pictures::refuse)?;
    put_markers(app, &content, &markers).await?;
    let measure = app.new_job(company, Task::MeasureMarkers { content_id: id });
    let ready = MarkerReport::Ready(markers.formats());
    if !report(app, scope, id, ready, Some(&measure)).await? {
        return remove_files(app, &content).await;
    }
    app.events.publish(Event::MarkerReady { company_id: company, content_id: id });
    app.job_queued();
    Ok(())
}

/// Measures how well the viewers will find a content, unless its markers are being made anew.
///
/// # Errors
/// `Invalid` when the files are not what was put there.
pub(super) async fn measure(app: &App, scope: &TenantScope, id: ContentId) -> Result<()> {
    let Some(content) = app.records.content(scope, id).await? else { return Ok(()) };
    let ready = content.marker_status == MarkerStatus::Ready;
    let Some(made_at) = content.marker_updated_at.filter(|_| ready) else { return Ok(()) };
    let markers = read_markers(app, &content).await?;
    let (picture, held) = picture_of(app, &content).await?;
    let measured = app.background.compute(move |stop| {
        let reference = Picture::decode(&picture, &Limits::UPLOAD).map(|p| ReferenceImage::of(&p));
        // Measuring takes long and needs nothing of this.
        drop((picture, held));
        look(&reference?, &markers, &stop)
    });
    let (quality, overlay) = measured.await?.map_err(pictures::refuse)?;
    let path = ObjectPath::quality_overlay(content.company_id, id);
    app.files.of(content.company_id).put(&path, overlay.into()).await?;
    if !app.records.put_quality(scope, id, &quality, made_at).await?
        && app.records.content(scope, id).await?.is_none()
    {
        return remove_files(app, &content).await;
    }
    app.content_changed(id);
    app.events.publish(Event::MarkerMeasured { company_id: content.company_id, content_id: id });
    Ok(())
}

/// The picture of a content, with the memory that it is decoded in.
async fn picture_of(app: &App, content: &ArContent) -> Result<(Bytes, HeldMemory)> {
    let files = app.files.of(content.company_id);
    let picture = files.get(&ObjectPath::portrait(content), content.image.bytes).await?;
    let header = Header::read(&picture, &Limits::UPLOAD).map_err(pictures::refuse)?;
    let held = app.memory.hold(content.company_id, header.memory).await;
    Ok((picture, held))
}

/// Removes the files of a content that was removed while they were made: nobody else knows of them.
async fn remove_files(app: &App, content: &ArContent) -> Result<()> {
    let files = app.files.of(content.company_id);
    for path in ObjectPath::all_of_content(content) {
        files.delete(&path).await?;
    }
    Ok(())
}

async fn usual_formats(
    app: &App,
    scope: &TenantScope,
    content: &ArContent,
) -> Result<MarkerFormats> {
    let company = app.records.company(scope, content.company_id).await?;
    Ok(company.map_or(MarkerFormats::ALL, |company| company.marker_formats))
}

async fn put_markers(app: &App, content: &ArContent, markers: &Markers) -> Result<()> {
    let (company, id) = (content.company_id, content.id);
    let files = app.files.of(company);
    if let Some(mind) = &markers.mind {
        files.put(&ObjectPath::mind_marker(company, id), mind.encode().into()).await?;
    }
    if let Some(marker) = &markers.nft {
        let made = marker.encode();
        for (file, bytes) in NftFile::ALL.into_iter().zip([made.iset, made.fset, made.fset3]) {
            files.put(&ObjectPath::nft_marker(company, id, file), bytes.into()).await?;
        }
    }
    Ok(())
}

/// The markers that a content has.
async fn read_markers(app: &App, content: &ArContent) -> Result<Markers> {
    let (company, id) = (content.company_id, content.id);
    let files = app.files.of(company);
    let mind = match content.marker_formats.mind {
        true => Some(files.get(&ObjectPath::mind_marker(company, id), MOST_MARKER).await?),
        false => None,
    };
    let mind = mind.map(|mind| MindFile::decode(&mind)).transpose().map_err(pictures::refuse)?;
    let nft = match content.marker_formats.nft {
        true => Some(read_nft(app, content).await?),
        false => None,
    };
    Ok(Markers { mind, nft })
}

async fn read_nft(app: &App, content: &ArContent) -> Result<nft::Marker> {
    let files = app.files.of(content.company_id);
    let mut read = Vec::new();
    for file in NftFile::ALL {
        let path = ObjectPath::nft_marker(content.company_id, content.id, file);
        read.push(files.get(&path, MOST_MARKER).await?);
    }
    nft::Marker::decode(&read[0], &read[1], &read[2]).map_err(pictures::refuse)
}

/// Records that the markers of a content have been given up.
pub(super) async fn give_up(
    app: &App,
    scope: &TenantScope,
    id: ContentId,
    reason: &str,
) -> Result<()> {
    let Some(content) = app.records.content(scope, id).await? else { return Ok(()) };
    report(app, scope, id, MarkerReport::Failed(reason), None).await?;
    let now = app.records.content(scope, id).await?;
    if now.is_none_or(|content| content.marker_status != MarkerStatus::Failed) {
        // It was asked for once more meanwhile: the next run tells.
        return Ok(());
    }
    let occasion = Occasion::MarkerFailed {
        content_id: id,
        title: content.title.to_string(),
        reason: reason.to_owned(),
        at: app.now(),
    };
    notifications::tell(app, content.company_id, &occasion).await?;
    let (company_id, reason) = (content.company_id, reason.to_owned());
    app.events.publish(Event::MarkerFailed { company_id, content_id: id, reason });
    Ok(())
}

/// The QR code of a content, drawn as asked.
///
/// # Errors
/// `Invalid` when it cannot be drawn that way.
pub fn qr(app: &App, content: &ArContent, format: QrFormat, options: &QrOptions) -> Result<Bytes> {
    let url = app.viewer_url(&content.unique_id);
    let drawn = match format {
        QrFormat::Png => qr_png(&url, options).map(Bytes::from),
        QrFormat::Svg => vertex_markers::qr_svg(&url, options).map(Bytes::from),
    };
    drawn.map_err(|error| Error::field("size", error.to_string()))
}

/// How a QR code is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QrFormat {
    /// As pixels.
    Png,
    /// As vectors.
    Svg,
}

/// What does not depend on the markers.
fn draw(picture: &[u8], url: &str) -> vertex_markers::Result<Drawn> {
    let picture = Picture::decode(picture, &Limits::UPLOAD)?;
    let preview = preview_webp(&picture, PREVIEW_SIDE, PREVIEW_QUALITY)?;
    Ok(Drawn { picture, preview, qr: qr_png(url, &QrOptions::default())? })
}

fn make(
    picture: &Picture,
    formats: MarkerFormats,
    nft: &NftOptions,
    stop: &Cancellation,
) -> vertex_markers::Result<Markers> {
    let mind =
        formats.mind.then(|| mind::compile_cancellable(picture, &CompileOptions::default(), stop));
    let mind = mind.transpose()?;
    let nft = formats.nft.then(|| nft::compile_cancellable(picture, nft, stop));
    let nft = match nft.transpose() {
        // The other viewer may still find the picture, and the findings say what it lacks.
        Err(error) if error.kind() == vertex_markers::ErrorKind::TooPlain && mind.is_some() => None,
        nft => nft?,
    };
    Ok(Markers { mind, nft })
}

/// How well the viewers will find the picture, and a drawing of it.
fn look(
    picture: &ReferenceImage,
    Markers { mind, nft }: &Markers,
    stop: &Cancellation,
) -> vertex_markers::Result<(Quality, Vec<u8>)> {
    let options = ScoreOptions::default();
    let by_arjs = nft.as_ref().map(|nft| picture.nft_trackability(nft, &options, stop));
    let by_arjs = by_arjs.transpose()?;
    let nft_target = || {
        let (width, height) = picture.size();
        nft.as_ref().map(|nft| nft.keypoints.target(width, height)).unwrap_or_default()
    };
    let target = mind.as_ref().and_then(|mind| mind.targets.first().cloned());
    let (target, measured) = match (target, &by_arjs) {
        (None, Some(measured)) => (nft_target(), measured.clone()),
        (target, _) => {
            let target = target.unwrap_or_default();
            let measured = picture.trackability(&target, &options, stop)?;
            (target, measured)
        }
    };
    let drawn = Picture::from_rgb(picture.overlay(&target, &measured));
    let overlay = preview_webp(&drawn, OVERLAY_SIDE, PREVIEW_QUALITY)?;
    Ok((Quality::new(measured, by_arjs), overlay))
}

async fn report(
    app: &App,
    scope: &TenantScope,
    id: ContentId,
    report: MarkerReport<'_>,
    next: Option<&NewJob>,
) -> Result<bool> {
    let there = app.records.report_marker(scope, id, report, next, app.now()).await?;
    app.content_changed(id);
    Ok(there)
}
