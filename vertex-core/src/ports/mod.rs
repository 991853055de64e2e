//! What the domain needs done for it. Adapters implement these traits.

mod chats;
mod clock;
mod company_files;
mod compute;
mod disk_consents;
mod disks;
mod email_confirmations;
mod events;
mod jobs;
mod memory;
mod notifications;
mod objects;
mod picture;
mod publications;
mod quotas;
mod records;
mod secrets;
mod security_log;
mod sign_ins;
mod spool;
mod storage;
mod uploads;
mod video;
mod view_intake;

pub use chats::{ChatBot, ChatCodeRecords, ChatText, ChatUpdates};
pub use clock::Clock;
pub use company_files::{AllFiles, CompanyFiles};
pub use compute::{CancelOnDrop, Compute, ComputeExt};
pub use disk_consents::{DiskConsents, Renewal};
pub use disks::{Disk, Disks, Purpose};
pub use email_confirmations::EmailConfirmationRecords;
pub use events::{Event, Events};
pub use jobs::JobQueue;
pub use memory::{HeldMemory, Memory};
pub use notifications::{
    Courier, DeadLetter, ExpiryStep, MessageKind, Notice, NotificationRecords, OutgoingMessage,
};
pub use objects::{
    ByteRange, ByteStream, ObjectMeta, ObjectStream, ObjectWriter, Objects, StorageCapabilities,
    exactly, pour,
};
pub use picture::PictureConverter;
pub use publications::Publications;
pub use quotas::QuotaRecords;
pub use records::{
    AnalyticsRecords, AuditRecords, AuthRecords, ClientFilter, ClientRecords, CompanyRecords,
    ContentFilter, ContentRecords, Dependents, EntryRecords, FolderRecords, HousekeepingRecords,
    InvitationRecords, MarkerBatchRecords, OrderFilter, OrderRecords, Overview, OverviewRecords,
    ProjectRecords, Records, RefreshOutcome, Retention, Rotation, TotalRecords, Totals, Trash,
    UserFilter, UserRecords, UserStats, VideoRecords, ViewSessionRecords,
};
pub use secrets::{AccessClaims, AccessTokens, Passwords};
pub use security_log::{SecurityEvent, SecurityLog};
pub use sign_ins::{Admission, FailedSignIn, SignInKey, SignInRecords};
pub use spool::{Spool, SpoolFile};
pub use storage::{StorageRecords, Storages};
pub use uploads::UploadRecords;
pub use video::{MiddleFrame, Rung, RungPlan, VideoConverter, VideoFile, VideoInspector};
pub use view_intake::ViewIntake;
