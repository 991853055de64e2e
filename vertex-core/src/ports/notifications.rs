use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::domain::{
    content::ArContent,
    error::Result,
    ids::{CompanyId, ContentId, DeliveryId, NotificationId, UserId},
    job::NewJob,
    notification::{
        Channel, Delivery, DeliveryState, Language, Notification, Preferences, Recipient,
    },
    page::{Listing, Page},
    tenant::TenantScope,
};

/// Notifications with the deliveries and jobs that bring them out: written together or not at all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Notice {
    /// What each user is told.
    pub notifications: Vec<Notification>,
    /// The ways it goes out.
    pub deliveries: Vec<(Delivery, NewJob)>,
}

/// What the passing of days does to a content. Each happens once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpiryStep {
    /// Its people are warned of this last day.
    Warn(NaiveDate),
    /// It is switched off, its last day having been this one.
    SwitchOff(NaiveDate),
}

/// A delivery that was given up, and what it was to say.
#[derive(Clone, Debug, PartialEq)]
pub struct DeadLetter {
    /// The delivery.
    pub delivery: Delivery,
    /// What it was to say.
    pub title: String,
}

/// Notifications, their outbox, and how users want them.
#[async_trait]
pub trait NotificationRecords: Send + Sync {
    /// The people a company's matters are told to: its administrators, else everybody.
    async fn recipients(&self, scope: &TenantScope, company: CompanyId) -> Result<Vec<Recipient>>;

    /// The people who run the installation.
    async fn operators(&self, scope: &TenantScope) -> Result<Vec<Recipient>>;

    /// Writes a notice. What a user has been told before is left out; gives what was new.
    async fn insert_notice(
        &self,
        scope: &TenantScope,
        notice: &Notice,
    ) -> Result<Vec<NotificationId>>;

    /// Active contents of a company whose last day is `until` or earlier.
    async fn expiring_contents(
        &self,
        scope: &TenantScope,
        company: CompanyId,
        until: NaiveDate,
    ) -> Result<Vec<ArContent>>;

    /// Takes a step with a content and writes its notice; nothing when the step was taken before or
    /// the content is not what it was.
    async fn take_expiry_step(
        &self,
        scope: &TenantScope,
        content: ContentId,
        step: ExpiryStep,
        notice: &Notice,
        now: DateTime<Utc>,
    ) -> Result<Vec<NotificationId>>;

    /// A user's notifications, newest first.
    async fn notifications(
        &self,
        scope: &TenantScope,
        user: UserId,
        unread_only: bool,
        page: Page,
    ) -> Result<Listing<Notification>>;

    /// Notes that a user has read a notification.
    async fn mark_read(
        &self,
        scope: &TenantScope,
        user: UserId,
        id: NotificationId,
    ) -> Result<bool>;

    /// Notes that a user has read everything; gives how much was new.
    async fn mark_all_read(&self, scope: &TenantScope, user: UserId) -> Result<u64>;

    /// Removes one of a user's notifications.
    async fn delete_notification(
        &self,
        scope: &TenantScope,
        user: UserId,
        id: NotificationId,
    ) -> Result<bool>;

    /// A delivery and what it says.
    async fn delivery(
        &self,
        scope: &TenantScope,
        id: DeliveryId,
    ) -> Result<Option<(Delivery, Notification)>>;

    /// Records what became of a delivery.
    async fn settle_delivery(
        &self,
        scope: &TenantScope,
        id: DeliveryId,
        state: DeliveryState,
        error: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<bool>;

    /// Deliveries that were given up, latest first.
    async fn dead_letters(&self, scope: &TenantScope, page: Page) -> Result<Listing<DeadLetter>>;

    /// Queues a delivery that was given up again, with its job.
    async fn requeue_delivery(
        &self,
        scope: &TenantScope,
        id: DeliveryId,
        job: &NewJob,
    ) -> Result<bool>;

    /// How a user wants to be told; the usual way when nothing was chosen.
    async fn preferences(&self, scope: &TenantScope, user: UserId) -> Result<Preferences>;

    /// Replaces what a user chose, but for the chat.
    async fn put_preferences(
        &self,
        scope: &TenantScope,
        user: UserId,
        preferences: &Preferences,
    ) -> Result<()>;
}

/// What a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// It brings a notification.
    Notification,
    /// It asks whether the address is its user's.
    EmailConfirmation,
    /// It says that a chat was connected.
    ChatConnected,
}

/// A message as a channel carries it.
#[derive(Clone, Debug, PartialEq)]
pub struct OutgoingMessage {
    /// Stays the same when it is sent again.
    pub id: Uuid,
    /// What it is for.
    pub kind: MessageKind,
    /// How it goes.
    pub channel: Channel,
    /// To which address or chat.
    pub recipient: String,
    /// The language it is in.
    pub language: Language,
    /// The matter in a few words.
    pub title: String,
    /// The matter in full.
    pub message: String,
    /// Where more is to be seen.
    pub link: String,
}

/// Brings messages out.
#[async_trait]
pub trait Courier: Send + Sync {
    /// Whether it goes this way at all.
    fn serves(&self, channel: Channel) -> bool;

    /// Hands a message to the other side.
    ///
    /// # Errors
    /// `Unavailable` when it may be taken later, `Invalid` when it never will be.
    async fn send(&self, message: &OutgoingMessage) -> Result<()>;
}
