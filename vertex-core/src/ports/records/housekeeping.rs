use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::domain::error::Result;

/// Until when each kind of spent row is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Jobs that were done before this go.
    pub done_jobs: DateTime<Utc>,
    /// Jobs that were given up before this go.
    pub given_up_jobs: DateTime<Utc>,
    /// Sessions that ended before this go, and refresh tokens that were used before it.
    pub sessions: DateTime<Utc>,
    /// Invitations that ended before this go.
    pub invitations: DateTime<Utc>,
    /// Tries to sign in that were made before this go, unless their networks are known.
    pub failures: DateTime<Utc>,
    /// Networks that nobody has signed in from since then are not known any more.
    pub networks: DateTime<Utc>,
    /// Reservations that ended before this go.
    pub reservations: DateTime<Utc>,
    /// Codes that connect chats that were issued before this go.
    pub chat_codes: DateTime<Utc>,
}

/// Throwing away what nobody needs any more.
#[async_trait]
pub trait HousekeepingRecords: Send + Sync {
    /// Removes spent rows; how many.
    async fn prune(&self, retention: &Retention) -> Result<u64>;
}
