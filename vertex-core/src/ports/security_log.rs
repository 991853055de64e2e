use std::net::IpAddr;

use chrono::{DateTime, Utc};

use crate::domain::{ids::UserId, text::Username, user::Role};

/// What happened to an account, for the log and the figures of whoever runs the installation.
#[derive(Clone, Debug, PartialEq)]
pub enum SecurityEvent<'a> {
    /// Somebody signed in.
    SignedIn {
        /// Who.
        username: &'a Username,
        /// From where.
        address: Option<IpAddr>,
    },
    /// A password was wrong.
    SignInFailed {
        /// Whose: nobody's, where nobody has the name. What was typed then is not told, it may be a password.
        username: Option<&'a Username>,
        /// From where.
        address: Option<IpAddr>,
        /// Until when the next try waits.
        blocked_until: Option<DateTime<Utc>>,
    },
    /// A try was refused before its password was looked at.
    SignInRefused {
        /// From where.
        address: Option<IpAddr>,
        /// Until when.
        until: DateTime<Utc>,
    },
    /// A refresh token came a second time: its session has been ended.
    RefreshTokenReused {
        /// Whose.
        username: &'a Username,
        /// From where.
        address: Option<IpAddr>,
    },
    /// Somebody has another password.
    PasswordChanged {
        /// Who.
        user: UserId,
        /// Who did it.
        by: UserId,
    },
    /// Somebody has another role.
    RoleChanged {
        /// Who.
        user: UserId,
        /// The role before.
        from: Role,
        /// The role now.
        to: Role,
        /// Who did it.
        by: UserId,
    },
}

/// Where such things are noted beside the audit log.
pub trait SecurityLog: Send + Sync {
    /// Notes one.
    fn note(&self, event: &SecurityEvent<'_>);
}
