//! The rows, one trait for each aggregate.

mod audit;
mod auth_sessions;
mod clients;
mod companies;
mod contents;
mod entries;
mod folders;
mod housekeeping;
mod invitations;
mod marker_batches;
mod orders;
mod overview;
mod projects;
mod totals;
mod users;
mod videos;
mod views;

pub use audit::AuditRecords;
pub use auth_sessions::{AuthRecords, RefreshOutcome, Rotation};
pub use clients::{ClientFilter, ClientRecords};
pub use companies::{CompanyRecords, Dependents};
pub use contents::{ContentFilter, ContentRecords, Trash};
pub use entries::EntryRecords;
pub use folders::FolderRecords;
pub use housekeeping::{HousekeepingRecords, Retention};
pub use invitations::InvitationRecords;
pub use marker_batches::MarkerBatchRecords;
pub use orders::{OrderFilter, OrderRecords};
pub use overview::{Overview, OverviewRecords};
pub use projects::ProjectRecords;
pub use totals::{TotalRecords, Totals};
pub use users::{UserFilter, UserRecords, UserStats};
pub use videos::VideoRecords;
pub use views::{AnalyticsRecords, ViewSessionRecords};

use super::{
    ChatCodeRecords, EmailConfirmationRecords, NotificationRecords, QuotaRecords, SignInRecords,
    StorageRecords, UploadRecords,
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
