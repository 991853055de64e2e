use async_trait::async_trait;
use chrono::NaiveDate;
use sqlx::FromRow;
use uuid::Uuid;
use vertex_core::{
    Error, Result, TenantScope,
    analytics::{ContentViews, DailyViews, Figures, Period},
    ids::{CompanyId, ContentId, VideoId},
    ports::AnalyticsRecords,
};

use super::{
    SqlRecords,
    rows::{Table, entities},
    tenant::{admit, bounds},
};

#[derive(FromRow)]
struct FiguresRow {
    views: i64,
    measured: i64,
    fps_sum: f64,
    seconds: f64,
}

impl FiguresRow {
    fn figures(self, table: Table) -> Result<Figures> {
        Ok(Figures {
            views: table.read("views", self.views, u64::try_from)?,
            measured: table.read("measured", self.measured, u64::try_from)?,
            fps_sum: self.fps_sum,
            seconds: self.seconds,
        })
    }
}

#[derive(FromRow)]
struct DayRow {
    day: NaiveDate,
    device_type: String,
    video_id: Option<Uuid>,
    #[sqlx(flatten)]
    figures: FiguresRow,
}

impl TryFrom<DayRow> for DailyViews {
    type Error = Error;

    fn try_from(row: DayRow) -> Result<Self> {
        let table = Table("daily views");
        Ok(Self {
            day: row.day,
            device_type: table.read("device_type", row.device_type, |text| text.parse())?,
            video_id: row.video_id.filter(|id| !id.is_nil()).map(VideoId),
            figures: row.figures.figures(table)?,
        })
    }
}

#[derive(FromRow)]
struct ContentRow {
    content_id: Uuid,
    title: String,
    #[sqlx(flatten)]
    figures: FiguresRow,
}

impl TryFrom<ContentRow> for ContentViews {
    type Error = Error;

    fn try_from(row: ContentRow) -> Result<Self> {
        Ok(Self {
            content_id: ContentId(row.content_id),
            title: row.title,
            figures: row.figures.figures(Table("daily views"))?,
        })
    }
}

#[async_trait]
impl AnalyticsRecords for SqlRecords {
    async fn company_views(
        &self,
        scope: &TenantScope,
        company: CompanyId,
        period: Period,
    ) -> Result<Vec<DailyViews>> {
        admit(scope, company)?;
        let rows: Vec<DayRow> = fetch!(
            fetch_all,
            self.reader(),
            "SELECT day, device_type, NULL AS video_id, views, measured, fps_sum, seconds
             FROM daily_views WHERE company_id = $1 AND day BETWEEN $2 AND $3",
            company.0,
            period.first(),
            period.last(),
        )?;
        entities(rows)
    }

    async fn content_views(
        &self,
        scope: &TenantScope,
        content: ContentId,
        period: Period,
    ) -> Result<Vec<DailyViews>> {
        let (first, last) = bounds(scope);
        let rows: Vec<DayRow> = fetch!(
            fetch_all,
            self.reader(),
            "SELECT day, device_type, video_id, views, measured, fps_sum, seconds
             FROM daily_video_views
             WHERE content_id = $1 AND day BETWEEN $2 AND $3 AND company_id BETWEEN $4 AND $5",
            content.0,
            period.first(),
            period.last(),
            first,
            last,
        )?;
        entities(rows)
    }

    async fn top_contents(
        &self,
        scope: &TenantScope,
        company: CompanyId,
        period: Period,
        limit: u32,
    ) -> Result<Vec<ContentViews>> {
        admit(scope, company)?;
        // The inner query walks many narrow rows to find the few whose figures are then added up.
        let rows: Vec<ContentRow> = fetch!(
            fetch_all,
            self.reader(),
            "SELECT top.content_id, contents.title, CAST(SUM(daily.views) AS BIGINT) AS views,
                 CAST(SUM(daily.measured) AS BIGINT) AS measured, SUM(daily.fps_sum) AS fps_sum,
                 SUM(daily.seconds) AS seconds
             FROM (
                 SELECT content_id, SUM(views) AS views FROM daily_content_views
                 WHERE company_id = $1 AND day BETWEEN $2 AND $3
                 GROUP BY content_id ORDER BY 2 DESC, 1 LIMIT $4
             ) AS top
             JOIN contents ON contents.id = top.content_id
             JOIN daily_video_views AS daily
                 ON daily.content_id = top.content_id AND daily.day BETWEEN $2 AND $3
             GROUP BY top.content_id, contents.title ORDER BY 3 DESC, 1",
            company.0,
            period.first(),
            period.last(),
            i64::from(limit),
        )?;
        entities(rows)
    }
}
