//! Room on the disks of this machine: looked at before it is promised.

use super::App;
use crate::{
    domain::{
        error::{Error, Result},
        tenant::TenantScope,
        upload::Promised,
    },
    ports::{Disk, Purpose},
};

/// What did not fit. The operator reads it in the log.
#[derive(Debug, thiserror::Error)]
#[error("{wanted} bytes are wanted and {left} are left above the reserve")]
struct TooFull {
    wanted: u64,
    left: u64,
}

/// Refuses a file of so many bytes for which there is no room beside the uploads that were begun.
///
/// # Errors
/// `Full`.
pub async fn expect_file(app: &App, bytes: u64) -> Result<()> {
    let promised = app.records.promised(&TenantScope::everywhere()).await?;
    admit(&app.disks.disks().await?, promised, bytes)
}

/// Refuses the upload that was begun last, if not all that are open fit.
///
/// # Errors
/// `Full`.
pub(super) async fn expect_open_uploads(app: &App) -> Result<()> {
    expect_file(app, 0).await
}

/// An upload in parts is on the disk twice while it becomes a file.
fn admit(disks: &[Disk], promised: Promised, bytes: u64) -> Result<()> {
    for disk in disks {
        let wanted = disk.purposes.iter().fold(0u64, |sum, purpose| {
            sum.saturating_add(match purpose {
                Purpose::Files => promised.to_keep.saturating_add(bytes),
                Purpose::Uploads => promised.to_come,
                Purpose::Database | Purpose::Conversions => 0,
            })
        });
        let left = disk.left();
        if wanted > left {
            return Err(Error::full("the disk of files", TooFull { wanted, left }));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disk(purposes: &[Purpose], free: u64) -> Disk {
        Disk { purposes: purposes.to_owned(), total: 1000, free, reserve: 100 }
    }

    #[test]
    fn what_is_promised_fits_above_the_reserve() {
        let fits = |disks: &[Disk], to_come, to_keep, bytes| {
            admit(disks, Promised { to_come, to_keep }, bytes).is_ok()
        };
        let one = [disk(&[Purpose::Database, Purpose::Files, Purpose::Uploads], 500)];
        assert!(fits(&one, 100, 200, 100));
        assert!(!fits(&one, 100, 200, 101), "the reserve stays");
        let two = [disk(&[Purpose::Files], 300), disk(&[Purpose::Uploads], 200)];
        assert!(fits(&two, 100, 150, 50));
        assert!(!fits(&two, 101, 150, 50));
        assert!(!fits(&two, 100, 150, 51));
        assert!(fits(&[], u64::MAX, u64::MAX, u64::MAX), "the files are elsewhere");
        assert!(!fits(&one, 0, 0, u64::MAX));
    }

    #[test]
    fn a_disk_that_is_below_its_reserve_takes_nothing() {
        let full = disk(&[Purpose::Files], 99);
        assert_eq!(full.left(), 0);
        assert!(full.is_low() && !disk(&[], 200).is_low());
        assert!(admit(&[full], Promised::default(), 1).is_err());
    }
}
