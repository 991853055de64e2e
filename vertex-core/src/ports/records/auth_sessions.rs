use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::net::IpAddr;

use crate::domain::{
    error::Result,
    ids::AuthSessionId,
    user::{AuthSession, User},
};

/// What came of a refresh token.
#[derive(Clone, Debug, PartialEq)]
pub enum RefreshOutcome {
    /// It was good and has been replaced.
    Rotated(AuthSession, Box<User>),
    /// It had been replaced a moment ago.
    Repeated {
        /// Its session.
        session: AuthSession,
        /// Who signed in.
        user: Box<User>,
        /// The salts of its successors, down to the one that has not been used.
        salts: Vec<[u8; 32]>,
        /// When that one was made.
        issued_at: DateTime<Utc>,
    },
    /// It had been used before: somebody has a copy. The whole session has been ended.
    Reused(Box<User>),
    /// Nobody knows it, or its session has ended.
    Unknown,
}

/// A refresh token to be replaced by another.
#[derive(Clone, Debug, PartialEq)]
pub struct Rotation {
    /// The SHA-256 hash of the one that is used.
    pub old: [u8; 32],
    /// That of its successor.
    pub new: [u8; 32],
    /// What the successor follows from, together with the old token and a key.
    pub salt: [u8; 32],
    /// When.
    pub at: DateTime<Utc>,
    /// When the session ends if nobody comes again.
    pub expires_at: DateTime<Utc>,
    /// Where it came from.
    pub address: Option<IpAddr>,
}

/// Signed-in devices and their refresh tokens, of which only SHA-256 hashes are kept.
#[async_trait]
pub trait AuthRecords: Send + Sync {
    /// Begins a session with its first refresh token; its user has signed in.
    async fn insert_auth_session(&self, session: &AuthSession, token_hash: &[u8; 32])
    -> Result<()>;

    /// Uses a refresh token up, replaces it, and moves the session's end; atomic, so that of several
    /// callers with the same token one wins, and the others are `Repeated`, after [`REFRESH_GRACE`] `Reused`.
    ///
    /// [`REFRESH_GRACE`]: crate::domain::user::REFRESH_GRACE
    async fn rotate_refresh_token(&self, rotation: &Rotation) -> Result<RefreshOutcome>;

    /// Ends a session.
    async fn revoke_auth_session(&self, id: AuthSessionId, now: DateTime<Utc>) -> Result<()>;
}
