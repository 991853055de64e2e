use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;
use vertex_core::{
    Error, Result, TenantScope,
    ids::{CompanyId, ContentId, ReservationId, VideoId},
    job::NewJob,
    page::{Listing, Page},
    ports::VideoRecords,
    text::Name,
    version,
    video::{Video, VideoCopies, VideoFacts, VideoFailures, VideoPart, VideoStatus},
    video_history::{ScheduleAction, ScheduleEvent},
};

use super::{
    SqlRecords, Transaction,
    audit::{Changed, Deed, commit_change, note},
    jobs, quotas,
    rows::{Table, entities, entity, integer, storable},
    schedule_history,
    tenant::{admit, bounds},
};

macro_rules! video_columns {
    () => {
        "id, company_id, content_id, title, description, container, bytes, duration_seconds, codec, width,
         height, has_preview, has_original, has_web_copy, ladder, status, starts_at, ends_at, created_at, updated_at,
         audio_codec, web_obstacle, decoding_obstacle, preview_failure, copies_failure"
    };
}

/// One video whose content has not been deleted.
macro_rules! select_video {
    () => {
        concat!(
            "SELECT ",
            video_columns!(),
            " FROM videos WHERE id = $1 AND company_id BETWEEN $2 AND $3
             AND EXISTS (SELECT 1 FROM contents
                 WHERE contents.id = videos.content_id AND contents.deleted_at IS NULL)"
        )
    };
}

#[derive(FromRow)]
struct VideoRow {
    id: Uuid,
    company_id: Uuid,
    content_id: Uuid,
    title: String,
    description: String,
    container: String,
    bytes: i64,
    duration_seconds: Option<f64>,
    codec: Option<String>,
    width: Option<i64>,
    height: Option<i64>,
    has_preview: bool,
    has_original: bool,
    has_web_copy: bool,
    ladder: String,
    status: String,
    starts_at: Option<DateTime<Utc>>,
    ends_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    audio_codec: Option<String>,
    web_obstacle: Option<String>,
    decoding_obstacle: Option<String>,
    preview_failure: Option<String>,
    copies_failure: Option<String>,
}

impl TryFrom<VideoRow> for Video {
    type Error = Error;

    fn try_from(row: VideoRow) -> Result<Self> {
        let table = Table("videos");
        Ok(Self {
            id: VideoId(row.id),
            company_id: CompanyId(row.company_id),
            content_id: ContentId(row.content_id),
            title: table.read("title", row.title, Name::kept)?,
            description: row.description,
            bytes: table.read("bytes", row.bytes, u64::try_from)?,
            facts: VideoFacts {
                container: table.read("container", row.container, |text| text.parse())?,
                duration_seconds: row.duration_seconds,
                codec: row.codec,
                width: table.read_optional("width", row.width, u32::try_from)?,
                height: table.read_optional("height", row.height, u32::try_from)?,
                audio_codec: row.audio_codec,
                web_obstacle: row.web_obstacle,
                decoding_obstacle: row.decoding_obstacle,
            },
            has_preview: row.has_preview,
            copies: VideoCopies {
                original: row.has_original,
                web: row.has_web_copy,
                ladder: table.read("ladder", row.ladder.as_str(), heights)?,
            },
            failures: VideoFailures { preview: row.preview_failure, copies: row.copies_failure },
            status: table.read("status", row.status, |text| text.parse())?,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

#[async_trait]
impl VideoRecords for SqlRecords {
    async fn insert_video(
        &self,
        scope: &TenantScope,
        video: &Video,
        reserved: Option<ReservationId>,
        job: &NewJob,
    ) -> Result<()> {
        admit(scope, video.company_id)?;
        let mut transaction = self.begin().await?;
        quotas::settle(&mut transaction, reserved, video.id.0, video.created_at).await?;
        insert_video(&mut transaction, video).await?;
        if video.status == VideoStatus::Active {
            switch_others_off(&mut transaction, scope, video, video.created_at).await?;
            schedule_history::note(&mut transaction, scope, video, ScheduleAction::Activated)
                .await?;
        }
        let (deed, label) = (Deed::created("video", video.id.0), video.title.as_str());
        note(&mut transaction, scope, deed, video.company_id.0, label).await?;
        jobs::enqueue(&mut transaction, scope, job).await?;
        transaction.commit().await
    }

    async fn video(&self, scope: &TenantScope, id: VideoId) -> Result<Option<Video>> {
        let (first, last) = bounds(scope);
        let row: Option<VideoRow> =
            fetch!(fetch_optional, self.reader(), select_video!(), id.0, first, last,)?;
        entity(row)
    }

    async fn videos_of(&self, scope: &TenantScope, content: ContentId) -> Result<Vec<Video>> {
        let (first, last) = bounds(scope);
        let rows: Vec<VideoRow> = fetch!(
            fetch_all,
            self.reader(),
            concat!(
                "SELECT ",
                video_columns!(),
                " FROM videos WHERE content_id = $1 AND company_id BETWEEN $2 AND $3
                 ORDER BY created_at DESC, id DESC"
            ),
            content.0,
            first,
            last,
        )?;
        entities(rows)
    }

    async fn update_video(
        &self,
        scope: &TenantScope,
        video: &Video,
        seen: DateTime<Utc>,
    ) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let before = read(&mut transaction, scope, video.id).await?;
        let Some(before) = before.filter(|before| before.updated_at == seen) else {
            return Ok(false);
        };
        let changed: Changed = fetch!(
            fetch_optional,
            transaction.connection(),
            "UPDATE videos SET title = $3, description = $4, status = $5, starts_at = $6,
                 ends_at = $7, updated_at = $8
             WHERE id = $1 AND updated_at = $2
             RETURNING company_id, title",
            video.id.0,
            seen,
            video.title.as_str(),
            storable(&video.description),
            video.status.as_str(),
            video.starts_at,
            video.ends_at,
            video.updated_at,
        )?;
        schedule_history::note_change(&mut transaction, scope, &before, video).await?;
        commit_change(transaction, scope, Deed::updated("video", video.id.0), changed).await
    }

    async fn schedule_history(
        &self,
        scope: &TenantScope,
        id: VideoId,
        page: Page,
    ) -> Result<Listing<ScheduleEvent>> {
        schedule_history::of_video(self, scope, id, page).await
    }

    async fn activate_video(
        &self,
        scope: &TenantScope,
        id: VideoId,
        seen: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let mut transaction = self.begin().await?;
        lock_content_of(&mut transaction, scope, id).await?;
        let video = read(&mut transaction, scope, id).await?;
        let video = video.filter(|video| seen.is_none_or(|seen| seen == video.updated_at));
        let Some(mut video) = video else { return Ok(false) };
        let before = video.clone();
        switch_others_off(&mut transaction, scope, &video, now).await?;
        (video.status, video.updated_at) = (VideoStatus::Active, now);
        let changed: Changed = fetch!(
            fetch_optional,
            transaction.connection(),
            "UPDATE videos SET status = 'active', updated_at = $2
             WHERE id = $1 AND updated_at = COALESCE($3, updated_at)
             RETURNING company_id, title",
            id.0,
            now,
            seen,
        )?;
        schedule_history::note_change(&mut transaction, scope, &before, &video).await?;
        commit_change(transaction, scope, Deed::new("activated", "video", id.0), changed).await
    }

    async fn set_video_failure(
        &self,
        scope: &TenantScope,
        id: VideoId,
        part: VideoPart,
        reason: &str,
    ) -> Result<bool> {
        let (first, last) = bounds(scope);
        let statement = match part {
            VideoPart::Preview => {
                "UPDATE videos SET preview_failure = $4
                 WHERE id = $1 AND company_id BETWEEN $2 AND $3"
            }
            VideoPart::Copies => {
                "UPDATE videos SET copies_failure = $4
                 WHERE id = $1 AND company_id BETWEEN $2 AND $3"
            }
        };
        let reason = storable(reason);
        let changed = execute!(self.writer(), statement, id.0, first, last, reason)?;
        Ok(changed > 0)
    }

    async fn set_video_preview(&self, scope: &TenantScope, id: VideoId) -> Result<bool> {
        let (first, last) = bounds(scope);
        let changed = execute!(
            self.writer(),
            "UPDATE videos SET has_preview = TRUE, preview_failure = NULL
             WHERE id = $1 AND company_id BETWEEN $2 AND $3",
            id.0,
            first,
            last,
        )?;
        Ok(changed > 0)
    }

    async fn set_video_copies(
        &self,
        scope: &TenantScope,
        id: VideoId,
        copies: &VideoCopies,
    ) -> Result<bool> {
        let (first, last) = bounds(scope);
        let heights: Vec<String> = copies.ladder.iter().map(ToString::to_string).collect();
        let changed = execute!(
            self.writer(),
            "UPDATE videos SET has_web_copy = $4, ladder = $5, copies_failure = NULL
             WHERE id = $1 AND company_id BETWEEN $2 AND $3",
            id.0,
            first,
            last,
            copies.web,
            heights.join(","),
        )?;
        Ok(changed > 0)
    }

    async fn delete_video(
        &self,
        scope: &TenantScope,
        id: VideoId,
        seen: Option<DateTime<Utc>>,
        job: &NewJob,
    ) -> Result<bool> {
        let (first, last) = bounds(scope);
        let mut transaction = self.begin().await?;
        let removed: Changed = fetch!(
            fetch_optional,
            transaction.connection(),
            "DELETE FROM videos WHERE id = $1 AND company_id BETWEEN $2 AND $3
             AND updated_at = COALESCE($4, updated_at)
             RETURNING company_id, title",
            id.0,
            first,
            last,
            seen,
        )?;
        let Some((company, label)) = removed else { return Ok(false) };
        note(&mut transaction, scope, Deed::deleted("video", id.0), company, &label).await?;
        jobs::commit_with(transaction, scope, job, 1).await
    }
}

/// Heights with commas in between.
fn heights(text: &str) -> Result<Vec<u32>, std::num::ParseIntError> {
    text.split(',').filter(|height| !height.is_empty()).map(str::parse).collect()
}

async fn insert_video(transaction: &mut Transaction, video: &Video) -> Result<()> {
    execute!(
        transaction.connection(),
        "INSERT INTO videos (id, company_id, content_id, title, description, container, bytes,
             duration_seconds, codec, width, height, has_preview, status, starts_at, ends_at,
             created_at, updated_at, has_original, audio_codec, web_obstacle, decoding_obstacle)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
             $19, $20, $21)",
        video.id.0,
        video.company_id.0,
        video.content_id.0,
        video.title.as_str(),
        storable(&video.description),
        video.facts.container.extension(),
        integer(video.bytes),
        video.facts.duration_seconds,
        video.facts.codec.as_deref().map(storable),
        video.facts.width.map(i64::from),
        video.facts.height.map(i64::from),
        video.has_preview,
        video.status.as_str(),
        video.starts_at,
        video.ends_at,
        video.created_at,
        video.updated_at,
        video.copies.original,
        video.facts.audio_codec.as_deref().map(storable),
        video.facts.web_obstacle.as_deref().map(storable),
        video.facts.decoding_obstacle.as_deref().map(storable),
    )
    .map_err(|failure| failure.or_missing("content"))?;
    Ok(())
}

/// A video as a transaction sees it.
async fn read(
    transaction: &mut Transaction,
    scope: &TenantScope,
    id: VideoId,
) -> Result<Option<Video>> {
    let (first, last) = bounds(scope);
    let row: Option<VideoRow> =
        fetch!(fetch_optional, transaction.connection(), select_video!(), id.0, first, last)?;
    entity(row)
}

/// Every video of a content as a transaction sees it.
pub(super) async fn of_content(
    transaction: &mut Transaction,
    content: ContentId,
) -> Result<Vec<Video>> {
    let rows: Vec<VideoRow> = fetch!(
        fetch_all,
        transaction.connection(),
        concat!("SELECT ", video_columns!(), " FROM videos WHERE content_id = $1"),
        content.0,
    )?;
    entities(rows)
}

/// Marks every other active video of the same content as inactive.
async fn switch_others_off(
    transaction: &mut Transaction,
    scope: &TenantScope,
    video: &Video,
    now: DateTime<Utc>,
) -> Result<()> {
    let others = of_content(transaction, video.content_id).await?;
    let active = |other: &Video| other.id != video.id && other.status == VideoStatus::Active;
    for mut other in others.into_iter().filter(active) {
        (other.status, other.updated_at) =
            (VideoStatus::Inactive, version::next(now, other.updated_at));
        execute!(
            transaction.connection(),
            "UPDATE videos SET status = 'inactive', updated_at = $2 WHERE id = $1",
            other.id.0,
            other.updated_at,
        )?;
        let action = ScheduleAction::Deactivated;
        schedule_history::note(transaction, scope, &other, action).await?;
    }
    Ok(())
}

/// Holds the content of a video, so that of two videos activated at once only the later one stays active.
async fn lock_content_of(
    transaction: &mut Transaction,
    scope: &TenantScope,
    id: VideoId,
) -> Result<()> {
    macro_rules! select_content {
        () => {
            "SELECT contents.id FROM contents JOIN videos ON videos.content_id = contents.id
             WHERE videos.id = $1 AND videos.company_id BETWEEN $2 AND $3"
        };
    }
    let (first, last) = bounds(scope);
    let statement = transaction
        .dialect(select_content!(), concat!(select_content!(), " FOR NO KEY UPDATE OF contents"));
    let _: Option<(Uuid,)> =
        fetch!(fetch_optional, transaction.connection(), statement, id.0, first, last)?;
    Ok(())
}
