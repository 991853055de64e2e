//! Confirming email addresses: nothing but the email that asks for it goes to an address before somebody who reads its
//! mail has followed the link in it.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::domain::{
    ids::{EmailConfirmationId, UserId},
    mac::{MacKey, Purpose},
    notification::Language,
    text::Email,
};

/// How long a link holds.
pub const CONFIRMATION_TTL: TimeDelta = TimeDelta::hours(24);

/// The time in which emails are counted.
pub const COUNTED_FOR: TimeDelta = TimeDelta::hours(1);

/// Emails within [`COUNTED_FOR`] for one user.
const MOST_FOR_USER: u64 = 5;
/// The same for one mailbox, whoever asks.
const MOST_FOR_MAILBOX: u64 = 3;
/// The same in all.
const MOST: u64 = 200;

/// An email that asks whether an address is its user's.
#[derive(Clone, Debug, PartialEq)]
pub struct EmailConfirmation {
    /// Its id.
    pub id: EmailConfirmationId,
    /// Whose address it is to be.
    pub user_id: UserId,
    /// The [mailbox] it goes to.
    pub mailbox: [u8; 32],
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When its link was followed.
    pub used_at: Option<DateTime<Utc>>,
}

impl EmailConfirmation {
    /// Whether its link still holds.
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.used_at.is_none() && now < self.created_at + CONFIRMATION_TTL
    }
}

/// Emails that were asked for lately.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecentEmails {
    /// For the same user.
    pub for_user: u64,
    /// To the same mailbox.
    pub for_mailbox: u64,
    /// For everybody.
    pub in_all: u64,
}

impl RecentEmails {
    /// Whether one more may go.
    pub fn leave_room(self) -> bool {
        self.for_user < MOST_FOR_USER && self.for_mailbox < MOST_FOR_MAILBOX && self.in_all < MOST
    }
}

/// What is kept of the mailbox of an address: what follows a plus sign is the same mailbox for most servers.
pub fn mailbox(key: &MacKey, email: &Email) -> [u8; 32] {
    let (local, domain) = email.as_str().rsplit_once('@').unwrap_or((email.as_str(), ""));
    let local = local.split('+').next().unwrap_or_default();
    key.code(Purpose::Mailbox, &[local.as_bytes(), domain.as_bytes()])
}

/// What the link in the email ends with. It is made for this user and this address and holds for no other.
pub fn token(key: &MacKey, id: EmailConfirmationId, user: UserId, email: &Email) -> String {
    let code = key.code(Purpose::EmailConfirmation, &parts(&id, &user, email));
    BASE64_URL_SAFE_NO_PAD.encode([&id.0.as_bytes()[..], &code].concat())
}

/// Which confirmation a token is for, and the code that shows for which user and address it was made.
pub fn read_token(token: &str) -> Option<(EmailConfirmationId, [u8; 32])> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(token.trim()).ok()?;
    let (id, code) = bytes.split_first_chunk()?;
    Some((EmailConfirmationId(Uuid::from_bytes(*id)), code.try_into().ok()?))
}

/// Whether a token's code was made for this user and address.
pub fn is_for(
    key: &MacKey,
    code: &[u8; 32],
    id: EmailConfirmationId,
    user: UserId,
    email: &Email,
) -> bool {
    key.verifies(code, Purpose::EmailConfirmation, &parts(&id, &user, email))
}

fn parts<'a>(id: &'a EmailConfirmationId, user: &'a UserId, email: &'a Email) -> [&'a [u8]; 3] {
    [id.0.as_bytes(), user.0.as_bytes(), email.as_str().as_bytes()]
}

/// Title and message of the email. Nothing in it comes from who gave the address.
pub fn wording(language: Language) -> (String, String) {
    let (title, message) = match language {
        Language::English => (
            "Confirm your email address",
            "This address was given for an account at Vertex AR. If it was you, follow the link within 24 hours. \
             If not, do nothing: no other emails come.",
        ),
        Language::Russian => (
            "Подтвердите адрес эл. почты",
            "Этот адрес указали для учётной записи в Vertex AR. Если это были вы, перейдите по ссылке в течение \
             24 часов. Если нет, ничего не делайте: других писем не будет.",
        ),
    };
    (title.to_owned(), message.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn email(text: &str) -> Email {
        Email::parse(text).unwrap()
    }

    #[test]
    fn a_token_is_for_one_user_and_one_address() {
        let key = MacKey::derive("a secret");
        let (id, anna) = (EmailConfirmationId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
        let address = email("anna@example.org");
        let (read, code) = read_token(&token(&key, id, anna, &address)).unwrap();
        assert_eq!(read, id);
        assert!(is_for(&key, &code, id, anna, &address));
        assert!(!is_for(&key, &code, id, anna, &email("eva@example.org")));
        assert!(!is_for(&key, &code, id, UserId(Uuid::from_u128(3)), &address));
        let other = EmailConfirmationId(Uuid::from_u128(4));
        assert!(!is_for(&key, &code, other, anna, &address));
        assert!(!is_for(&MacKey::derive("another"), &code, id, anna, &address));
        for nonsense in ["", "nonsense", "я", &token(&key, id, anna, &address)[1..]] {
            assert!(read_token(nonsense).is_none(), "{nonsense}");
        }
    }

    #[test]
    fn what_follows_a_plus_sign_is_the_same_mailbox() {
        let key = MacKey::derive("a secret");
        let of = |text| mailbox(&key, &email(text));
        assert_eq!(of("anna+1@example.org"), of("Anna+2@example.org"));
        assert_ne!(of("anna@example.org"), of("anna@example.com"));
    }
}
