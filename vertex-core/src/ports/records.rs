use std::net::IpAddr;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{
    ChatCodeRecords, EmailConfirmationRecords, NotificationRecords, QuotaRecords, SignInRecords,
    StorageRecords, UploadRecords,
};
use crate::domain::{
    analytics::{ContentViews, DailyViews, Period, SessionFilter},
    company::{Company, Removal},
    content::{ArContent, MarkerReport, MarkerStatus},
    error::Result,
    ids::{
        AuthSessionId, ClientId, CompanyId, ContentId, FolderId, ProjectId, ReservationId,
        UniqueId, UserId, VideoId, ViewSessionId,
    },
    job::NewJob,
    page::{ListQuery, Listing, Page},
    project::Project,
    quality::Quality,
    rotation::RotationRule,
    storage::StorageConnection,
    tenant::TenantScope,
    text::{Slug, Username},
    user::{AuthSession, Role, User},
    video::{Video, VideoCopies, VideoPart},
    video_history::ScheduleEvent,
    view_session::ViewSession,
};

use super::studio::{
    AuditRecords, ClientRecords, FolderRecords, HousekeepingRecords, InvitationRecords,
    MarkerBatchRecords, OrderRecords, OverviewRecords,
};

/// All rows. Every mutating method is one transaction and, once it has returned, survives `kill -9`.
///
/// Updates say whether the row was there: `false` is another company's row as much as none, and where
/// they take `seen`, the `updated_at` the caller has read, a row that was changed since. Where `seen` may be none, the
/// caller takes the row as it is.
///
/// What the actor of a scope changes is noted in the audit log, in the same transaction.
pub trait Records:
    EntryRecords
    + CompanyRecords
    + UserRecords
    + AuthRecords
    + SignInRecords
    + ChatCodeRecords
    + EmailConfirmationRecords
    + ProjectRecords
    + ContentRecords
    + VideoRecords
    + ViewSessionRecords
    + AnalyticsRecords
    + NotificationRecords
    + TotalRecords
    + FolderRecords
    + ClientRecords
    + OrderRecords
    + InvitationRecords
    + MarkerBatchRecords
    + AuditRecords
    + OverviewRecords
    + HousekeepingRecords
    + QuotaRecords
    + UploadRecords
    + StorageRecords
{
}

impl<T> Records for T where
    T: EntryRecords
        + CompanyRecords
        + UserRecords
        + AuthRecords
        + SignInRecords
        + ChatCodeRecords
        + EmailConfirmationRecords
        + ProjectRecords
        + ContentRecords
        + VideoRecords
        + ViewSessionRecords
        + AnalyticsRecords
        + NotificationRecords
        + TotalRecords
        + FolderRecords
        + ClientRecords
        + OrderRecords
        + InvitationRecords
        + MarkerBatchRecords
        + AuditRecords
        + OverviewRecords
        + HousekeepingRecords
        + QuotaRecords
        + UploadRecords
        + StorageRecords
{
}

/// The look-ups that come before a tenant is known; the row they find names it.
#[async_trait]
pub trait EntryRecords: Send + Sync {
    /// Whether the database can be written to: tried out, unless somebody has just written. Answers within seconds.
    async fn ping(&self) -> Result<()>;

    /// Whether nobody can sign in yet.
    async fn has_no_users(&self) -> Result<bool>;

    /// Who signs in with this name.
    async fn user_by_username(&self, username: &Username) -> Result<Option<User>>;

    /// The signed-in device of an access token, and its user.
    async fn auth_session(&self, id: AuthSessionId) -> Result<Option<(AuthSession, User)>>;

    /// The public name behind a permanent link.
    async fn unique_id_by_link(&self, permanent_link: &str) -> Result<Option<UniqueId>>;

    /// The content that a file of a company belongs to, by the id in the file's name, and the company: deleted ones,
    /// too. Its videos are not counted.
    async fn owner_of_file(
        &self,
        company: CompanyId,
        id: Uuid,
    ) -> Result<Option<(ArContent, Company)>>;

    /// The content behind a QR code, and its company. Its videos are not counted.
    async fn published(&self, unique_id: &UniqueId) -> Result<Option<(ArContent, Company)>>;
}

/// Companies.
#[async_trait]
pub trait CompanyRecords: Send + Sync {
    /// Adds a company, and the place of its files if it has one of its own. `Conflict` when its slug is taken.
    async fn insert_company(
        &self,
        scope: &TenantScope,
        company: &Company,
        storage: Option<&StorageConnection>,
    ) -> Result<()>;

    /// One company.
    async fn company(&self, scope: &TenantScope, id: CompanyId) -> Result<Option<Company>>;

    /// The company with this slug.
    async fn company_by_slug(&self, scope: &TenantScope, slug: &Slug) -> Result<Option<Company>>;

    /// Companies that have not been deleted, by name; a search looks into name and slug.
    async fn companies(&self, scope: &TenantScope, query: &ListQuery) -> Result<Listing<Company>>;

    /// Replaces a company's fields. `Conflict` when its new slug is taken.
    async fn update_company(
        &self,
        scope: &TenantScope,
        company: &Company,
        seen: DateTime<Utc>,
    ) -> Result<bool>;

    /// Marks a company as deleted and queues `job`, which purges it.
    async fn delete_company(
        &self,
        scope: &TenantScope,
        company: &Company,
        seen: DateTime<Utc>,
        job: &NewJob,
    ) -> Result<bool>;

    /// Companies that are marked as deleted, in the order in which they were.
    async fn removals(&self, scope: &TenantScope, page: Page) -> Result<Listing<Removal>>;

    /// Queues the job that purges a company which is marked as deleted, or has the one that waits come sooner.
    async fn hasten_removal(
        &self,
        scope: &TenantScope,
        company: &Company,
        job: &NewJob,
    ) -> Result<()>;

    /// Removes a company that is marked as deleted with every row it has, its jobs included.
    /// What the audit log says of it stays.
    async fn purge_company(&self, scope: &TenantScope, id: CompanyId) -> Result<bool>;
}

/// Which users are wanted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserFilter {
    /// With this role.
    pub role: Option<Role>,
    /// Only those that can, or cannot, be used.
    pub is_active: Option<bool>,
    /// Only those that are, or are not, locked.
    pub is_locked: Option<bool>,
}

/// How many users there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UserStats {
    /// All of them.
    pub total: u64,
    /// Those that can be used.
    pub active: u64,
    /// Those that are locked.
    pub locked: u64,
    /// Those with the role `user`.
    pub users: u64,
    /// Those with the role `admin`.
    pub admins: u64,
    /// Those with the role `superadmin`.
    pub superadmins: u64,
    /// Those that have signed in since the instant that was asked for.
    pub recently_signed_in: u64,
}

/// Users.
#[async_trait]
pub trait UserRecords: Send + Sync {
    /// Adds a user. `Conflict` when username or email is taken.
    async fn insert_user(&self, scope: &TenantScope, user: &User) -> Result<()>;

    /// One user.
    async fn user(&self, scope: &TenantScope, id: UserId) -> Result<Option<User>>;

    /// Users by username; a search looks into username, email and full name.
    async fn users(
        &self,
        scope: &TenantScope,
        filter: &UserFilter,
        query: &ListQuery,
    ) -> Result<Listing<User>>;

    /// Counts users; `since` is for those that have signed in lately.
    async fn user_stats(&self, scope: &TenantScope, since: DateTime<Utc>) -> Result<UserStats>;

    /// Replaces email, the address that waits, full name, role and activity; a user that may no longer be used is signed
    /// out everywhere. `Conflict` when the email is taken.
    async fn update_user(
        &self,
        scope: &TenantScope,
        user: &User,
        seen: DateTime<Utc>,
    ) -> Result<bool>;

    /// Removes a user and their sessions.
    async fn delete_user(
        &self,
        scope: &TenantScope,
        id: UserId,
        seen: Option<DateTime<Utc>>,
    ) -> Result<bool>;

    /// Locks an account and signs it out everywhere.
    async fn lock_user(&self, scope: &TenantScope, id: UserId, now: DateTime<Utc>) -> Result<bool>;

    /// Replaces a user's password for them, unlocks the account and signs it out everywhere.
    async fn reset_password(
        &self,
        scope: &TenantScope,
        id: UserId,
        password_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<bool>;

    /// Unlocks an account and forgets its failed sign-ins.
    async fn unlock_user(
        &self,
        scope: &TenantScope,
        id: UserId,
        now: DateTime<Utc>,
    ) -> Result<bool>;

    /// Replaces a password hash and ends every session of the user except `keep`.
    async fn change_password(
        &self,
        scope: &TenantScope,
        id: UserId,
        password_hash: &str,
        keep: Option<AuthSessionId>,
        now: DateTime<Utc>,
    ) -> Result<()>;
}

/// What came of a refresh token.
#[derive(Clone, Debug, PartialEq)]
pub enum RefreshOutcome {
    /// It was good and has been replaced.
    Rotated(AuthSession, Box<User>),
    /// It had been replaced a moment ago.
    Repeated {
        /// Its session.
        session: AuthSession,
        /// Who signed in.
        user: Box<User>,
        /// The salts of its successors, down to the one that has not been used.
        salts: Vec<[u8; 32]>,
        /// When that one was made.
        issued_at: DateTime<Utc>,
    },
    /// It had been used before: somebody has a copy. The whole session has been ended.
    Reused(Box<User>),
    /// Nobody knows it, or its session has ended.
    Unknown,
}

/// A refresh token to be replaced by another.
#[derive(Clone, Debug, PartialEq)]
pub struct Rotation {
    /// The SHA-256 hash of the one that is used.
    pub old: [u8; 32],
    /// That of its successor.
    pub new: [u8; 32],
    /// What the successor follows from, together with the old token and a key.
    pub salt: [u8; 32],
    /// When.
    pub at: DateTime<Utc>,
    /// When the session ends if nobody comes again.
    pub expires_at: DateTime<Utc>,
    /// Where it came from.
    pub address: Option<IpAddr>,
}

/// Signed-in devices and their refresh tokens, of which only SHA-256 hashes are kept.
#[async_trait]
pub trait AuthRecords: Send + Sync {
    /// Begins a session with its first refresh token; its user has signed in.
    async fn insert_auth_session(&self, session: &AuthSession, token_hash: &[u8; 32])
    -> Result<()>;

    /// Uses a refresh token up, replaces it, and moves the session's end; atomic, so that of several
    /// callers with the same token one wins, and the others are `Repeated`, after [`REFRESH_GRACE`] `Reused`.
    ///
    /// [`REFRESH_GRACE`]: crate::domain::user::REFRESH_GRACE
    async fn rotate_refresh_token(&self, rotation: &Rotation) -> Result<RefreshOutcome>;

    /// Ends a session.
    async fn revoke_auth_session(&self, id: AuthSessionId, now: DateTime<Utc>) -> Result<()>;
}

/// Projects.
#[async_trait]
pub trait ProjectRecords: Send + Sync {
    /// Adds a project.
    async fn insert_project(&self, scope: &TenantScope, project: &Project) -> Result<()>;

    /// One project.
    async fn project(&self, scope: &TenantScope, id: ProjectId) -> Result<Option<Project>>;

    /// Projects by name; a search looks into the name.
    async fn projects(&self, scope: &TenantScope, query: &ListQuery) -> Result<Listing<Project>>;

    /// Replaces a project's fields.
    async fn update_project(
        &self,
        scope: &TenantScope,
        project: &Project,
        seen: DateTime<Utc>,
    ) -> Result<bool>;

    /// What would lose its project: folders and contents.
    async fn dependents_of_project(&self, scope: &TenantScope, id: ProjectId)
    -> Result<Dependents>;

    /// Removes a project with its folders; its contents stay.
    async fn delete_project(
        &self,
        scope: &TenantScope,
        id: ProjectId,
        seen: Option<DateTime<Utc>>,
    ) -> Result<bool>;
}

/// Contents that have been deleted but not purged yet: whether a list has them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trash {
    /// No.
    #[default]
    Without,
    /// Nothing else.
    Only,
    /// Like all others.
    With,
}

/// Which contents are wanted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ContentFilter {
    /// Members of this project only.
    pub project: Option<ProjectId>,
    /// Those in this folder only.
    pub folder: Option<FolderId>,
    /// Those of this client only.
    pub client: Option<ClientId>,
    /// Those whose markers are this far.
    pub marker_status: Option<MarkerStatus>,
    /// Only those that do, or do not, play.
    pub is_active: Option<bool>,
    /// Deleted ones.
    pub trash: Trash,
}

/// What depends on a row: the noun, and how many of them.
pub type Dependents = Vec<(&'static str, u64)>;

/// Contents and their rotation rules.
#[async_trait]
pub trait ContentRecords: Send + Sync {
    /// Adds a content to its projects, in the room that was `reserved` for it, and queues `job`, all or
    /// nothing. `Conflict` when the room has gone to others. Without a reservation no quota is asked.
    /// If the reservation is that of an upload, the upload is done.
    async fn insert_content(
        &self,
        scope: &TenantScope,
        content: &ArContent,
        projects: &[ProjectId],
        reserved: Option<ReservationId>,
        job: &NewJob,
    ) -> Result<()>;

    /// One content.
    async fn content(&self, scope: &TenantScope, id: ContentId) -> Result<Option<ArContent>>;

    /// One content that has been deleted but not purged.
    async fn deleted_content(
        &self,
        scope: &TenantScope,
        id: ContentId,
    ) -> Result<Option<ArContent>>;

    /// Contents, newest first; a search looks into the title.
    async fn contents(
        &self,
        scope: &TenantScope,
        filter: &ContentFilter,
        query: &ListQuery,
    ) -> Result<Listing<ArContent>>;

    /// The projects of these contents.
    async fn projects_of(
        &self,
        scope: &TenantScope,
        contents: &[ContentId],
    ) -> Result<Vec<(ContentId, ProjectId)>>;

    /// Replaces title, client, folder, expiry and activity, and the projects where they are given.
    /// Markers and counters have their own methods.
    async fn update_content(
        &self,
        scope: &TenantScope,
        content: &ArContent,
        projects: Option<&[ProjectId]>,
        seen: DateTime<Utc>,
    ) -> Result<bool>;

    /// Puts the picture of `content` in the place of the one the content had, in the room that was `reserved` for it, and
    /// queues `jobs`: what was made of the one before is to be made again. `Conflict` when the room has gone to others.
    async fn replace_picture(
        &self,
        scope: &TenantScope,
        content: &ArContent,
        seen: DateTime<Utc>,
        reserved: ReservationId,
        jobs: &[NewJob],
    ) -> Result<bool>;

    /// Marks a content as deleted and queues `job`, which purges it.
    async fn delete_content(
        &self,
        scope: &TenantScope,
        id: ContentId,
        seen: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
        job: &NewJob,
    ) -> Result<bool>;

    /// Takes back a deletion.
    async fn restore_content(
        &self,
        scope: &TenantScope,
        id: ContentId,
        now: DateTime<Utc>,
    ) -> Result<bool>;

    /// Removes a content that is marked as deleted with its videos, rule and sessions, and queues
    /// `job`.
    async fn purge_content(&self, scope: &TenantScope, id: ContentId, job: &NewJob)
    -> Result<bool>;

    /// Sets the markers to pending and queues `job`, unless `most` jobs that people can ask for wait for the company:
    /// `TooMany`. One that waits for the same content is joined, however many wait.
    async fn request_marker(
        &self,
        scope: &TenantScope,
        id: ContentId,
        job: &NewJob,
        most: Option<u32>,
    ) -> Result<bool>;

    /// Records how far the markers are, and queues what is to be done next. What was measured of the picture stays until
    /// it is measured again.
    async fn report_marker(
        &self,
        scope: &TenantScope,
        id: ContentId,
        report: MarkerReport<'_>,
        next: Option<&NewJob>,
        now: DateTime<Utc>,
    ) -> Result<bool>;

    /// Keeps what was measured of the markers that were made at `made_at`; `false` when others are there by now.
    async fn put_quality(
        &self,
        scope: &TenantScope,
        id: ContentId,
        quality: &Quality,
        made_at: DateTime<Utc>,
    ) -> Result<bool>;

    /// The rule of a content.
    async fn rotation_rule(
        &self,
        scope: &TenantScope,
        content: ContentId,
    ) -> Result<Option<RotationRule>>;

    /// Sets the rule of a content, replacing the one it had (whose id and creation time stay). A content without one
    /// has not been `seen` otherwise.
    async fn put_rotation_rule(
        &self,
        scope: &TenantScope,
        rule: &RotationRule,
        seen: Option<DateTime<Utc>>,
    ) -> Result<bool>;
}

/// Videos.
#[async_trait]
pub trait VideoRecords: Send + Sync {
    /// Adds a video, in the room that was `reserved` for it, and queues `job`. `Conflict` when the room has
    /// gone to others. Without a reservation no quota is asked. If the reservation is that of an upload,
    /// the upload is done.
    async fn insert_video(
        &self,
        scope: &TenantScope,
        video: &Video,
        reserved: Option<ReservationId>,
        job: &NewJob,
    ) -> Result<()>;

    /// One video.
    async fn video(&self, scope: &TenantScope, id: VideoId) -> Result<Option<Video>>;

    /// Every video of a content, newest first.
    async fn videos_of(&self, scope: &TenantScope, content: ContentId) -> Result<Vec<Video>>;

    /// Replaces title, description, status and window; what that changes about its schedule goes
    /// into its history.
    async fn update_video(
        &self,
        scope: &TenantScope,
        video: &Video,
        seen: DateTime<Utc>,
    ) -> Result<bool>;

    /// What was done to the schedule of a video, the latest first.
    async fn schedule_history(
        &self,
        scope: &TenantScope,
        id: VideoId,
        page: Page,
    ) -> Result<Listing<ScheduleEvent>>;

    /// Marks one video active and every other active one of its content inactive.
    async fn activate_video(
        &self,
        scope: &TenantScope,
        id: VideoId,
        seen: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<bool>;

    /// Notes why something of a video could not be made.
    async fn set_video_failure(
        &self,
        scope: &TenantScope,
        id: VideoId,
        part: VideoPart,
        reason: &str,
    ) -> Result<bool>;

    /// Notes that the preview of a video has been made, whatever has failed before.
    async fn set_video_preview(&self, scope: &TenantScope, id: VideoId) -> Result<bool>;

    /// Notes which copies of a video there are besides its original, whatever has failed before.
    async fn set_video_copies(
        &self,
        scope: &TenantScope,
        id: VideoId,
        copies: &VideoCopies,
    ) -> Result<bool>;

    /// Removes a video and queues `job`.
    async fn delete_video(
        &self,
        scope: &TenantScope,
        id: VideoId,
        seen: Option<DateTime<Utc>>,
        job: &NewJob,
    ) -> Result<bool>;
}

/// View sessions.
#[async_trait]
pub trait ViewSessionRecords: Send + Sync {
    /// Adds sessions and counts them on their contents and in the figures of their days, all or none.
    ///
    /// Doing it again adds none twice. A session whose content is gone is left out, a video that is
    /// gone is not named. Gives how many were added.
    async fn insert_view_sessions(
        &self,
        scope: &TenantScope,
        sessions: &[ViewSession],
    ) -> Result<u64>;

    /// Sessions, newest first. The total comes from the figures of the days.
    async fn view_sessions(
        &self,
        scope: &TenantScope,
        filter: &SessionFilter,
        page: Page,
    ) -> Result<Listing<ViewSession>>;

    /// The next `limit` sessions older than the last one seen, newest first.
    async fn older_view_sessions(
        &self,
        scope: &TenantScope,
        filter: &SessionFilter,
        last_seen: Option<(NaiveDate, ViewSessionId)>,
        limit: u32,
    ) -> Result<Vec<ViewSession>>;
}

/// Figures about views.
#[async_trait]
pub trait AnalyticsRecords: Send + Sync {
    /// The views of a company by day and kind of device.
    async fn company_views(
        &self,
        scope: &TenantScope,
        company: CompanyId,
        period: Period,
    ) -> Result<Vec<DailyViews>>;

    /// The views of a content by day, kind of device and video.
    async fn content_views(
        &self,
        scope: &TenantScope,
        content: ContentId,
        period: Period,
    ) -> Result<Vec<DailyViews>>;

    /// The most viewed contents of a company.
    async fn top_contents(
        &self,
        scope: &TenantScope,
        company: CompanyId,
        period: Period,
        limit: u32,
    ) -> Result<Vec<ContentViews>>;
}

/// How much there is of everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Companies that have not been deleted.
    pub companies: u64,
    /// Companies, those that are marked as deleted included.
    pub companies_kept: u64,
    /// Contents that have not been deleted.
    pub contents: u64,
    /// Contents, those that are marked as deleted included.
    pub contents_kept: u64,
    /// Videos of contents that have not been deleted.
    pub videos: u64,
    /// Videos, those of contents that are marked as deleted included.
    pub videos_kept: u64,
    /// Views.
    pub views: u64,
    /// Markers that wait to be made.
    pub marker_jobs: u64,
    /// Jobs that are due and wait.
    pub jobs_due: u64,
    /// Messages that were given up.
    pub dead_letters: u64,
}

/// Figures about the installation.
#[async_trait]
pub trait TotalRecords: Send + Sync {
    /// How much there is of everything inside the scope.
    async fn totals(&self, scope: &TenantScope, now: DateTime<Utc>) -> Result<Totals>;
}
