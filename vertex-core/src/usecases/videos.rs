//! Videos: streamed into storage, looked at there, previewed by a job.

use std::ops::Range;

use bytes::{Bytes, BytesMut};
use chrono::{DateTime, Datelike, Utc};
use futures::{Stream, TryStreamExt};
use vertex_markers::{
    picture::polyglot_around,
    poster_webp,
    preview::{PREVIEW_QUALITY, PREVIEW_SIDE},
};

use super::{
    App, Convert, contents, projects::parse_id, reservation::QuotaReservation, without_dependents,
};
use crate::{
    domain::{
        check::{Check, Field},
        content::ArContent,
        error::{Error, Result},
        identity::Identity,
        ids::{CompanyId, ContentId, VideoId},
        job::Task,
        page::{Listing, Page},
        paths::ObjectPath,
        tenant::TenantScope,
        text::{Name, description},
        version::{self, Expected},
        video::{
            RedactedRange, Video, VideoCopies, VideoFacts, VideoFailures, VideoPart, VideoStatus,
        },
        video_history::ScheduleEvent,
    },
    ports::{ByteStream, ComputeExt, MiddleFrame, ObjectWriter, Objects, VideoFile, exactly, pour},
};

/// About how much memory decoding takes at its peak, in bytes for each pixel of a frame: a decoder keeps several.
const DECODING_BYTES: u64 = 16;

/// As much is held for a video at most, whatever its file says of its size: pictures are not to wait for a storage that
/// sends a video slowly.
const MOST_DECODING: u64 = 96 << 20;

/// As many first bytes as tell one container from another.
const HEAD: usize = 4096;
/// Bytes at the end of a file that may make it an archive.
const TAIL: u64 = 66 << 10;

/// A video file that is in storage but belongs to no row yet: [`keep`] or [`discard`] it.
#[derive(Debug)]
#[must_use = "a received file stays in storage until it is kept or discarded"]
pub struct ReceivedVideo {
    id: VideoId,
    company_id: CompanyId,
    bytes: u64,
    facts: VideoFacts,
    path: ObjectPath,
    original: Option<ObjectPath>,
    room: QuotaReservation,
}

/// Streams a video file of a company into storage and reads what it says about itself.
///
/// # Errors
/// `UnsupportedMedia` for a file that is no MP4, MOV or WebM, `TooLarge`, `QuotaExceeded`, `Invalid` on the
/// field `video` for an empty or damaged file. None of them leaves a file behind.
pub async fn receive(app: &App, company: CompanyId, upload: ByteStream) -> Result<ReceivedVideo> {
    let mut room = QuotaReservation::take(app, company, 1).await?;
    match store(app, &mut room, upload).await {
        Ok(stored) => Ok(stored.in_room(room)),
        Err(error) => {
            room.release(app).await?;
            Err(error)
        }
    }
}

/// The same for an upload whose room has been reserved. The room stays reserved if it fails.
pub(super) async fn receive_into(
    app: &App,
    mut room: QuotaReservation,
    upload: ByteStream,
) -> Result<ReceivedVideo> {
    let stored = store(app, &mut room, upload).await?;
    Ok(stored.in_room(room))
}

/// What [`ReceivedVideo`] has besides its room.
struct StoredVideo {
    id: VideoId,
    bytes: u64,
    facts: VideoFacts,
    path: ObjectPath,
    original: Option<ObjectPath>,
}

impl StoredVideo {
    fn in_room(self, room: QuotaReservation) -> ReceivedVideo {
        let Self { id, bytes, facts, path, original } = self;
        let company_id = room.company_id();
        ReceivedVideo { id, company_id, bytes, facts, path, original, room }
    }
}

async fn store(
    app: &App,
    room: &mut QuotaReservation,
    mut upload: ByteStream,
) -> Result<StoredVideo> {
    let head = read_head(&mut upload).await?;
    if head.is_empty() {
        return Err(Error::field("video", "the file is empty"));
    }
    let container = vertex_video::sniff(&head)
        .ok_or_else(|| Error::unsupported("video", "is not an MP4, MOV or WebM video"))?;
    let id = VideoId(app.clock.uuid());
    let company = room.company_id();
    let path = ObjectPath::video(company, id, container);
    let files = app.files.of(company);
    let mut writer = files.writer(&path).await?;
    let copied = copy(app, room, head, upload, writer.as_mut()).await;
    let bytes = match copied {
        Ok(bytes) => bytes,
        Err(error) => {
            writer.abort().await;
            return Err(error);
        }
    };
    writer.finish().await?;
    let original = ObjectPath::original_video(company, id, container);
    let file = VideoFile { files: files.clone(), path: path.clone(), bytes };
    match look_at(app, &file, &original).await {
        Ok((facts, has_original)) => {
            let original = has_original.then_some(original);
            Ok(StoredVideo { id, bytes, facts, path, original })
        }
        Err(error) => {
            files.delete(&path).await?;
            files.delete(&original).await?;
            Err(error)
        }
    }
}

/// Reads what a stored file says about itself. If it says where it was made, that is taken out of the file that
/// everybody gets, and the one that came is kept for its owner.
async fn look_at(app: &App, file: &VideoFile, original: &ObjectPath) -> Result<(VideoFacts, bool)> {
    refuse_polyglot(file).await?;
    let facts = app.videos.inspect(file).await?;
    let parts = app.videos.identifying_metadata(file).await?;
    if parts.is_empty() {
        return Ok((facts, false));
    }
    let VideoFile { files, path, bytes } = file;
    pour(files, original, files.read_whole(path, *bytes).await?).await?;
    let pieces = files.read_whole(original, *bytes).await?;
    pour(files, path, without(parts, pieces)).await?;
    Ok((facts, true))
}

/// Refuses a stored file that is an archive, a document or a page, too.
async fn refuse_polyglot(file: &VideoFile) -> Result<()> {
    let bytes = file.bytes;
    let head = bytes_of(file, 0..bytes.min(HEAD as u64)).await?;
    let tail = bytes_of(file, bytes.saturating_sub(TAIL)..bytes).await?;
    match polyglot_around(&head, &tail) {
        Some(what) => Err(Error::field("video", format!("the file is {what} besides a video"))),
        None => Ok(()),
    }
}

async fn bytes_of(file: &VideoFile, range: Range<u64>) -> Result<Vec<u8>> {
    let length = range.end - range.start;
    let pieces = exactly(file.files.read(&file.path, range).await?, length);
    let pieces: Vec<Bytes> = pieces.try_collect().await?;
    Ok(pieces.concat())
}

/// The pieces of a file with some of its parts blanked.
fn without(parts: Vec<RedactedRange>, pieces: ByteStream) -> impl Stream<Item = Result<Bytes>> {
    let mut position = 0;
    pieces.map_ok(move |piece| {
        let mut piece = Vec::from(piece);
        let end = position + piece.len() as u64;
        let first = parts.partition_point(|part| part.end <= position);
        for part in parts[first..].iter().take_while(|part| part.start < end) {
            part.apply(position, &mut piece);
        }
        position = end;
        Bytes::from(piece)
    })
}

/// The fields of a new video as a request brings them, its file apart.
#[derive(Clone, Debug, Default)]
pub struct NewVideo {
    /// What people call it; the content's title when absent.
    pub title: Field<String>,
    /// What it is about.
    pub description: Field<String>,
    /// `true` or `false`: whether it becomes the active one. The first of a content does when absent.
    pub is_active: Field<String>,
}

/// Looks at the fields of a new video before its file is there.
///
/// # Errors
/// `Invalid` with every bad field.
pub(super) fn check(input: NewVideo) -> Result<CheckedVideo> {
    let mut check = Check::default();
    let title = check.optional("title", input.title, Name::parse);
    let text = check.optional("description", input.description, description);
    let is_active = check.optional("is_active", input.is_active, parse_flag);
    let (title, description, is_active) = check.all((title, text, is_active))?;
    Ok(CheckedVideo { title, description, is_active })
}

/// The fields of a new video.
pub(super) struct CheckedVideo {
    title: Option<Name>,
    description: Option<String>,
    is_active: Option<bool>,
}

/// Makes a received file a video of its content and queues its preview.
///
/// # Errors
/// `Invalid` with every bad field. On any error the file is removed.
pub async fn keep(
    app: &App,
    who: &Identity,
    content: &ArContent,
    received: ReceivedVideo,
    input: NewVideo,
) -> Result<Video> {
    let kept = insert(app, who, content, &received, input).await;
    if kept.is_err() {
        discard(app, received).await?;
    }
    kept
}

/// Removes a received file and gives its room back.
pub async fn discard(app: &App, received: ReceivedVideo) -> Result<()> {
    let files = app.files.of(received.company_id);
    files.delete(&received.path).await?;
    if let Some(original) = &received.original {
        files.delete(original).await?;
    }
    received.room.release(app).await
}

async fn insert(
    app: &App,
    who: &Identity,
    content: &ArContent,
    received: &ReceivedVideo,
    input: NewVideo,
) -> Result<Video> {
    if received.company_id != content.company_id {
        return Err(Error::field("video", "must come after the field that names its content"));
    }
    let CheckedVideo { title, description, is_active } = check(input)?;
    let others = app.records.videos_of(&who.scope(), content.id).await?;
    let becomes_active = is_active.unwrap_or(others.is_empty());
    let now = app.now();
    let video = Video {
        id: received.id,
        company_id: content.company_id,
        content_id: content.id,
        title: title.unwrap_or_else(|| content.title.clone()),
        description: description.unwrap_or_default(),
        bytes: received.bytes,
        facts: received.facts.clone(),
        has_preview: false,
        copies: VideoCopies { original: received.original.is_some(), ..VideoCopies::default() },
        failures: VideoFailures::default(),
        status: if becomes_active { VideoStatus::Active } else { VideoStatus::Inactive },
        starts_at: None,
        ends_at: None,
        created_at: now,
        updated_at: now,
    };
    let job = app.new_job(video.company_id, Task::PreviewVideo { video_id: video.id });
    app.records.insert_video(&who.scope(), &video, Some(received.room.id()), &job).await?;
    app.content_changed(video.content_id);
    queue_copies_if_wanted(app, &video).await?;
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
    /// What it is about.
    pub description: Field<String>,
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
/// `Invalid` with every bad field, `NotFound`, `Stale`.
pub async fn update(
    app: &App,
    who: &Identity,
    id: VideoId,
    expected: &Expected,
    changes: VideoChanges,
) -> Result<Video> {
    let mut video = get(app, who, id).await?;
    let seen = video.updated_at;
    expected.check("video", seen)?;
    let mut check = Check::default();
    let title = check.optional("title", changes.title, Name::parse);
    let text = check.optional("description", changes.description, description);
    let status = check.optional("status", changes.status, |text: String| text.parse());
    let starts_at = check.change("starts_at", changes.starts_at, parse_instant);
    let ends_at = check.change("ends_at", changes.ends_at, parse_instant);
    let (title, text, status, starts_at, ends_at) =
        check.all((title, text, status, starts_at, ends_at))?;
    video.title = title.unwrap_or(video.title);
    video.description = text.unwrap_or(video.description);
    video.status = status.unwrap_or(video.status);
    starts_at.apply(&mut video.starts_at);
    ends_at.apply(&mut video.ends_at);
    if let (Some(start), Some(end)) = (video.starts_at, video.ends_at)
        && end <= start
    {
        return Err(Error::field("ends_at", "must be after starts_at"));
    }
    video.updated_at = version::next(app.now(), seen);
    let there = app.records.update_video(&who.scope(), &video, seen).await?;
    app.content_changed(video.content_id);
    there.then_some(video).ok_or(Error::Stale("video"))
}

/// The portrait that a form names as the one its video is for.
///
/// # Errors
/// `Invalid` on the field `portrait_id`, `NotFound` when the portrait is not this user's to see.
pub async fn portrait(app: &App, who: &Identity, id: Field<String>) -> Result<ArContent> {
    let mut check = Check::default();
    let id = check.required("portrait_id", id, parse_id);
    let (id,) = check.all((id,))?;
    contents::get(app, who, ContentId(id)).await
}

/// The complaint about a form without a file.
pub fn nothing_sent(portrait: Option<ArContent>) -> Error {
    let mut check = Check::default();
    if portrait.is_none() {
        check.complain("portrait_id", "is required");
    }
    check.complain("video", "is required");
    Error::Invalid(check.into_complaints())
}

/// A video, and whether all has been done about its preview that will be.
///
/// # Errors
/// `NotFound`.
pub async fn with_preview_job(app: &App, who: &Identity, id: VideoId) -> Result<(Video, bool)> {
    let video = get(app, who, id).await?;
    let key = Task::PreviewVideo { video_id: id }.idempotency_key().unwrap_or_default();
    let is_settled = video.has_preview || !app.queue.is_waiting(&key).await?;
    match is_settled && !video.has_preview {
        // It may have been made in between.
        true => Ok((get(app, who, id).await?, true)),
        false => Ok((video, is_settled)),
    }
}

/// What was done to the schedule of a video, the latest first.
///
/// # Errors
/// `NotFound`.
pub async fn schedule_history(
    app: &App,
    who: &Identity,
    id: VideoId,
    page: Page,
) -> Result<Listing<ScheduleEvent>> {
    get(app, who, id).await?;
    app.records.schedule_history(&who.scope(), id, page).await
}

/// Makes a video the one that plays when no rule says otherwise.
///
/// # Errors
/// `NotFound`, `Stale`.
pub async fn activate(
    app: &App,
    who: &Identity,
    id: VideoId,
    expected: &Expected,
) -> Result<Video> {
    let video = get(app, who, id).await?;
    let seen = expected.pin("video", video.updated_at)?;
    let now = version::next(app.now(), video.updated_at);
    let there = app.records.activate_video(&who.scope(), id, seen, now).await?;
    app.content_changed(video.content_id);
    if !there {
        return Err(version::lost("video", seen));
    }
    get(app, who, id).await
}

/// Removes a video; its files go by a job.
///
/// # Errors
/// `NotFound`, `Stale`, and unless `force`d `Conflict` when the rotation rule of its content names it.
pub async fn delete(
    app: &App,
    who: &Identity,
    id: VideoId,
    expected: &Expected,
    force: bool,
) -> Result<()> {
    let video = get(app, who, id).await?;
    let seen = expected.pin("video", video.updated_at)?;
    if !force {
        let rule = app.records.rotation_rule(&who.scope(), video.content_id).await?;
        let names_it = rule.is_some_and(|rule| rule.names(id));
        without_dependents("video", vec![("rotation rule", names_it.into())])?;
    }
    let job = app.new_job(video.company_id, Task::remove(&ObjectPath::all_of_video(&video)));
    let there = app.records.delete_video(&who.scope(), id, seen, &job).await?;
    app.content_changed(video.content_id);
    app.job_queued();
    there.then_some(()).ok_or(version::lost("video", seen))
}

/// Makes the preview of a video: its middle frame with a play icon. Of one that cannot be decoded the reason is kept.
pub(super) async fn make_preview(app: &App, scope: &TenantScope, id: VideoId) -> Result<()> {
    let Some(video) = app.records.video(scope, id).await? else { return Ok(()) };
    let file = file_of(app, &video);
    let (width, height) = (video.facts.width.unwrap_or(0), video.facts.height.unwrap_or(0));
    let pixels = u64::from(width) * u64::from(height);
    let bytes = pixels.saturating_mul(DECODING_BYTES).min(MOST_DECODING);
    let held = app.memory.hold(video.company_id, bytes).await;
    let frame = match app.videos.middle_frame(&file).await? {
        MiddleFrame::Decoded(frame) => frame,
        MiddleFrame::Undecodable(reason) => {
            return give_up(app, scope, id, VideoPart::Preview, &reason).await;
        }
    };
    let drawn = app.compute.compute(move |_| {
        let drawn = poster_webp(&frame, PREVIEW_SIDE, PREVIEW_QUALITY);
        drop((frame, held));
        drawn
    });
    let preview = drawn.await?.map_err(|error| Error::field("video", error.to_string()))?;
    let path = ObjectPath::video_preview(video.company_id, id);
    file.files.put(&path, preview.into()).await?;
    if !app.records.set_video_preview(scope, id).await? {
        // The video was removed meanwhile, and nobody else knows of this file.
        return file.files.delete(&path).await;
    }
    app.content_changed(video.content_id);
    Ok(())
}

/// The file that everybody gets of a video.
pub(super) fn file_of(app: &App, video: &Video) -> VideoFile {
    let (company, id) = (video.company_id, video.id);
    VideoFile {
        files: app.files.of(company),
        path: ObjectPath::video(company, id, video.facts.container),
        bytes: video.bytes,
    }
}

/// Keeps why a part of a video could not be made.
pub(super) async fn give_up(
    app: &App,
    scope: &TenantScope,
    id: VideoId,
    part: VideoPart,
    reason: &str,
) -> Result<()> {
    if let Some(video) = app.records.video(scope, id).await? {
        app.records.set_video_failure(scope, id, part, reason).await?;
        app.content_changed(video.content_id);
    }
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
    app: &App,
    room: &mut QuotaReservation,
    head: Bytes,
    mut upload: ByteStream,
    writer: &mut dyn ObjectWriter,
) -> Result<u64> {
    let limit = app.policy.max_video_bytes;
    let mut bytes = 0;
    let mut next = Some(head);
    while let Some(piece) = next {
        bytes += piece.len() as u64;
        if bytes > limit {
            return Err(Error::TooLarge { field: "video", limit });
        }
        room.grow_to(app, bytes).await?;
        writer.write(piece).await?;
        next = upload.try_next().await?;
    }
    Ok(bytes)
}

fn parse_instant(text: impl AsRef<str>) -> Result<DateTime<Utc>, String> {
    let text = text.as_ref().trim();
    let instant = text.parse().ok().filter(|at: &DateTime<Utc>| (1..=9999).contains(&at.year()));
    instant.ok_or_else(|| format!("{text:?} is not an instant such as 2027-01-31T18:00:00Z"))
}

/// Reads a yes or no in a form.
fn parse_flag(text: impl AsRef<str>) -> Result<bool, String> {
    match text.as_ref().trim() {
        "true" | "1" | "on" => Ok(true),
        "false" | "0" | "off" => Ok(false),
        other => Err(format!("{other:?} is neither true nor false")),
    }
}

/// Queues the making of copies of a new video, if the operator wants them of such.
async fn queue_copies_if_wanted(app: &App, video: &Video) -> Result<()> {
    let is_wanted = match app.policy.convert {
        Convert::Always => true,
        Convert::Needed => !video.is_web_safe(),
        Convert::Never => false,
    };
    let codec = video.facts.codec.as_deref().unwrap_or_default();
    if !is_wanted || app.converter.copying_obstacle(codec).await.is_some() {
        return Ok(());
    }
    let job = app.new_job(video.company_id, Task::ConvertVideo { video_id: video.id });
    app.queue.enqueue(&job).await
}
