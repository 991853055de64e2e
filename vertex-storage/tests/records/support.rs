//! A fresh database for each case, and rows to fill it with.

use std::{
    future::Future,
    panic::{AssertUnwindSafe, resume_unwind},
    sync::atomic::{AtomicU64, Ordering},
};

use chrono::{DateTime, TimeDelta, Utc};
use futures::FutureExt;
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use uuid::Uuid;
use vertex_core::{
    TenantScope,
    company::Company,
    content::{ArContent, ContentImage, MarkerStatus},
    ids::{
        AuthSessionId, CompanyId, ContentId, JobId, ProjectId, RotationRuleId, UniqueId, UserId,
        VideoId, ViewSessionId,
    },
    job::{NewJob, Task},
    marker_formats::MarkerFormats,
    page::{ListQuery, Page},
    ports::{
        AuthRecords, CompanyRecords, ContentRecords, ProjectRecords, Rotation, UserRecords,
        VideoRecords,
    },
    project::Project,
    quality::{Breakdown, Finding, Quality, Zone},
    rotation::{RotationRule, RotationType, ScheduleConfig},
    text::{Name, Slug, Username},
    user::{AuthSession, Role, User},
    video::{Container, Video, VideoCopies, VideoFacts, VideoFailures, VideoStatus},
    view_session::{DeviceType, ViewSession},
};
use vertex_markers::{Analysis, ContrastBand, PictureFormat};
use vertex_storage::{Database, SqlRecords};
use vertex_testkit::postgres::PostgresDatabase;

/// Makes two tests of each case, one for each database.
macro_rules! on_both {
    ($($case:ident),+ $(,)?) => {$(
        mod $case {
            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                $crate::support::on_sqlite(super::$case).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                $crate::support::on_postgres(super::$case).await;
            }
        }
    )+};
}

/// An empty database and the rows a case puts into it.
#[derive(Clone)]
pub struct World {
    pub url: String,
    pub records: SqlRecords,
}

pub async fn on_sqlite<F: Future<Output = ()>>(case: impl FnOnce(World) -> F) {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}?mode=rwc", directory.path().join("test.db").display());
    run(url, case).await;
}

pub async fn on_postgres<F: Future<Output = ()>>(case: impl FnOnce(World) -> F) {
    let Some(database) = PostgresDatabase::create().await else { return };
    let outcome = AssertUnwindSafe(run(database.url(), case)).catch_unwind().await;
    database.remove().await;
    outcome.unwrap_or_else(|panic| resume_unwind(panic));
}

async fn run<F: Future<Output = ()>>(url: String, case: impl FnOnce(World) -> F) {
    let database = Database::connect(&url).await.unwrap();
    database.migrate().await.unwrap();
    case(World { url, records: SqlRecords::new(database.clone()) }).await;
    database.close().await;
}

/// Runs SQL past the records.
async fn execute(url: &str, sql: &str) {
    let sql = sqlx::raw_sql(AssertSqlSafe(sql));
    if url.starts_with("sqlite:") {
        let mut connection = SqliteConnection::connect(url).await.unwrap();
        sql.execute(&mut connection).await.unwrap();
    } else {
        let mut connection = PgConnection::connect(url).await.unwrap();
        sql.execute(&mut connection).await.unwrap();
    }
}

fn number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Ids that grow, as real ones do.
pub fn id() -> Uuid {
    Uuid::from_u128(number().into())
}

pub use vertex_core::job::Turn;

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub fn noon() -> DateTime<Utc> {
    at("2026-05-01T12:00:00.123456Z")
}

pub fn later(seconds: i64) -> DateTime<Utc> {
    noon() + TimeDelta::seconds(seconds)
}

pub fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

pub fn page(number: u32, size: u32) -> Page {
    Page::new(Some(number), Some(size))
}

pub fn listed(search: Option<&str>, number: u32, size: u32) -> ListQuery {
    let search = search.map(str::to_owned);
    ListQuery { search, sort: None, page: page(number, size) }
}

pub fn everywhere() -> TenantScope {
    TenantScope::for_tests(None)
}

pub fn only(company: &Company) -> TenantScope {
    TenantScope::for_tests(Some(company.id))
}

impl World {
    pub fn is_sqlite(&self) -> bool {
        self.url.starts_with("sqlite:")
    }

    pub async fn execute(&self, sql: &str) {
        execute(&self.url, sql).await;
    }

    /// The URL of a database as it was before it was migrated.
    pub async fn emptied(&self) -> String {
        if self.url.starts_with("sqlite:") {
            return self.url.replace("test.db", "empty.db");
        }
        self.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public").await;
        self.url.clone()
    }

    pub async fn count(&self, table: &str) -> i64 {
        let sql = AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        if self.url.starts_with("sqlite:") {
            let mut connection = SqliteConnection::connect(&self.url).await.unwrap();
            sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
        } else {
            let mut connection = PgConnection::connect(&self.url).await.unwrap();
            sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
        }
    }

    /// A company that is there already.
    pub async fn company(&self, slug: &str) -> Company {
        let company = company(slug);
        self.records.insert_company(&everywhere(), &company, None).await.unwrap();
        company
    }

    pub async fn user(&self, company: &Company, username: &str) -> User {
        let user = user(company, username);
        self.records.insert_user(&only(company), &user).await.unwrap();
        user
    }

    /// A session whose refresh token has the hash `[token; 32]`.
    pub async fn session(&self, user: &User, token: u8) -> AuthSession {
        let session = AuthSession {
            id: AuthSessionId(id()),
            user_id: user.id,
            created_at: noon(),
            expires_at: later(3600),
            revoked_at: None,
        };
        self.records.insert_auth_session(&session, &[token; 32]).await.unwrap();
        session
    }

    pub async fn project(&self, company: &Company, name: &str) -> Project {
        let project = project(company, name);
        self.records.insert_project(&only(company), &project).await.unwrap();
        project
    }

    pub async fn content(&self, company: &Company, title: &str) -> ArContent {
        let content = content(company, title);
        let job = removal(company.id);
        self.records.insert_content(&only(company), &content, &[], None, &job).await.unwrap();
        content
    }

    pub async fn video(&self, content: &ArContent, title: &str) -> Video {
        let video = video(content, title);
        let job = removal(content.company_id);
        self.records.insert_video(&everywhere(), &video, None, &job).await.unwrap();
        video
    }
}

pub fn company(slug: &str) -> Company {
    Company {
        id: CompanyId(id()),
        name: name(slug),
        slug: Slug::parse(slug).unwrap(),
        contact_email: None,
        timezone: chrono_tz::Europe::Berlin,
        marker_formats: MarkerFormats::ALL,
        is_active: true,
        deleted_at: None,
        created_at: noon(),
        updated_at: noon(),
    }
}

pub fn user(company: &Company, username: &str) -> User {
    User {
        id: UserId(id()),
        company_id: company.id,
        username: Username::parse(username).unwrap(),
        email: None,
        pending_email: None,
        full_name: None,
        role: Role::Admin,
        password_hash: "$argon2id$one".to_owned(),
        is_active: true,
        is_locked: false,
        failed_attempts: 0,
        blocked_until: None,
        last_login: None,
        created_at: noon(),
        updated_at: noon(),
    }
}

/// The replacement of a refresh token whose hash is `[old; 32]`.
pub fn rotation(old: u8, new: u8, seconds: i64) -> Rotation {
    Rotation {
        old: [old; 32],
        new: [new; 32],
        salt: [new + 100; 32],
        at: later(seconds),
        expires_at: later(seconds + 3600),
        address: None,
    }
}

pub fn project(company: &Company, title: &str) -> Project {
    Project {
        id: ProjectId(id()),
        company_id: company.id,
        name: name(title),
        description: String::new(),
        created_at: noon(),
        updated_at: noon(),
    }
}

pub fn content(company: &Company, title: &str) -> ArContent {
    let number = number();
    ArContent {
        id: ContentId(id()),
        company_id: company.id,
        unique_id: UniqueId::from_random(number.to_le_bytes()),
        permanent_link: format!("portrait-{number}"),
        title: name(title),
        client_id: None,
        folder_id: None,
        image: ContentImage {
            format: PictureFormat::Jpeg,
            width: 1200,
            height: 800,
            bytes: 345_678,
            analysis: Analysis { brightness: 101.5, contrast: 45.25, band: ContrastBand::Fair },
            revision: 0,
        },
        marker_status: MarkerStatus::Pending,
        marker_formats: MarkerFormats::MIND,
        marker_error: None,
        marker_updated_at: None,
        quality: None,
        expiry_date: None,
        is_active: true,
        view_count: 0,
        video_count: 0,
        created_at: noon(),
        updated_at: noon(),
        deleted_at: None,
    }
}

pub fn quality(score: u8) -> Quality {
    Quality {
        score_version: 1,
        score,
        breakdown: Breakdown { distance: score, tilt: 100, blur: 0, light: 93 },
        worst: "blur".to_owned(),
        print_width_per_metre: Some(0.1875),
        findings: vec![Finding {
            kind: "low_contrast".to_owned(),
            zone: Zone { x: 0.0, y: 1.0 / 3.0, width: 0.1, height: 2.0 / 3.0 },
            advice: "Светлее \u{2013} \"brighter\"".to_owned(),
        }],
        nft: None,
    }
}

pub fn video(content: &ArContent, title: &str) -> Video {
    Video {
        id: VideoId(id()),
        company_id: content.company_id,
        content_id: content.id,
        title: name(title),
        description: String::new(),
        bytes: 5_000_000_000,
        facts: VideoFacts::of(Container::Mp4),
        has_preview: false,
        failures: VideoFailures::default(),
        copies: VideoCopies::default(),
        status: VideoStatus::Inactive,
        starts_at: None,
        ends_at: None,
        created_at: noon(),
        updated_at: noon(),
    }
}

pub fn rule(content: &ArContent) -> RotationRule {
    RotationRule {
        id: RotationRuleId(id()),
        company_id: content.company_id,
        content_id: content.id,
        rotation_type: RotationType::None,
        schedule: ScheduleConfig::default(),
        default_video_id: None,
        start_date: noon().date_naive(),
        created_at: noon(),
        updated_at: noon(),
    }
}

pub fn view(content: &ArContent) -> ViewSession {
    ViewSession {
        id: ViewSessionId(id()),
        company_id: content.company_id,
        content_id: content.id,
        video_id: None,
        device_type: DeviceType::Mobile,
        browser: Some("Firefox 151".to_owned()),
        avg_fps: Some(29.5),
        duration_seconds: 12.5,
        viewed_at: noon(),
        day: noon().date_naive(),
    }
}

/// A job that can be queued any number of times, due at noon.
pub fn removal(company: CompanyId) -> NewJob {
    let task = Task::RemoveObjects { paths: vec!["content/x".to_owned()] };
    NewJob { id: JobId(id()), company_id: company, task, run_at: noon() }
}

/// A job of which one at a time may wait.
pub fn marker_job(content: &ArContent) -> NewJob {
    let task = Task::GenerateMarker { content_id: content.id, formats: None, usual_too: false };
    NewJob { id: JobId(id()), company_id: content.company_id, task, run_at: noon() }
}
