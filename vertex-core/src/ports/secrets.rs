use chrono::{DateTime, Utc};

use crate::{
    error::Result,
    ids::{AuthSessionId, UserId},
    user::Role,
};

/// Turns passwords into hashes. Slow on purpose: run it on [`Compute`](super::Compute).
pub trait Passwords: Send + Sync {
    /// A salted hash in PHC string format.
    fn hash(&self, password: &str) -> Result<String>;

    /// Whether the password made this hash.
    fn verify(&self, password: &str, hash: &str) -> bool;
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
