use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;
use vertex_core::{
    Error, Result, TenantScope,
    ids::{CompanyId, ContentId, VideoId},
    job::NewJob,
    ports::VideoRecords,
    text::Name,
    video::{Video, VideoFacts},
};

use super::{
    SqlRecords, Transaction, jobs,
    rows::{Table, entities, entity, integer, storable},
    tenant::{admit, bounds},
};

macro_rules! video_columns {
    () => {
        "id, company_id, content_id, title, container, bytes, duration_seconds, codec, width,
         height, has_preview, status, starts_at, ends_at, created_at, updated_at"
    };
}

#[derive(FromRow)]
struct VideoRow {
    id: Uuid,
    company_id: Uuid,
    content_id: Uuid,
    title: String,
    container: String,
    bytes: i64,
    duration_seconds: Option<f64>,
    codec: Option<String>,
    width: Option<i64>,
    height: Option<i64>,
    has_preview: bool,
    status: String,
    starts_at: Option<DateTime<Utc>>,
    ends_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl TryFrom<VideoRow> for Video {
    type Error = Error;

    fn try_from(row: VideoRow) -> Result<Self> {
        let table = Table("videos");
        Ok(Self {
            id: VideoId(row.id),
            company_id: CompanyId(row.company_id),
            content_id: ContentId(row.content_id),
            title: table.read("title", row.title, Name::parse)?,
            container: table.read("container", row.container, |text| text.parse())?,
            bytes: table.read("bytes", row.bytes, u64::try_from)?,
            facts: VideoFacts {
                duration_seconds: row.duration_seconds,
                codec: row.codec,
                width: table.read_optional("width", row.width, u32::try_from)?,
                height: table.read_optional("height", row.height, u32::try_from)?,
            },
            has_preview: row.has_preview,
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
    async fn insert_video(&self, scope: &TenantScope, video: &Video, job: &NewJob) -> Result<()> {
        admit(scope, video.company_id)?;
        let mut transaction = self.begin().await?;
        insert_video(&mut transaction, video).await?;
        jobs::enqueue(&mut transaction, scope, job).await?;
        transaction.commit().await
    }

    async fn video(&self, scope: &TenantScope, id: VideoId) -> Result<Option<Video>> {
        let (first, last) = bounds(scope);
        let row: Option<VideoRow> = fetch!(
            fetch_optional,
            self.reader(),
            concat!(
                "SELECT ",
                video_columns!(),
                " FROM videos WHERE id = $1 AND company_id BETWEEN $2 AND $3"
            ),
            id.0,
            first,
            last,
        )?;
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

    async fn update_video(&self, scope: &TenantScope, video: &Video) -> Result<bool> {
        let (first, last) = bounds(scope);
        let changed = execute!(
            self.writer(),
            "UPDATE videos SET title = $4, status = $5, starts_at = $6, ends_at = $7,
                 updated_at = $8
             WHERE id = $1 AND company_id BETWEEN $2 AND $3",
            video.id.0,
            first,
            last,
            video.title.as_str(),
            video.status.as_str(),
            video.starts_at,
            video.ends_at,
            video.updated_at,
        )?;
        Ok(changed > 0)
    }

    async fn activate_video(
        &self,
        scope: &TenantScope,
        id: VideoId,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let Some(content) = lock_content_of(&mut transaction, scope, id).await? else {
            return Ok(false);
        };
        execute!(
            transaction.connection(),
            "UPDATE videos SET updated_at = $3,
                 status = CASE WHEN id = $2 THEN 'active' ELSE 'inactive' END
             WHERE content_id = $1 AND (id = $2 OR status = 'active')",
            content,
            id.0,
            now,
        )?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn set_video_preview(&self, scope: &TenantScope, id: VideoId) -> Result<bool> {
        let (first, last) = bounds(scope);
        let changed = execute!(
            self.writer(),
            "UPDATE videos SET has_preview = TRUE WHERE id = $1 AND company_id BETWEEN $2 AND $3",
            id.0,
            first,
            last,
        )?;
        Ok(changed > 0)
    }

    async fn delete_video(&self, scope: &TenantScope, id: VideoId, job: &NewJob) -> Result<bool> {
        let (first, last) = bounds(scope);
        let mut transaction = self.begin().await?;
        let removed = execute!(
            transaction.connection(),
            "DELETE FROM videos WHERE id = $1 AND company_id BETWEEN $2 AND $3",
            id.0,
            first,
            last,
        )?;
        jobs::commit_with(transaction, scope, job, removed).await
    }
}

async fn insert_video(transaction: &mut Transaction, video: &Video) -> Result<()> {
    execute!(
        transaction.connection(),
        "INSERT INTO videos (id, company_id, content_id, title, container, bytes, duration_seconds,
             codec, width, height, has_preview, status, starts_at, ends_at, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        video.id.0,
        video.company_id.0,
        video.content_id.0,
        video.title.as_str(),
        video.container.extension(),
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
    )
    .map_err(|failure| failure.or_missing("content"))?;
    Ok(())
}

/// Holds the content of a video, so that of two videos activated at once only the later one stays active.
async fn lock_content_of(
    transaction: &mut Transaction,
    scope: &TenantScope,
    id: VideoId,
) -> Result<Option<Uuid>> {
    macro_rules! select_content {
        () => {
            "SELECT contents.id FROM contents JOIN videos ON videos.content_id = contents.id
             WHERE videos.id = $1 AND videos.company_id BETWEEN $2 AND $3"
        };
    }
    let (first, last) = bounds(scope);
    let statement = transaction
        .dialect(select_content!(), concat!(select_content!(), " FOR NO KEY UPDATE OF contents"));
    let row: Option<(Uuid,)> =
        fetch!(fetch_optional, transaction.connection(), statement, id.0, first, last)?;
    Ok(row.map(|(content,)| content))
}
