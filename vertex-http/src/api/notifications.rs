//! `/api/notifications`: what the caller must know, and how it is brought.

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::{
    ApiResponse, Enum, Object, OpenApi,
    param::{Path, Query},
    payload::Json,
};
use uuid::Uuid;
use vertex_core::{
    ids::{DeliveryId, NotificationId},
    notification::{Channel, Language, Notification, NotificationKind, Preferences},
    page::Page,
    ports::DeadLetter,
    usecases::{
        App,
        chats::{self, ChatOffer},
        notifications::{self, PreferenceChanges},
    },
};

use super::{Answer, Caller, Tag, body::Body, input::Optional, listing::ListOf};

/// What a notification is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "NotificationType", rename_all = "snake_case")]
enum KindView {
    Expiring,
    Expired,
    MarkerFailed,
    Alert,
}

impl From<NotificationKind> for KindView {
    fn from(kind: NotificationKind) -> Self {
        match kind {
            NotificationKind::Expiring => Self::Expiring,
            NotificationKind::Expired => Self::Expired,
            NotificationKind::MarkerFailed => Self::MarkerFailed,
            NotificationKind::Alert => Self::Alert,
        }
    }
}

/// A way to reach somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "Channel", rename_all = "lowercase")]
enum ChannelView {
    Email,
    Telegram,
}

/// A language people are written to in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "Language", rename_all = "lowercase")]
enum LanguageView {
    En,
    Ru,
}

/// Something the caller must know.
#[derive(Debug, Object)]
#[oai(rename = "Notification")]
struct NotificationView {
    id: Uuid,
    #[oai(rename = "type")]
    kind: KindView,
    /// The content it is about.
    content_id: Option<Uuid>,
    /// The matter in a few words, in your language.
    title: String,
    /// The matter in full.
    message: String,
    is_read: bool,
    created_at: DateTime<Utc>,
}

impl From<Notification> for NotificationView {
    fn from(notification: Notification) -> Self {
        Self {
            id: notification.id.0,
            kind: notification.kind.into(),
            content_id: notification.content_id.map(|content| content.0),
            title: notification.title,
            message: notification.message,
            is_read: notification.is_read,
            created_at: notification.created_at,
        }
    }
}

/// How much had not been read.
#[derive(Debug, Object)]
struct NowRead {
    /// Notifications that were unread before.
    read: u64,
}

/// How you want to be told.
#[derive(Debug, Object)]
#[oai(rename = "NotificationPreferences")]
struct PreferencesView {
    language: LanguageView,
    /// Whether by mail, where you have an address.
    by_email: bool,
    /// The chat with the Telegram bot that you connected.
    telegram_chat_id: Option<String>,
    /// Whether there is a bot here that chats can be connected with.
    telegram_available: bool,
}

impl PreferencesView {
    fn new(preferences: Preferences, app: &App) -> Self {
        Self {
            telegram_available: app.chat_bot.is_some(),
            language: match preferences.language {
                Language::English => LanguageView::En,
                Language::Russian => LanguageView::Ru,
            },
            by_email: preferences.by_email,
            telegram_chat_id: preferences.telegram_chat_id,
        }
    }
}

/// What changes about how you want to be told.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct NewPreferences {
    /// `en` or `ru`.
    language: Optional<String>,
    /// Whether by mail, where you have an address.
    by_email: Optional<bool>,
    /// Null disconnects your chat. Another one is connected by `POST /api/notifications/telegram`.
    telegram_chat_id: Optional<String>,
}

/// How you connect a chat.
#[derive(Debug, Object)]
#[oai(rename = "TelegramCode")]
struct OfferView {
    /// What the bot has to get, once, as `/start CODE`.
    code: String,
    /// Opens a chat with the bot and sends it the code.
    link: String,
    /// When the code ends.
    expires_at: DateTime<Utc>,
}

impl From<ChatOffer> for OfferView {
    fn from(ChatOffer { code, link, expires_at }: ChatOffer) -> Self {
        Self { code, link, expires_at }
    }
}

/// A message that was given up.
#[derive(Debug, Object)]
#[oai(rename = "DeadLetter")]
struct DeadLetterView {
    id: Uuid,
    channel: ChannelView,
    /// The address or chat it was for.
    recipient: String,
    title: String,
    /// Why the last try failed.
    error: Option<String>,
    created_at: DateTime<Utc>,
    given_up_at: Option<DateTime<Utc>>,
}

impl From<DeadLetter> for DeadLetterView {
    fn from(DeadLetter { delivery, title }: DeadLetter) -> Self {
        Self {
            id: delivery.id.0,
            channel: match delivery.channel {
                Channel::Email => ChannelView::Email,
                Channel::Telegram => ChannelView::Telegram,
            },
            recipient: delivery.recipient,
            title,
            error: delivery.last_error,
            created_at: delivery.created_at,
            given_up_at: delivery.settled_at,
        }
    }
}

#[derive(ApiResponse)]
enum Read {
    /// It counts as read.
    #[oai(status = 204)]
    Read,
}

#[derive(ApiResponse)]
enum Deleted {
    /// The notification is gone.
    #[oai(status = 204)]
    Deleted,
}

#[derive(ApiResponse)]
enum Queued {
    /// It will be tried again.
    #[oai(status = 202)]
    Queued,
}

/// What people must know.
pub struct NotificationsApi;

#[OpenApi(prefix_path = "/api/notifications", tag = "Tag::Notifications")]
impl NotificationsApi {
    /// List your notifications
    ///
    /// Newest first.
    #[oai(path = "/", method = "get", operation_id = "listNotifications")]
    async fn list(
        &self,
        app: Data<&App>,
        caller: Caller,
        /// Only those you have not read.
        unread: Query<Option<bool>>,
        page: Query<Option<u32>>,
        per_page: Query<Option<u32>>,
    ) -> Answer<Json<ListOf<NotificationView>>> {
        let page = Page::new(page.0, per_page.0);
        let unread = unread.0.unwrap_or(false);
        let listing = notifications::list(&app, &caller.0, unread, page).await?;
        Ok(Json(listing.map(NotificationView::from).into()))
    }

    /// Mark a notification as read
    #[oai(path = "/:id/read", method = "post", operation_id = "readNotification")]
    async fn read(&self, app: Data<&App>, caller: Caller, id: Path<Uuid>) -> Answer<Read> {
        notifications::mark_read(&app, &caller.0, NotificationId(id.0)).await?;
        Ok(Read::Read)
    }

    /// Mark all notifications as read
    #[oai(path = "/read-all", method = "post", operation_id = "readAllNotifications")]
    async fn read_all(&self, app: Data<&App>, caller: Caller) -> Answer<Json<NowRead>> {
        let read = notifications::mark_all_read(&app, &caller.0).await?;
        Ok(Json(NowRead { read }))
    }

    /// Delete a notification
    #[oai(path = "/:id", method = "delete", operation_id = "deleteNotification")]
    async fn delete(&self, app: Data<&App>, caller: Caller, id: Path<Uuid>) -> Answer<Deleted> {
        notifications::delete(&app, &caller.0, NotificationId(id.0)).await?;
        Ok(Deleted::Deleted)
    }

    /// How you are told
    #[oai(path = "/preferences", method = "get", operation_id = "getNotificationPreferences")]
    async fn preferences(&self, app: Data<&App>, caller: Caller) -> Answer<Json<PreferencesView>> {
        let preferences = notifications::preferences(&app, &caller.0).await?;
        Ok(Json(PreferencesView::new(preferences, &app)))
    }

    /// Change how you are told
    #[oai(path = "/preferences", method = "put", operation_id = "updateNotificationPreferences")]
    async fn update_preferences(
        &self,
        app: Data<&App>,
        caller: Caller,
        body: Body<NewPreferences>,
    ) -> Answer<Json<PreferencesView>> {
        let Body(NewPreferences { language, by_email, telegram_chat_id }) = body;
        let changes = PreferenceChanges {
            language: language.0,
            by_email: by_email.0,
            telegram_chat_id: telegram_chat_id.0,
        };
        let preferences = notifications::update_preferences(&app, &caller.0, changes).await?;
        Ok(Json(PreferencesView::new(preferences, &app)))
    }

    /// Connect a Telegram chat
    ///
    /// Gives a code that holds for 15 minutes. Your messages go to the chat from which `/start` with this code reaches
    /// the bot: follow the link, or send it in a group that the bot is in.
    #[oai(path = "/telegram", method = "post", operation_id = "connectTelegram")]
    async fn connect_telegram(&self, app: Data<&App>, caller: Caller) -> Answer<Json<OfferView>> {
        Ok(Json(chats::offer(&app, &caller.0).await?.into()))
    }

    /// List messages that were given up
    ///
    /// Latest first; for administrators.
    #[oai(path = "/dead-letters", method = "get", operation_id = "listDeadLetters")]
    async fn dead_letters(
        &self,
        app: Data<&App>,
        caller: Caller,
        page: Query<Option<u32>>,
        per_page: Query<Option<u32>>,
    ) -> Answer<Json<ListOf<DeadLetterView>>> {
        let page = Page::new(page.0, per_page.0);
        let listing = notifications::dead_letters(&app, &caller.0, page).await?;
        Ok(Json(listing.map(DeadLetterView::from).into()))
    }

    /// Send a message that was given up again
    ///
    /// For administrators.
    #[oai(path = "/dead-letters/:id/retry", method = "post", operation_id = "retryDeadLetter")]
    async fn retry(&self, app: Data<&App>, caller: Caller, id: Path<Uuid>) -> Answer<Queued> {
        notifications::retry_dead_letter(&app, &caller.0, DeliveryId(id.0)).await?;
        Ok(Queued::Queued)
    }
}
