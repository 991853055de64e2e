//! Connecting Telegram chats: nothing goes to a chat before somebody in it has sent the bot a code that the user got.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::{
    ids::UserId,
    mac::{MacKey, Purpose},
    notification::Language,
    text::Username,
};

/// How long a code holds.
pub const CHAT_CODE_TTL: TimeDelta = TimeDelta::minutes(15);

/// What is kept of the one code that a user may have.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatCode {
    /// The [digest] of the code.
    pub digest: [u8; 32],
    /// Whose notifications go to the chat that sends it.
    pub user_id: UserId,
    /// When it was issued.
    pub created_at: DateTime<Utc>,
}

impl ChatCode {
    /// Whether it still holds.
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        now < self.created_at + CHAT_CODE_TTL
    }
}

/// A code as a link of Telegram can carry it: up to 64 of `A-Za-z0-9_-`.
pub fn code(random: [u8; 16]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(random)
}

/// What is kept of a code.
pub fn digest(key: &MacKey, code: &str) -> [u8; 32] {
    key.code(Purpose::ChatCode, &[code.as_bytes()])
}

/// The code in what somebody wrote to the bot: `/start CODE`, in groups `/start@its_name CODE`.
pub fn read_start(text: &str) -> Option<&str> {
    let mut words = text.split_whitespace();
    let (command, code) = (words.next()?, words.next()?);
    let name = command.strip_prefix("/start")?;
    let is_start = name.is_empty() || name.starts_with('@');
    (is_start && words.next().is_none()).then_some(code)
}

/// Title and message of what the bot answers in a chat that was connected.
pub fn welcome(username: &Username, language: Language) -> (String, String) {
    match language {
        Language::English => (
            "This chat is connected".to_owned(),
            format!(
                "Notifications for the account {username} come here from now on. To end that, disconnect \
                 the chat in the profile, or block this bot."
            ),
        ),
        Language::Russian => (
            "Чат подключён".to_owned(),
            format!(
                "Теперь сюда приходят уведомления учётной записи {username}. Чтобы прекратить это, отключите \
                 чат в профиле или заблокируйте бота."
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_from_the_command_that_a_link_sends() {
        let code = code([255; 16]);
        assert!(code.len() <= 64 && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
        for text in [format!("/start {code}"), format!(" /start@vertex_bot  {code}\n")] {
            assert_eq!(read_start(&text), Some(code.as_str()), "{text}");
        }
        for text in ["", "/start", "start x", "/started x", "/start x y", "hello /start x"] {
            assert_eq!(read_start(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_kept_of_a_code_depends_on_the_secret() {
        let (one, other) = (MacKey::derive("one secret"), MacKey::derive("another"));
        assert_eq!(digest(&one, "code"), digest(&one, "code"));
        assert_ne!(digest(&one, "code"), digest(&other, "code"));
        assert_ne!(digest(&one, "code"), digest(&one, "Code"));
    }
}
