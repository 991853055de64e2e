use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::domain::{
    error::Result,
    ids::{AuthSessionId, UserId},
    user::Role,
};

/// Turns passwords into hashes. Slow on purpose: the adapter has threads for nothing else, so that nobody who signs
/// in waits for pictures, and lets so many wait that each is answered in time.
#[async_trait]
pub trait Passwords: Send + Sync {
    /// A salted hash in PHC string format.
    ///
    /// # Errors
    /// `Busy` when too many wait.
    async fn hash(&self, password: String) -> Result<String>;

    /// Whether the password made this hash.
    ///
    /// # Errors
    /// `Busy` when too many wait.
    async fn verify(&self, password: String, hash: String) -> Result<bool>;

    /// A hash that no password makes and that takes as long to verify as a new one.
    fn decoy(&self) -> String;
}

/// What an access token says.
#[derive(Clone, Debug, PartialEq)]
pub struct AccessClaims {
    /// Who.
    pub user: UserId,
    /// On which device.
    pub session: AuthSessionId,
    /// With which role, for clients to read; the server asks the database.
    pub role: Role,
    /// Since when.
    pub issued_at: DateTime<Utc>,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// Signs access tokens and reads them again.
pub trait AccessTokens: Send + Sync {
    /// The token of these claims.
    fn sign(&self, claims: &AccessClaims) -> Result<String>;

    /// The claims of a token that bears our signature and has not expired at `now`.
    ///
    /// # Errors
    /// `Unauthenticated`, saying which of the two failed.
    fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<AccessClaims>;
}
