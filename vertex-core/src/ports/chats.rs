use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::domain::{
    chat_code::ChatCode, error::Result, ids::UserId, tenant::TenantScope, user::User,
};

/// Something that was written to the bot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatText {
    /// In which chat.
    pub chat_id: i64,
    /// What.
    pub text: String,
}

/// What was written to the bot, in the order in which it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChatUpdates {
    /// The texts.
    pub texts: Vec<ChatText>,
    /// The number of the last update, with or without a text; `None` when there was none.
    pub last: Option<i64>,
}

/// The bot that people connect their chats with.
#[async_trait]
pub trait ChatBot: Send + Sync {
    /// The name in its links.
    ///
    /// # Errors
    /// `Unavailable` when the messenger does not answer.
    async fn name(&self) -> Result<String>;

    /// What was written since the update `after`, which is not given again to anybody. Waits some seconds for the first;
    /// there is none while somebody else reads.
    ///
    /// # Errors
    /// `Unavailable` when the messenger does not answer.
    async fn updates(&self, after: Option<i64>) -> Result<ChatUpdates>;

    /// Has an update and those before it not be given again.
    ///
    /// # Errors
    /// `Unavailable` when the messenger does not answer.
    async fn confirm(&self, last: i64) -> Result<()>;
}

/// Codes that connect chats.
#[async_trait]
pub trait ChatCodeRecords: Send + Sync {
    /// Keeps a code in place of the one that its user had.
    async fn put_chat_code(&self, scope: &TenantScope, code: &ChatCode) -> Result<()>;

    /// Whether there is a code that was issued after `since`.
    async fn has_chat_codes(&self, since: DateTime<Utc>) -> Result<bool>;

    /// The code with this digest and its user, before anybody has shown who they are.
    async fn chat_code(&self, digest: [u8; 32]) -> Result<Option<(ChatCode, User)>>;

    /// Spends a code: its user's messages go to this chat. `false` when it was spent or replaced meanwhile.
    async fn connect_chat(
        &self,
        scope: &TenantScope,
        code: &ChatCode,
        chat_id: i64,
    ) -> Result<bool>;

    /// Has no messages go to a user's chat any more, nor one be connected by a code from before.
    async fn disconnect_chat(&self, scope: &TenantScope, user: UserId) -> Result<bool>;
}
