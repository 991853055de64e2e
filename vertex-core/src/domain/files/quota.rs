//! What a company may keep, and what it keeps.

use chrono::{DateTime, Utc};

use crate::domain::{
    error::{Error, Exceeded, Resource, Result},
    ids::{CompanyId, ReservationId},
};

/// The most of everything that a company may have; no limit where there is no number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quota {
    /// See [`Resource::Bytes`].
    pub max_bytes: Option<u64>,
    /// See [`Resource::Files`].
    pub max_files: Option<u64>,
    /// See [`Resource::Uploads`].
    pub max_uploads: Option<u64>,
}

/// How much of everything a company has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Bytes of pictures and videos that are kept; deleted contents count until they are purged.
    pub bytes: u64,
    /// Pictures and videos that are kept.
    pub files: u64,
    /// Uploads that are under way, each of them a file to be.
    pub uploads: u64,
    /// Bytes that are reserved for those.
    pub reserved_bytes: u64,
}

/// Room for one file on its way in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// Its id; that of the upload where there is one.
    pub id: ReservationId,
    /// Whose room it is.
    pub company_id: CompanyId,
    /// How much.
    pub bytes: u64,
    /// Until when it holds.
    pub expires_at: DateTime<Utc>,
}

impl Quota {
    /// Lets one more file of `bytes` in beside what is used.
    ///
    /// # Errors
    /// `QuotaExceeded`, with the first number that is too high.
    pub fn admit(&self, used: &Usage, bytes: u64) -> Result<()> {
        let taken = [
            (
                Resource::Bytes,
                self.max_bytes,
                used.bytes.saturating_add(used.reserved_bytes),
                bytes,
            ),
            (Resource::Files, self.max_files, used.files.saturating_add(used.uploads), 1),
            (Resource::Uploads, self.max_uploads, used.uploads, 1),
        ];
        for (resource, limit, used, requested) in taken {
            let Some(limit) = limit else { continue };
            if used.saturating_add(requested) > limit {
                let exceeded = Exceeded { resource, limit, used, requested };
                return Err(Error::QuotaExceeded(exceeded));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_refusal_has_the_numbers() {
        let quota = Quota { max_bytes: Some(100), max_files: Some(3), max_uploads: Some(2) };
        let used = Usage { bytes: 60, files: 1, uploads: 1, reserved_bytes: 30 };
        assert!(quota.admit(&used, 10).is_ok());
        let refused = quota.admit(&used, 11).unwrap_err().to_string();
        assert_eq!(refused, "the company may keep 100 bytes, 90 are taken, and 11 more do not fit");
        let busy = Usage { uploads: 2, ..Usage::default() };
        let refused = quota.admit(&busy, 0).unwrap_err().to_string();
        assert_eq!(refused, "the company may have 2 uploads under way, and 2 are");
    }

    proptest! {
        #[test]
        fn what_is_let_in_never_exceeds_the_quota(
            max in 0u64..1000, files in proptest::collection::vec(0u64..300, 0..20),
        ) {
            let quota = Quota { max_bytes: Some(max), max_files: Some(5), max_uploads: None };
            let mut used = Usage::default();
            for bytes in files {
                if quota.admit(&used, bytes).is_ok() {
                    used.bytes += bytes;
                    used.files += 1;
                }
            }
            prop_assert!(used.bytes <= max && used.files <= 5);
        }
    }
}
