//! Companies: the tenants.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::domain::{
    ids::CompanyId,
    job::JobState,
    marker_formats::MarkerFormats,
    text::{Email, Name, Slug},
};

/// A tenant. Every other row belongs to exactly one company.
#[derive(Clone, Debug, PartialEq)]
pub struct Company {
    /// Its id.
    pub id: CompanyId,
    /// What people call it.
    pub name: Name,
    /// Its short name, unique in the installation.
    pub slug: Slug,
    /// Where it can be reached.
    pub contact_email: Option<Email>,
    /// Where its days begin and end.
    pub timezone: Tz,
    /// The marker files that its contents get.
    pub marker_formats: MarkerFormats,
    /// Whether it may be used: its people sign in and its contents play.
    pub is_active: bool,
    /// When it was deleted: it waits to be purged.
    pub deleted_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl Company {
    /// The date at this company at that instant.
    pub fn day(&self, now: DateTime<Utc>) -> NaiveDate {
        now.with_timezone(&self.timezone).date_naive()
    }
}

/// A deleted company on its way out.
#[derive(Clone, Debug, PartialEq)]
pub struct Removal {
    /// Which company.
    pub company: Company,
    /// Where its removal stands.
    pub state: JobState,
    /// Times it was tried.
    pub attempts: u32,
    /// Why the last try failed.
    pub problem: Option<String>,
    /// When it is tried next, if it will be.
    pub next_at: Option<DateTime<Utc>>,
}

/// Reads the name of a timezone, such as `Europe/Berlin`.
pub fn parse_timezone(text: impl AsRef<str>) -> Result<Tz, String> {
    let text = text.as_ref().trim();
    text.parse().map_err(|_| format!("{text:?} is not an IANA timezone such as Europe/Berlin"))
}
