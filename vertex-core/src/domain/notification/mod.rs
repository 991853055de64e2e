//! Notifications: what somebody must know, in the application and by the channels they chose.

mod texts;

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::ids::{CompanyId, ContentId, DeliveryId, NotificationId, UserId};

/// What a notification is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NotificationKind {
    /// A content will expire.
    Expiring,
    /// A content has expired.
    Expired,
    /// The markers of a content could not be made.
    MarkerFailed,
    /// The installation itself needs attention.
    Alert,
}

impl NotificationKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Expiring, Self::Expired, Self::MarkerFailed, Self::Alert];

    /// The kind's name in rows and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Expiring => "expiring",
            Self::Expired => "expired",
            Self::MarkerFailed => "marker_failed",
            Self::Alert => "alert",
        }
    }
}

/// The languages people are written to in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Russian.
    Russian,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::English, Self::Russian];

    /// Its ISO 639 code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Russian => "ru",
        }
    }
}

impl FromStr for Language {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|language| language.as_str() == text)
            .ok_or_else(|| format!("{text:?} is not a language: use en or ru"))
    }
}

/// Something that happened, before it is put into anybody's words.
#[derive(Clone, Debug, PartialEq)]
pub enum Occasion {
    /// A content will expire.
    Expiring {
        /// Which content.
        content_id: ContentId,
        /// What people call it.
        title: String,
        /// Its last day.
        last_day: NaiveDate,
    },
    /// A content has expired and was deactivated.
    Expired {
        /// Which content.
        content_id: ContentId,
        /// What people call it.
        title: String,
        /// Its last day.
        last_day: NaiveDate,
    },
    /// The markers of a content could not be made.
    MarkerFailed {
        /// Which content.
        content_id: ContentId,
        /// What people call it.
        title: String,
        /// Why.
        reason: String,
        /// When the making was given up.
        at: DateTime<Utc>,
    },
    /// The owner of the Yandex Disk that a company's files are on has taken the consent back.
    ConsentWithdrawn {
        /// When that was noticed.
        since: DateTime<Utc>,
    },
    /// The installation needs attention.
    Alert {
        /// Which part.
        alert: Alert,
        /// When that was noticed.
        since: DateTime<Utc>,
    },
}

/// What can be wrong with the installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Alert {
    /// The storage does not answer.
    StorageDown,
    /// A disk is almost full.
    DiskLow,
    /// Many jobs wait.
    QueueLong,
    /// Messages could not be delivered.
    DeadLetters,
    /// A deleted company could not be removed.
    RemovalGivenUp,
}

impl Alert {
    /// The alert's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::StorageDown => "storage_down",
            Self::DiskLow => "disk_low",
            Self::QueueLong => "queue_long",
            Self::DeadLetters => "dead_letters",
            Self::RemovalGivenUp => "removal_given_up",
        }
    }
}

impl Occasion {
    /// What it is about.
    pub fn kind(&self) -> NotificationKind {
        match self {
            Self::Expiring { .. } => NotificationKind::Expiring,
            Self::Expired { .. } => NotificationKind::Expired,
            Self::MarkerFailed { .. } => NotificationKind::MarkerFailed,
            Self::ConsentWithdrawn { .. } | Self::Alert { .. } => NotificationKind::Alert,
        }
    }

    /// The content it is about.
    pub fn content_id(&self) -> Option<ContentId> {
        match self {
            Self::Expiring { content_id, .. }
            | Self::Expired { content_id, .. }
            | Self::MarkerFailed { content_id, .. } => Some(*content_id),
            Self::ConsentWithdrawn { .. } | Self::Alert { .. } => None,
        }
    }

    /// A name that the same occasion always has: nobody is told of it twice.
    pub fn key(&self) -> String {
        match self {
            Self::Expiring { content_id, last_day, .. } => {
                format!("expiring:{content_id}:{last_day}")
            }
            Self::Expired { content_id, last_day, .. } => {
                format!("expired:{content_id}:{last_day}")
            }
            Self::MarkerFailed { content_id, at, .. } => {
                format!("marker-failed:{content_id}:{}", at.timestamp_micros())
            }
            Self::ConsentWithdrawn { since } => {
                format!("consent-withdrawn:{}", since.timestamp_micros())
            }
            Self::Alert { alert, since } => {
                format!("alert:{}:{}", alert.as_str(), since.timestamp_micros())
            }
        }
    }

    /// Title and message in a language.
    pub fn in_words(&self, language: Language) -> (String, String) {
        texts::in_words(self, language)
    }
}

/// What one user has been told.
#[derive(Clone, Debug, PartialEq)]
pub struct Notification {
    /// Its id.
    pub id: NotificationId,
    /// The company of the user.
    pub company_id: CompanyId,
    /// Who is told.
    pub user_id: UserId,
    /// What it is about.
    pub kind: NotificationKind,
    /// The content it is about.
    pub content_id: Option<ContentId>,
    /// The name of its occasion; a user is told of each once.
    pub key: String,
    /// The matter in a few words, in the user's language.
    pub title: String,
    /// The matter in full, in the user's language.
    pub message: String,
    /// Whether the user has read it.
    pub is_read: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// A way to reach somebody outside the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Channel {
    /// Email.
    Email,
    /// A message of the Telegram bot.
    Telegram,
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Email, Self::Telegram];

    /// The channel's name in rows and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Telegram => "telegram",
        }
    }
}

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeliveryState {
    /// It will be tried, perhaps again.
    Queued,
    /// The other side has taken it.
    Sent,
    /// It has been given up.
    Dead,
}

impl DeliveryState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Queued, Self::Sent, Self::Dead];

    /// The state's name in rows and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Dead => "dead",
        }
    }
}

/// A notification on its way through a channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// Its id, by which the other side can tell a repeated message.
    pub id: DeliveryId,
    /// The company of the user.
    pub company_id: CompanyId,
    /// What is delivered.
    pub notification_id: NotificationId,
    /// How.
    pub channel: Channel,
    /// To which address or chat.
    pub recipient: String,
    /// The language of the words around it.
    pub language: Language,
    /// Where it stands.
    pub state: DeliveryState,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// When it was queued.
    pub created_at: DateTime<Utc>,
    /// When it was sent or given up.
    pub settled_at: Option<DateTime<Utc>>,
}

/// How a user wants to be told.
#[derive(Clone, Debug, PartialEq)]
pub struct Preferences {
    /// In which language.
    pub language: Language,
    /// Whether by mail, where the user has an address.
    pub by_email: bool,
    /// The chat with the Telegram bot that was [connected](crate::domain::chat_code), if any.
    pub telegram_chat_id: Option<String>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self { language: Language::default(), by_email: true, telegram_chat_id: None }
    }
}

/// Somebody who is to be told, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipient {
    /// Who.
    pub user_id: UserId,
    /// Of which company.
    pub company_id: CompanyId,
    /// The address, if there is one.
    pub email: Option<String>,
    /// What the user chose.
    pub preferences: Preferences,
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_occasion_is_told_in_both_languages() {
        let content_id = ContentId(Uuid::from_u128(1));
        let last_day = NaiveDate::from_ymd_opt(2026, 11, 30).unwrap();
        let title = "Анна".to_owned();
        let occasion = Occasion::Expiring { content_id, title, last_day };
        let (title, message) = occasion.in_words(Language::Russian);
        assert!(title.contains("Анна") && message.contains("30.11.2026"), "{title}: {message}");
        let (title, message) = occasion.in_words(Language::English);
        assert!(
            title.contains("Анна") && message.contains("30 November 2026"),
            "{title}: {message}"
        );
    }

    #[test]
    fn another_day_is_another_occasion() {
        let key = |day| {
            let last_day = NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
            let content_id = ContentId(Uuid::from_u128(1));
            Occasion::Expiring { content_id, title: String::new(), last_day }.key()
        };
        assert_eq!(key(1), key(1));
        assert_ne!(key(1), key(2));
    }
}
