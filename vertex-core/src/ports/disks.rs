use async_trait::async_trait;

use crate::domain::error::Result;

/// What is written to disks of this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// The database, where it is a file.
    Database,
    /// Pictures, markers and videos, where they are not elsewhere.
    Files,
    /// Uploads in parts, until they are whole.
    Uploads,
    /// Videos that are being converted.
    Conversions,
}

impl Purpose {
    /// The purpose's name in figures.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Files => "files",
            Self::Uploads => "uploads",
            Self::Conversions => "conversions",
        }
    }
}

/// How full a disk is, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disk {
    /// What is written there.
    pub purposes: Vec<Purpose>,
    /// What it holds.
    pub total: u64,
    /// What may still be written.
    pub free: u64,
    /// What files leave free, so that the database can be written to.
    pub reserve: u64,
}

impl Disk {
    /// What files may still take.
    pub fn left(&self) -> u64 {
        self.free.saturating_sub(self.reserve)
    }

    /// Whether somebody should look after it.
    pub fn is_low(&self) -> bool {
        self.free < self.reserve.saturating_mul(2)
    }
}

/// The disks of this machine.
#[async_trait]
pub trait Disks: Send + Sync {
    /// Each that something is written to.
    ///
    /// # Errors
    /// `Unavailable` when one cannot be looked at.
    async fn disks(&self) -> Result<Vec<Disk>>;
}
