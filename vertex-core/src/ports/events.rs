use futures::stream::BoxStream;

use serde::{Deserialize, Serialize};

use crate::domain::ids::{CompanyId, ContentId, NotificationId, UserId};

/// Something that happened and others may want to know at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// A job waits.
    JobQueued,
    /// A content, its videos or its rotation rule are not what they were.
    ContentChanged {
        /// Which content.
        content_id: ContentId,
    },
    /// Somebody got a code that connects a chat.
    ChatCodeIssued,
    /// A company is not what it was.
    CompanyChanged {
        /// Which company.
        company_id: CompanyId,
    },
    /// News from other processes may have been lost: forget what was learnt from them.
    NewsLost,
    /// The markers of a content are there.
    MarkerReady {
        /// Whose content.
        company_id: CompanyId,
        /// Which content.
        content_id: ContentId,
    },
    /// It was measured how well the viewers will find a content.
    MarkerMeasured {
        /// Whose content.
        company_id: CompanyId,
        /// Which content.
        content_id: ContentId,
    },
    /// The markers of a content have been given up.
    MarkerFailed {
        /// Whose content.
        company_id: CompanyId,
        /// Which content.
        content_id: ContentId,
        /// Why.
        reason: String,
    },
    /// Somebody has been told of something.
    Notified {
        /// Of which company.
        company_id: CompanyId,
        /// Who.
        user_id: UserId,
        /// By which notification.
        notification_id: NotificationId,
        /// The matter in a few words.
        title: String,
    },
}

/// Tells whoever listens. Nobody may: an event is news, never the only record of a fact.
pub trait Events: Send + Sync {
    /// Tells all current subscribers.
    fn publish(&self, event: Event);

    /// What happens from now on.
    fn subscribe(&self) -> BoxStream<'static, Event>;
}
