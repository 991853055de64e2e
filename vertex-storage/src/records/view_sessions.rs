//! View sessions, and the figures they add up to.
//!
//! Sessions come in batches. A batch travels as one JSON value that the database takes apart, so that a
//! batch of any size is a handful of statements.

use std::collections::{BTreeMap, HashSet};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde_json::{Value, json};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;
use vertex_core::{
    Error, Result, TenantScope,
    analytics::{Figures, SessionFilter},
    ids::{CompanyId, ContentId, VideoId, ViewSessionId},
    page::{Listing, Page},
    ports::ViewSessionRecords,
    view_session::{DeviceType, ViewSession},
};

use super::{
    SqlRecords, Transaction,
    rows::{Table, entities, integer, storable, window},
    tenant::admit,
};

macro_rules! session_columns {
    () => {
        "id, company_id, content_id, video_id, device_type, browser, avg_fps, duration_seconds,
         viewed_at, day"
    };
}

/// A batch in `$1` as rows of a table `session`.
macro_rules! sessions_on_sqlite {
    () => {
        "(SELECT unhex(value ->> 'id') AS id, unhex(value ->> 'company_id') AS company_id,
              unhex(value ->> 'content_id') AS content_id, unhex(value ->> 'video_id') AS video_id,
              value ->> 'device_type' AS device_type, value ->> 'browser' AS browser,
              value ->> 'avg_fps' AS avg_fps, value ->> 'duration_seconds' AS duration_seconds,
              value ->> 'viewed_at' AS viewed_at, value ->> 'day' AS day
          FROM json_each($1)) AS session"
    };
}
macro_rules! sessions_on_postgres {
    () => {
        "jsonb_to_recordset($1) AS session (id UUID, company_id UUID, content_id UUID,
             video_id UUID, device_type TEXT, browser TEXT, avg_fps DOUBLE PRECISION,
             duration_seconds DOUBLE PRECISION, viewed_at TIMESTAMPTZ, day DATE)"
    };
}

/// Leaves out sessions whose content is gone, and does not name videos that are.
macro_rules! insert_sessions {
    ($sessions:ident) => {
        concat!(
            "INSERT INTO view_sessions (",
            session_columns!(),
            ") SELECT session.id, contents.company_id, contents.id, videos.id, session.device_type,
                 session.browser, session.avg_fps, session.duration_seconds, session.viewed_at,
                 session.day
             FROM ",
            $sessions!(),
            " JOIN contents ON contents.id = session.content_id
                 AND contents.company_id = session.company_id
             LEFT JOIN videos ON videos.id = session.video_id
                 AND videos.content_id = session.content_id
             WHERE TRUE
             ON CONFLICT DO NOTHING RETURNING id"
        )
    };
}

/// What a batch adds up to, in `$1`, as rows of a table `part`.
macro_rules! parts_on_sqlite {
    () => {
        "(SELECT unhex(value ->> 'company_id') AS company_id,
              unhex(value ->> 'content_id') AS content_id, value ->> 'day' AS day,
              value ->> 'device_type' AS device_type, unhex(value ->> 'video_id') AS video_id,
              value ->> 'views' AS views, value ->> 'measured' AS measured,
              CAST(value ->> 'fps_sum' AS REAL) AS fps_sum,
              CAST(value ->> 'seconds' AS REAL) AS seconds
          FROM json_each($1)) AS part"
    };
}
macro_rules! parts_on_postgres {
    () => {
        "jsonb_to_recordset($1) AS part (company_id UUID, content_id UUID, day DATE,
             device_type TEXT, video_id UUID, views BIGINT, measured BIGINT,
             fps_sum DOUBLE PRECISION, seconds DOUBLE PRECISION)"
    };
}

/// Adds the parts to a table of figures. The order keeps processes that do so at once from waiting for
/// each other in a circle.
macro_rules! add_figures {
    ($parts:ident, $table:literal, $key:literal) => {
        concat!(
            "INSERT INTO ",
            $table,
            " (",
            $key,
            ", views, measured, fps_sum, seconds)
             SELECT ",
            $key,
            ", SUM(views), SUM(measured), SUM(fps_sum), SUM(seconds) FROM ",
            $parts!(),
            " WHERE TRUE GROUP BY ",
            $key,
            " ORDER BY ",
            $key,
            " ON CONFLICT (",
            $key,
            ") DO UPDATE SET views = ",
            $table,
            ".views + excluded.views,
                 measured = ",
            $table,
            ".measured + excluded.measured,
                 fps_sum = ",
            $table,
            ".fps_sum + excluded.fps_sum,
                 seconds = ",
            $table,
            ".seconds + excluded.seconds"
        )
    };
}
macro_rules! add_video_figures {
    ($parts:ident) => {
        concat!(
            "INSERT INTO daily_video_views (company_id, content_id, day, device_type, video_id,
                 views, measured, fps_sum, seconds)
             SELECT company_id, content_id, day, device_type, video_id, views, measured, fps_sum,
                 seconds
             FROM ",
            $parts!(),
            " WHERE TRUE ORDER BY content_id, day, device_type, video_id
             ON CONFLICT (content_id, day, device_type, video_id) DO UPDATE SET
                 views = daily_video_views.views + excluded.views,
                 measured = daily_video_views.measured + excluded.measured,
                 fps_sum = daily_video_views.fps_sum + excluded.fps_sum,
                 seconds = daily_video_views.seconds + excluded.seconds"
        )
    };
}
macro_rules! add_content_figures {
    ($parts:ident) => {
        concat!(
            "INSERT INTO daily_content_views (company_id, content_id, day, views)
             SELECT company_id, content_id, day, SUM(views) FROM ",
            $parts!(),
            " WHERE TRUE GROUP BY company_id, content_id, day ORDER BY company_id, content_id, day
             ON CONFLICT (company_id, content_id, day) DO UPDATE SET
                 views = daily_content_views.views + excluded.views"
        )
    };
}
macro_rules! count_on_contents {
    ($parts:ident) => {
        concat!(
            "UPDATE contents SET view_count = view_count + counted.views
             FROM (SELECT content_id, SUM(views) AS views FROM ",
            $parts!(),
            " GROUP BY content_id ORDER BY content_id) AS counted
             WHERE contents.id = counted.content_id"
        )
    };
}

/// The condition on sessions that are asked for by company, or by content and perhaps video.
macro_rules! of_company {
    () => {
        "company_id = $1 AND day BETWEEN $2 AND $3 AND ($4 IS NULL OR device_type = $4)"
    };
}
macro_rules! of_content {
    () => {
        "company_id = $1 AND day BETWEEN $2 AND $3 AND ($4 IS NULL OR device_type = $4)
         AND content_id = $5 AND ($6 IS NULL OR video_id = $6)"
    };
}

#[derive(FromRow)]
struct SessionRow {
    id: Uuid,
    company_id: Uuid,
    content_id: Uuid,
    video_id: Option<Uuid>,
    device_type: String,
    browser: Option<String>,
    avg_fps: Option<f64>,
    duration_seconds: f64,
    viewed_at: DateTime<Utc>,
    day: NaiveDate,
}

impl TryFrom<SessionRow> for ViewSession {
    type Error = Error;

    fn try_from(row: SessionRow) -> Result<Self> {
        let table = Table("view_sessions");
        Ok(Self {
            id: ViewSessionId(row.id),
            company_id: CompanyId(row.company_id),
            content_id: ContentId(row.content_id),
            video_id: row.video_id.map(VideoId),
            device_type: table.read("device_type", row.device_type, |text| text.parse())?,
            browser: row.browser,
            avg_fps: row.avg_fps,
            duration_seconds: row.duration_seconds,
            viewed_at: row.viewed_at,
            day: row.day,
        })
    }
}

#[async_trait]
impl ViewSessionRecords for SqlRecords {
    async fn insert_view_sessions(
        &self,
        scope: &TenantScope,
        sessions: &[ViewSession],
    ) -> Result<u64> {
        for session in sessions {
            admit(scope, session.company_id)?;
        }
        let (first, last) =
            (sessions.iter().map(|s| s.day).min(), sessions.iter().map(|s| s.day).max());
        let (Some(first), Some(last)) = (first, last) else { return Ok(0) };
        let mut transaction = self.begin().await?;
        ensure_partitions(&mut transaction, first, last).await?;
        let batch = Json(sessions.iter().map(session_json).collect::<Vec<_>>());
        let statement = transaction
            .dialect(insert_sessions!(sessions_on_sqlite), insert_sessions!(sessions_on_postgres));
        let added: Vec<(Uuid,)> = fetch!(fetch_all, transaction.connection(), statement, &batch)?;
        let added: HashSet<Uuid> = added.into_iter().map(|(id,)| id).collect();
        let parts = Json(parts(sessions.iter().filter(|session| added.contains(&session.id.0))));
        for statement in [
            transaction.dialect(
                add_figures!(parts_on_sqlite, "daily_views", "company_id, day, device_type"),
                add_figures!(parts_on_postgres, "daily_views", "company_id, day, device_type"),
            ),
            transaction.dialect(
                add_content_figures!(parts_on_sqlite),
                add_content_figures!(parts_on_postgres),
            ),
            transaction.dialect(
                add_video_figures!(parts_on_sqlite),
                add_video_figures!(parts_on_postgres),
            ),
            transaction.dialect(
                count_on_contents!(parts_on_sqlite),
                count_on_contents!(parts_on_postgres),
            ),
        ] {
            execute!(transaction.connection(), statement, &parts)?;
        }
        transaction.commit().await?;
        Ok(added.len() as u64)
    }

    async fn view_sessions(
        &self,
        scope: &TenantScope,
        filter: &SessionFilter,
        page: Page,
    ) -> Result<Listing<ViewSession>> {
        admit(scope, filter.company_id)?;
        let total = self.count_sessions(filter).await?;
        let (limit, offset) = window(page);
        let device = filter.device_type.map(DeviceType::as_str);
        let rows: Vec<SessionRow> = match filter.content_id {
            None => fetch!(
                fetch_all,
                self.reader(),
                concat!(
                    "SELECT ",
                    session_columns!(),
                    " FROM view_sessions WHERE ",
                    of_company!(),
                    " ORDER BY day DESC, id DESC LIMIT $5 OFFSET $6"
                ),
                filter.company_id.0,
                filter.period.first(),
                filter.period.last(),
                device,
                limit,
                offset,
            )?,
            Some(content) => fetch!(
                fetch_all,
                self.reader(),
                concat!(
                    "SELECT ",
                    session_columns!(),
                    " FROM view_sessions WHERE ",
                    of_content!(),
                    " ORDER BY day DESC, id DESC LIMIT $7 OFFSET $8"
                ),
                filter.company_id.0,
                filter.period.first(),
                filter.period.last(),
                device,
                content.0,
                filter.video_id.map(|video| video.0),
                limit,
                offset,
            )?,
        };
        Ok(Listing { items: entities(rows)?, total, page })
    }

    async fn older_view_sessions(
        &self,
        scope: &TenantScope,
        filter: &SessionFilter,
        last_seen: Option<(NaiveDate, ViewSessionId)>,
        limit: u32,
    ) -> Result<Vec<ViewSession>> {
        admit(scope, filter.company_id)?;
        let (day, id) = last_seen
            .map_or((filter.period.last(), Uuid::max()), |(day, ViewSessionId(id))| (day, id));
        let device = filter.device_type.map(DeviceType::as_str);
        let rows: Vec<SessionRow> = match filter.content_id {
            None => fetch!(
                fetch_all,
                self.reader(),
                concat!(
                    "SELECT ",
                    session_columns!(),
                    " FROM view_sessions WHERE ",
                    of_company!(),
                    " AND (day, id) < ($3, $5) ORDER BY day DESC, id DESC LIMIT $6"
                ),
                filter.company_id.0,
                filter.period.first(),
                day,
                device,
                id,
                i64::from(limit),
            )?,
            Some(content) => fetch!(
                fetch_all,
                self.reader(),
                concat!(
                    "SELECT ",
                    session_columns!(),
                    " FROM view_sessions WHERE ",
                    of_content!(),
                    " AND (day, id) < ($3, $7) ORDER BY day DESC, id DESC LIMIT $8"
                ),
                filter.company_id.0,
                filter.period.first(),
                day,
                device,
                content.0,
                filter.video_id.map(|video| video.0),
                id,
                i64::from(limit),
            )?,
        };
        entities(rows)
    }
}

impl SqlRecords {
    /// Counts by the figures, not by the sessions, of which there may be millions.
    async fn count_sessions(&self, filter: &SessionFilter) -> Result<u64> {
        let device = filter.device_type.map(DeviceType::as_str);
        let (total,): (i64,) = match filter.content_id {
            None => fetch!(
                fetch_one,
                self.reader(),
                concat!(
                    "SELECT CAST(COALESCE(SUM(views), 0) AS BIGINT) FROM daily_views WHERE ",
                    of_company!()
                ),
                filter.company_id.0,
                filter.period.first(),
                filter.period.last(),
                device,
            )?,
            Some(content) => fetch!(
                fetch_one,
                self.reader(),
                concat!(
                    "SELECT CAST(COALESCE(SUM(views), 0) AS BIGINT) FROM daily_video_views WHERE ",
                    of_content!()
                ),
                filter.company_id.0,
                filter.period.first(),
                filter.period.last(),
                device,
                content.0,
                filter.video_id.map(|video| video.0),
            )?,
        };
        Ok(u64::try_from(total).unwrap_or_default())
    }
}

async fn ensure_partitions(
    transaction: &mut Transaction,
    first: NaiveDate,
    last: NaiveDate,
) -> Result<()> {
    // SQLite has none.
    let statement =
        transaction.dialect("SELECT $1, $2", "SELECT ensure_view_partitions($1, $2)::TEXT, ''");
    let _: (String, String) = fetch!(fetch_one, transaction.connection(), statement, first, last)?;
    Ok(())
}

fn session_json(session: &ViewSession) -> Value {
    json!({
        "id": session.id.0.simple().to_string(),
        "company_id": session.company_id.0.simple().to_string(),
        "content_id": session.content_id.0.simple().to_string(),
        "video_id": session.video_id.map(|video| video.0.simple().to_string()),
        "device_type": session.device_type.as_str(),
        "browser": session.browser.as_deref().map(storable),
        "avg_fps": session.avg_fps,
        "duration_seconds": session.duration_seconds,
        // As sqlx writes it.
        "viewed_at": session.viewed_at.to_rfc3339_opts(SecondsFormat::AutoSi, false),
        "day": session.day,
    })
}

/// Adds sessions up by everything that figures are kept by.
fn parts<'a>(sessions: impl Iterator<Item = &'a ViewSession>) -> Vec<Value> {
    let mut parts: BTreeMap<_, Figures> = BTreeMap::new();
    for session in sessions {
        let video = session.video_id.map_or(Uuid::nil(), |video| video.0);
        let content = (session.company_id.0, session.content_id.0);
        let key = (content, session.day, session.device_type.as_str(), video);
        parts.entry(key).or_default().add(&Figures {
            views: 1,
            measured: session.avg_fps.is_some().into(),
            fps_sum: session.avg_fps.unwrap_or_default(),
            seconds: session.duration_seconds,
        });
    }
    let part = |(((company, content), day, device_type, video), figures): (_, Figures)| {
        let (company, content, video): (Uuid, Uuid, Uuid) = (company, content, video);
        json!({
            "company_id": company.simple().to_string(),
            "content_id": content.simple().to_string(),
            "day": day,
            "device_type": device_type,
            "video_id": video.simple().to_string(),
            "views": integer(figures.views),
            "measured": integer(figures.measured),
            "fps_sum": figures.fps_sum,
            "seconds": figures.seconds,
        })
    };
    parts.into_iter().map(part).collect()
}
