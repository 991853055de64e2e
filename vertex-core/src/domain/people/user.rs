//! People who sign in.

use std::{fmt, str::FromStr};

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::{
    check::Change,
    ids::{AuthSessionId, CompanyId, UserId},
    text::{Email, Name, Username},
};

/// How long after its use a refresh token still gives what it gave: two tabs of one browser send the same one at once.
pub const REFRESH_GRACE: TimeDelta = TimeDelta::seconds(10);

/// What a user may do. The order is that of power.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Works in one company.
    User,
    /// Runs one company.
    Admin,
    /// Runs the installation.
    Superadmin,
}

impl Role {
    /// The role's name in rows and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Admin => "admin",
            Self::Superadmin => "superadmin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::User, Self::Admin, Self::Superadmin]
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| format!("{text:?} is not a role: use user, admin or superadmin"))
    }
}

/// Somebody who can sign in.
#[derive(Clone, PartialEq)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// The company it works for.
    pub company_id: CompanyId,
    /// What it signs in with, unique in the installation.
    pub username: Username,
    /// Its confirmed address, unique in the installation.
    pub email: Option<Email>,
    /// The address that waits for its confirmation: nothing else is sent to it.
    pub pending_email: Option<Email>,
    /// What people call it.
    pub full_name: Option<Name>,
    /// What it may do.
    pub role: Role,
    /// The password's hash in PHC string format, its salt and parameters included.
    pub password_hash: String,
    /// Whether it may sign in.
    pub is_active: bool,
    /// Whether somebody locked the account.
    pub is_locked: bool,
    /// Passwords that were wrong since the last right one.
    pub failed_attempts: u32,
    /// Until when no password is looked at where the last of them came from.
    pub blocked_until: Option<DateTime<Utc>>,
    /// The last good sign-in.
    pub last_login: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl User {
    /// What whoever guesses the password knows of the user.
    pub(crate) fn known<'a>(&'a self, company: &'a str) -> [&'a str; 5] {
        let email = self.email.as_ref().map_or("", Email::as_str);
        let pending = self.pending_email.as_ref().map_or("", Email::as_str);
        let full_name = self.full_name.as_ref().map_or("", Name::as_str);
        [self.username.as_str(), email, pending, full_name, company]
    }

    /// Carries a change of the address out: a new one waits beside the confirmed one. Whether an email has to be sent.
    pub(crate) fn change_email(&mut self, change: Change<Email>) -> bool {
        match change {
            Change::Keep => false,
            Change::Clear => {
                (self.email, self.pending_email) = (None, None);
                false
            }
            Change::Set(email) if self.email.as_ref() == Some(&email) => {
                self.pending_email = None;
                false
            }
            Change::Set(email) => {
                let before = self.pending_email.replace(email);
                before != self.pending_email
            }
        }
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("id", &self.id)
            .field("company_id", &self.company_id)
            .field("username", &self.username)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// A signed-in device: begins with a sign-in, goes on through refreshes, ends with a sign-out.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthSession {
    /// Its id, carried by every access token made for it.
    pub id: AuthSessionId,
    /// Who signed in.
    pub user_id: UserId,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When its last refresh token ends.
    pub expires_at: DateTime<Utc>,
    /// When it was ended before its time.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl AuthSession {
    /// Whether tokens of this session still count.
    pub fn is_live(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}
