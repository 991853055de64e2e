//! Versions of rows, so that nobody overwrites what they have not seen.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::error::{Error, Result};

/// The tag of a row that was last changed at that instant.
pub fn tag(updated_at: DateTime<Utc>) -> String {
    format!("{:x}", updated_at.timestamp_micros())
}

/// The instant of a change that follows the one of `before`: never the same.
pub fn next(now: DateTime<Utc>, before: DateTime<Utc>) -> DateTime<Utc> {
    now.max(before + TimeDelta::microseconds(1))
}

/// Why a statement found no row of this noun: the one it was [pinned](Expected::pin) to was changed, or there is none.
pub fn lost(noun: &'static str, seen: Option<DateTime<Utc>>) -> Error {
    if seen.is_some() { Error::Stale(noun) } else { Error::NotFound(noun) }
}

/// Which version of a row a caller is ready to change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Expected {
    /// Whichever it is.
    #[default]
    Any,
    /// One with a tag of these.
    OneOf(Vec<String>),
}

impl Expected {
    /// Reads the value of an `If-Match` header: `*`, or tags in quotes with commas between. A weak
    /// tag matches nothing, as HTTP has it.
    pub fn parse(header: &str) -> Self {
        if header.trim() == "*" {
            return Self::Any;
        }
        let strong = |tag: &str| Some(tag.trim().strip_prefix('"')?.strip_suffix('"')?.to_owned());
        Self::OneOf(header.split(',').filter_map(strong).collect())
    }

    /// The version that the statement of a change has to find; none when the caller takes the row as it is.
    ///
    /// # Errors
    /// `Stale` naming `noun` when the caller expects another version than this.
    pub fn pin(
        &self,
        noun: &'static str,
        updated_at: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>> {
        self.check(noun, updated_at)?;
        Ok((*self != Self::Any).then_some(updated_at))
    }

    /// Lets a row through that was last changed at that instant.
    ///
    /// # Errors
    /// `Stale` naming `noun` when the caller expects another version.
    pub fn check(&self, noun: &'static str, updated_at: DateTime<Utc>) -> Result<()> {
        match self {
            Self::OneOf(tags) if !tags.contains(&tag(updated_at)) => Err(Error::Stale(noun)),
            Self::Any | Self::OneOf(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_version_that_was_read_may_be_changed() {
        let read: DateTime<Utc> = "2026-05-01T12:00:00.000001Z".parse().unwrap();
        let header = format!("W/\"1\", \"{}\"", tag(read));
        assert!(Expected::parse(&header).check("project", read).is_ok());
        assert!(Expected::parse("*").check("project", read).is_ok());
        let changed = next(read, read);
        assert!(changed > read);
        assert!(Expected::parse(&header).check("project", changed).is_err());
        assert!(Expected::parse("").check("project", read).is_err());
        assert!(Expected::parse(&format!("W/\"{}\"", tag(read))).check("project", read).is_err());
    }
}
