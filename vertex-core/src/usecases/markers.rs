//! Making what a content needs to be seen: marker, preview and QR code.

use bytes::Bytes;
use vertex_markers::{
    Limits, Picture, QrOptions,
    mind::{self, CompileOptions},
    preview::{PREVIEW_QUALITY, PREVIEW_SIDE},
    preview_webp, qr_png,
    trackability::{OVERLAY_SIDE, ScoreOptions, overlay, trackability},
};

use super::{App, contents::refuse_picture, notifications};
use crate::{
    content::{ArContent, MarkerReport},
    error::{Error, Result},
    ids::ContentId,
    notification::Occasion,
    paths::ObjectPath,
    ports::{ComputeExt, Event},
    quality::Quality,
    tenant::TenantScope,
};

struct Artifacts {
    mind: Vec<u8>,
    quality: Quality,
    overlay: Vec<u8>,
    preview: Vec<u8>,
    qr: Vec<u8>,
}

/// Makes the artifacts of a content and marks it ready. Doing it twice gives the same files.
///
/// A content that is gone needs nothing.
pub(super) async fn generate(app: &App, scope: &TenantScope, id: ContentId) -> Result<()> {
    let Some(content) = app.records.content(scope, id).await? else { return Ok(()) };
    report(app, scope, id, MarkerReport::Processing).await?;
    let (company, format) = (content.company_id, content.image.format);
    let original = ObjectPath::portrait(company, id, format);
    let picture = app.objects.get(&original, content.image.bytes).await?;
    let url = app.viewer_url(&content.unique_id);
    let made = app.compute.compute(move || make(&picture, &url)).await?.map_err(refuse_picture)?;
    app.objects.put(&ObjectPath::mind_marker(company, id), made.mind.into()).await?;
    app.objects.put(&ObjectPath::quality_overlay(company, id), made.overlay.into()).await?;
    app.objects.put(&ObjectPath::content_preview(company, id), made.preview.into()).await?;
    app.objects.put(&ObjectPath::qr_code(company, id), made.qr.into()).await?;
    if !report(app, scope, id, MarkerReport::Ready(&made.quality)).await? {
        // The content was removed meanwhile, and nobody else knows of these files.
        for path in ObjectPath::all_of_content(&content) {
            app.objects.delete(&path).await?;
        }
        return Ok(());
    }
    app.events.publish(Event::MarkerReady { company_id: company, content_id: id });
    Ok(())
}

/// Records that the markers of a content have been given up.
pub(super) async fn give_up(
    app: &App,
    scope: &TenantScope,
    id: ContentId,
    reason: &str,
) -> Result<()> {
    let Some(content) = app.records.content(scope, id).await? else { return Ok(()) };
    report(app, scope, id, MarkerReport::Failed(reason)).await?;
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

fn make(picture: &[u8], url: &str) -> vertex_markers::Result<Artifacts> {
    let picture = Picture::decode(picture, &Limits::UPLOAD)?;
    let mind = mind::compile(&picture, &CompileOptions::default())?;
    let target = &mind.targets[0];
    let measured = trackability(&picture, target, &ScoreOptions::default());
    let drawn = Picture::from_rgb(overlay(&picture, target, &measured));
    Ok(Artifacts {
        mind: mind.encode(),
        quality: measured.into(),
        overlay: preview_webp(&drawn, OVERLAY_SIDE, PREVIEW_QUALITY)?,
        preview: preview_webp(&picture, PREVIEW_SIDE, PREVIEW_QUALITY)?,
        qr: qr_png(url, &QrOptions::default())?,
    })
}

async fn report(
    app: &App,
    scope: &TenantScope,
    id: ContentId,
    report: MarkerReport<'_>,
) -> Result<bool> {
    let there = app.records.report_marker(scope, id, report, app.now()).await?;
    app.content_changed(id);
    Ok(there)
}
