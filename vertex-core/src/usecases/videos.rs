//! Videos: streamed into storage, looked at there, previewed by a job.

use bytes::{Bytes, BytesMut};
use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use vertex_markers::{
    poster_webp,
    preview::{PREVIEW_QUALITY, PREVIEW_SIDE},
};

use super::{App, auth::Identity, contents};
use crate::{
    check::{Check, Field},
    content::ArContent,
    error::{Error, Result},
    ids::{ContentId, VideoId},
    job::Task,
    page::{Listing, Page},
    paths::ObjectPath,
    ports::{ByteStream, ComputeExt, ObjectWriter},
    tenant::TenantScope,
    text::Name,
    video::{Video, VideoContainer, VideoFacts, VideoStatus},
};

/// As many first bytes as tell one container from another.
const HEAD: usize = 4096;

/// A video file that is in storage but belongs to no row yet: [`keep`] or [`discard`] it.
#[derive(Debug)]
#[must_use = "a received file stays in storage until it is kept or discarded"]
pub struct ReceivedVideo {
    id: VideoId,
    container: VideoContainer,
    bytes: u64,
    facts: VideoFacts,
    path: ObjectPath,
}

/// Streams a video file of a content into storage and reads what it says about itself.
///
/// # Errors
/// `UnsupportedMedia` for a file that is no MP4, MOV or WebM, `TooLarge`, `Invalid` on the field `video`
/// for an empty or damaged file. None of them leaves a file behind.
pub async fn receive(
    app: &App,
    content: &ArContent,
    mut upload: ByteStream,
) -> Result<ReceivedVideo> {
    let head = read_head(&mut upload).await?;
    if head.is_empty() {
        return Err(Error::field("video", "the file is empty"));
    }
    let container = app
        .videos
        .sniff(&head)
        .ok_or_else(|| Error::unsupported("video", "is not an MP4, MOV or WebM video"))?;
    let id = VideoId(app.clock.uuid());
    let path = ObjectPath::video(content.company_id, id, container);
    let mut writer = app.objects.writer(&path).await?;
    let copied = copy(head, upload, writer.as_mut(), app.policy.max_video_bytes).await;
    let bytes = match copied {
        Ok(bytes) => bytes,
        Err(error) => {
            writer.abort().await;
            return Err(error);
        }
    };
    writer.finish().await?;
    match app.videos.inspect(app.objects.clone(), &path).await {
        Ok(facts) => Ok(ReceivedVideo { id, container, bytes, facts, path }),
        Err(error) => {
            app.objects.delete(&path).await?;
            Err(error)
        }
    }
}

/// Makes a received file a video of its content and queues its preview.
///
/// # Errors
/// `Invalid` for a bad title. On any error the file is removed.
pub async fn keep(
    app: &App,
    who: &Identity,
    content: &ArContent,
    received: ReceivedVideo,
    title: Field<String>,
) -> Result<Video> {
    let kept = insert(app, who, content, &received, title).await;
    if kept.is_err() {
        discard(app, received).await?;
    }
    kept
}

/// Removes a received file.
pub async fn discard(app: &App, received: ReceivedVideo) -> Result<()> {
    app.objects.delete(&received.path).await
}

async fn insert(
    app: &App,
    who: &Identity,
    content: &ArContent,
    received: &ReceivedVideo,
    title: Field<String>,
) -> Result<Video> {
    let mut check = Check::default();
    let title = check.optional("title", title, Name::parse);
    let (title,) = check.all((title,))?;
    let others = app.records.videos_of(&who.scope(), content.id).await?;
    let is_first = others.is_empty();
    let now = app.now();
    let video = Video {
        id: received.id,
        company_id: content.company_id,
        content_id: content.id,
        title: title.unwrap_or_else(|| content.title.clone()),
        container: received.container,
        bytes: received.bytes,
        facts: received.facts.clone(),
        has_preview: false,
        status: if is_first { VideoStatus::Active } else { VideoStatus::Inactive },
        starts_at: None,
        ends_at: None,
        created_at: now,
        updated_at: now,
    };
    let job = app.new_job(video.company_id, Task::PreviewVideo { video_id: video.id });
    app.records.insert_video(&who.scope(), &video, &job).await?;
    app.content_changed(video.content_id);
    app.job_queued();
    Ok(video)
}

/// The videos of a content, newest first.
///
/// # Errors
/// `NotFound` when the content is not this user's to see.
pub async fn list(
    app: &App,
    who: &Identity,
    content: ContentId,
    page: Page,
) -> Result<Listing<Video>> {
    contents::get(app, who, content).await?;
    let videos = app.records.videos_of(&who.scope(), content).await?;
    let total = videos.len() as u64;
    let offset = usize::try_from(page.offset()).unwrap_or(usize::MAX);
    let items = videos.into_iter().skip(offset).take(page.size() as usize).collect();
    Ok(Listing { items, total, page })
}

/// One video.
///
/// # Errors
/// `NotFound` when there is none that this user sees.
pub async fn get(app: &App, who: &Identity, id: VideoId) -> Result<Video> {
    app.records.video(&who.scope(), id).await?.ok_or(Error::NotFound("video"))
}

/// The fields of a video that can be changed.
#[derive(Clone, Debug, Default)]
pub struct VideoChanges {
    /// What people call it.
    pub title: Field<String>,
    /// `active`, `inactive` or `archived`; [`activate`] is the way to make it the only active one.
    pub status: Field<String>,
    /// It does not play before this instant; null takes the limit away.
    pub starts_at: Field<String>,
    /// It does not play from this instant on; null takes the limit away.
    pub ends_at: Field<String>,
}

/// Changes the fields that are given.
///
/// # Errors
/// `Invalid` with every bad field, `NotFound`.
pub async fn update(
    app: &App,
    who: &Identity,
    id: VideoId,
    changes: VideoChanges,
) -> Result<Video> {
    let mut video = get(app, who, id).await?;
    let mut check = Check::default();
    let title = check.optional("title", changes.title, Name::parse);
    let status = check.optional("status", changes.status, |text: String| text.parse());
    let starts_at = check.change("starts_at", changes.starts_at, parse_instant);
    let ends_at = check.change("ends_at", changes.ends_at, parse_instant);
    let (title, status, starts_at, ends_at) = check.all((title, status, starts_at, ends_at))?;
    video.title = title.unwrap_or(video.title);
    video.status = status.unwrap_or(video.status);
    starts_at.apply(&mut video.starts_at);
    ends_at.apply(&mut video.ends_at);
    if let (Some(start), Some(end)) = (video.starts_at, video.ends_at)
        && end <= start
    {
        return Err(Error::field("ends_at", "must be after starts_at"));
    }
    video.updated_at = app.now();
    let there = app.records.update_video(&who.scope(), &video).await?;
    app.content_changed(video.content_id);
    there.then_some(video).ok_or(Error::NotFound("video"))
}

/// Makes a video the one that plays when no rule says otherwise.
///
/// # Errors
/// `NotFound`.
pub async fn activate(app: &App, who: &Identity, id: VideoId) -> Result<Video> {
    app.records.activate_video(&who.scope(), id, app.now()).await?;
    let video = get(app, who, id).await?;
    app.content_changed(video.content_id);
    Ok(video)
}

/// Removes a video; its files go by a job.
///
/// # Errors
/// `NotFound`.
pub async fn delete(app: &App, who: &Identity, id: VideoId) -> Result<()> {
    let video = get(app, who, id).await?;
    let job = app.new_job(video.company_id, Task::remove(&ObjectPath::all_of_video(&video)));
    let there = app.records.delete_video(&who.scope(), id, &job).await?;
    app.content_changed(video.content_id);
    app.job_queued();
    there.then_some(()).ok_or(Error::NotFound("video"))
}

/// Makes the preview of a video: its middle frame with a play icon. Codecs that cannot be decoded have none.
pub(super) async fn make_preview(app: &App, scope: &TenantScope, id: VideoId) -> Result<()> {
    let Some(video) = app.records.video(scope, id).await? else { return Ok(()) };
    let path = ObjectPath::video(video.company_id, id, video.container);
    let Some(frame) = app.videos.middle_frame(app.objects.clone(), &path).await? else {
        return Ok(());
    };
    let drawn = app.compute.compute(move || poster_webp(&frame, PREVIEW_SIDE, PREVIEW_QUALITY));
    let preview = drawn.await?.map_err(|error| Error::field("video", error.to_string()))?;
    app.objects.put(&ObjectPath::video_preview(video.company_id, id), preview.into()).await?;
    app.records.set_video_preview(scope, id).await?;
    app.content_changed(video.content_id);
    Ok(())
}

async fn read_head(upload: &mut ByteStream) -> Result<Bytes> {
    let mut head = BytesMut::new();
    while head.len() < HEAD {
        let Some(piece) = upload.try_next().await? else { break };
        head.extend_from_slice(&piece);
    }
    Ok(head.freeze())
}

async fn copy(
    head: Bytes,
    mut upload: ByteStream,
    writer: &mut dyn ObjectWriter,
    limit: u64,
) -> Result<u64> {
    let mut bytes = 0;
    let mut next = Some(head);
    while let Some(piece) = next {
        bytes += piece.len() as u64;
        if bytes > limit {
            return Err(Error::TooLarge { field: "video", limit });
        }
        writer.write(piece).await?;
        next = upload.try_next().await?;
    }
    Ok(bytes)
}

fn parse_instant(text: impl AsRef<str>) -> Result<DateTime<Utc>, String> {
    let text = text.as_ref().trim();
    text.parse().map_err(|_| format!("{text:?} is not an instant such as 2027-01-31T18:00:00Z"))
}
