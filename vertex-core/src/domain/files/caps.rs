//! How much of what it has begun one party may leave open at once.

use crate::domain::error::{Error, Result};

/// The most of everything; no cap where there is no number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Caps {
    /// See [`UploadCaps`].
    pub uploads: UploadCaps,
    /// Jobs that a company's people can ask for, waiting for a worker. What the service queues by itself does not
    /// count against anybody: it is as much as there are rows.
    pub waiting_jobs: Option<u32>,
}

/// The most uploads in parts that are under way; no cap where there is no number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UploadCaps {
    /// Of one user.
    pub per_user: Option<u32>,
    /// For one company.
    pub per_company: Option<u32>,
}

/// Lets one more in beside those that are there.
///
/// # Errors
/// `TooMany`, which calls them `what`.
pub fn admit(cap: Option<u32>, there: u64, what: &'static str) -> Result<()> {
    match cap {
        Some(cap) if there >= u64::from(cap) => Err(Error::TooMany { what, cap }),
        _ => Ok(()),
    }
}
