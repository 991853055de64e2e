use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::domain::{error::Result, ids::UserId, tenant::Actor};

/// Who tries to sign in from where: keyed hashes of the name that was typed and of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SignInKey {
    /// The name.
    pub name: [u8; 32],
    /// The name and the network.
    pub network: [u8; 32],
}

/// Whether a password may be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It may, and has been counted as if it failed. Should it fail, the next one waits until then.
    Admitted(Option<DateTime<Utc>>),
    /// Not before this instant.
    Refused(DateTime<Utc>),
}

/// A try that failed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FailedSignIn {
    /// Who tried from where.
    pub key: SignInKey,
    /// Whose name it was, if anybody's, in the words of the audit log: the actor is unknown, the account's stands there.
    pub actor: Option<Actor>,
    /// Until when the next one waits.
    pub blocked_until: Option<DateTime<Utc>>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Tries to sign in, by [`crate::domain::throttle`]'s rules: counted before the password is looked at, so that of any number
/// at once no more are made than may be.
#[async_trait]
pub trait SignInRecords: Send + Sync {
    /// Counts a try, or refuses it; atomic.
    async fn admit_sign_in(&self, key: &SignInKey, now: DateTime<Utc>) -> Result<Admission>;

    /// Takes a counted try back: its password was never looked at.
    async fn withdraw_sign_in(&self, key: &SignInKey) -> Result<()>;

    /// Notes on the account and in the audit log that a try failed. Where nobody has the name it takes as long.
    async fn note_failed_sign_in(&self, failed: &FailedSignIn) -> Result<()>;

    /// Notes that a password was right: the failures of that network and of the account are forgotten, and the network
    /// is known.
    async fn note_right_password(
        &self,
        key: &SignInKey,
        user: UserId,
        now: DateTime<Utc>,
    ) -> Result<()>;

    /// Forgets the failures of a name from everywhere.
    async fn forgive_sign_ins(&self, name: &[u8; 32]) -> Result<()>;
}
