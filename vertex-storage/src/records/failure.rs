//! What a database complains about, in the domain's words.

use std::fmt;

use sqlx::{
    error::{DatabaseError, ErrorKind},
    sqlite::SqliteError,
};
use vertex_core::{Error, error::Reason};

/// What the error of a use case calls it.
const CONTEXT: &str = "the database";

/// A statement that failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// The database refused it.
    Refused(sqlx::Error),
    /// It was not tried, or its outcome does not count, for this cause.
    Outage(Cause),
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Refused(error)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        let (cause, source) = match failure {
            Failure::Outage(cause) => (cause, None),
            Failure::Refused(error) => match Cause::of(&error) {
                Some(cause) => (cause, Some(error)),
                None => return Self::internal("a statement failed in the database", error),
            },
        };
        let reason = match source {
            Some(error) => Reason::of(cause.words(), error),
            None => Reason::new(cause.words()),
        };
        match cause {
            Cause::Full => Self::full(CONTEXT, reason),
            _ => Self::unavailable(CONTEXT, reason),
        }
    }
}

impl Failure {
    /// Why it failed, if that is a fault of the surroundings and not of the statement.
    pub(super) fn cause(&self) -> Option<Cause> {
        match self {
            Self::Refused(error) => Cause::of(error),
            Self::Outage(cause) => Some(*cause),
        }
    }

    /// Whether the connection to an SQLite file may have taken harm: it has read something wrong, or can no longer
    /// do what it could when it was opened.
    pub(super) fn spoils_connection(&self) -> bool {
        let Self::Refused(error) = self else { return false };
        matches!(result_in_sqlite(error), Some(READONLY | IOERR | CORRUPT | CANTOPEN | NOTADB))
            || matches!(error, sqlx::Error::WorkerCrashed | sqlx::Error::InvalidSavePointStatement)
    }

    /// A conflict in words for people, if another row has the same value in a unique column.
    pub(super) fn or_taken(
        self,
        table: &str,
        column: &str,
        words: impl FnOnce() -> String,
    ) -> Result<Self, Error> {
        if self.is_taken(table, column) { Err(Error::Conflict(words())) } else { Ok(self) }
    }

    /// `NotFound`, if the row names another one that is not there.
    pub(super) fn or_missing(self, parent: &'static str) -> Error {
        match self.database_error().map(DatabaseError::kind) {
            Some(ErrorKind::ForeignKeyViolation) => Error::NotFound(parent),
            _ => self.into(),
        }
    }

    /// A conflict in these words, if other rows name the row that was to go.
    pub(super) fn or_in_use(self, words: &str) -> Error {
        match self.database_error().map(DatabaseError::kind) {
            Some(ErrorKind::ForeignKeyViolation) => Error::Conflict(words.to_owned()),
            _ => self.into(),
        }
    }

    fn is_taken(&self, table: &str, column: &str) -> bool {
        let Some(error) = self.database_error() else { return false };
        if error.kind() != ErrorKind::UniqueViolation {
            return false;
        }
        match error.constraint() {
            Some(constraint) => constraint == format!("{table}_{column}_key"),
            // SQLite names the columns, and only in its message.
            None => error.message().ends_with(&format!(" {table}.{column}")),
        }
    }

    fn database_error(&self) -> Option<&(dyn DatabaseError + 'static)> {
        match self {
            Self::Refused(error) => error.as_database_error(),
            Self::Outage(_) => None,
        }
    }
}

/// What is wrong around a database that it cannot do what it usually can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Cause {
    /// Its disk has no room left.
    Full,
    /// It may be read but not written.
    ReadOnly,
    /// Its disk fails.
    Disk,
    /// What it has stored cannot be read.
    Damaged,
    /// It cannot be reached, or is starting or stopping.
    Away,
    /// It lets nobody in.
    Closed,
    /// It takes no more connections, or has no memory for more.
    Crowded,
    /// Somebody else holds what the statement needs.
    Locked,
    /// Its file is no longer where it was opened.
    Gone,
    /// Another database is in its place.
    Foreign,
}

impl Cause {
    fn words(self) -> &'static str {
        match self {
            Self::Full => "its disk is full",
            Self::ReadOnly => "it is read-only",
            Self::Disk => "its disk fails",
            Self::Damaged => "what it has stored is damaged",
            Self::Away => "it does not answer",
            Self::Closed => "it lets us in no more",
            Self::Crowded => "it takes no more connections",
            Self::Locked => "others hold its locks",
            Self::Gone => "its file was moved or deleted: put it back",
            Self::Foreign => {
                "another database is in its place: put the right one back, or restart to use this one"
            }
        }
    }

    /// What an error says of the surroundings, if it does.
    pub(super) fn of(error: &sqlx::Error) -> Option<Self> {
        match error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed
            | sqlx::Error::InvalidSavePointStatement => Some(Self::Away),
            sqlx::Error::Database(error) => {
                let code = error.code().unwrap_or_default();
                match error.try_downcast_ref::<SqliteError>() {
                    Some(_) => Self::in_sqlite(&code),
                    None => Self::in_postgres(&code),
                }
            }
            _ => None,
        }
    }

    /// By the result code, of which an extended one is a kind: <https://www.sqlite.org/rescode.html>.
    fn in_sqlite(extended_code: &str) -> Option<Self> {
        Some(match sqlite_result(extended_code)? {
            BUSY | 6 | 15 => Self::Locked,
            7 => Self::Crowded,
            READONLY => Self::ReadOnly,
            IOERR => Self::Disk,
            CORRUPT | NOTADB => Self::Damaged,
            13 => Self::Full,
            CANTOPEN => Self::Away,
            _ => return None,
        })
    }

    /// By the class and code: <https://www.postgresql.org/docs/15/errcodes-appendix.html>.
    fn in_postgres(code: &str) -> Option<Self> {
        Some(match code {
            "53100" => Self::Full,
            "25006" => Self::ReadOnly,
            "55P03" | "55006" => Self::Locked,
            "3D000" | "42501" => Self::Closed,
            // Tables that were there at the start.
            "3F000" | "42P01" => Self::Foreign,
            // Cancelled from outside.
            "57014" => Self::Away,
            _ => match code.get(..2)? {
                "08" => Self::Away,
                "28" => Self::Closed,
                "40" => Self::Locked,
                "53" => Self::Crowded,
                "57" => Self::Away,
                "58" => Self::Disk,
                "XX" if code != "XX000" => Self::Damaged,
                _ => return None,
            },
        })
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

const BUSY: u32 = 5;
const READONLY: u32 = 8;
const IOERR: u32 = 10;
const CORRUPT: u32 = 11;
const CANTOPEN: u32 = 14;
const NOTADB: u32 = 26;

/// Whether another connection to the SQLite file was in the way.
pub(super) fn is_busy(error: &sqlx::Error) -> bool {
    result_in_sqlite(error) == Some(BUSY)
}

fn result_in_sqlite(error: &sqlx::Error) -> Option<u32> {
    let error = error.as_database_error()?.try_downcast_ref::<SqliteError>()?;
    sqlite_result(&error.code()?)
}

fn sqlite_result(extended_code: &str) -> Option<u32> {
    extended_code.parse().ok().map(|code: u32| code & 0xff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_of_the_surroundings_has_a_cause() {
        for (code, cause) in [
            ("5", Cause::Locked),
            ("517", Cause::Locked),
            ("8", Cause::ReadOnly),
            ("1032", Cause::ReadOnly),
            ("10", Cause::Disk),
            ("778", Cause::Disk),
            ("11", Cause::Damaged),
            ("13", Cause::Full),
            ("14", Cause::Away),
            ("26", Cause::Damaged),
        ] {
            assert_eq!(Cause::in_sqlite(code), Some(cause), "{code}");
        }
        for (code, cause) in [
            ("08006", Cause::Away),
            ("25006", Cause::ReadOnly),
            ("28P01", Cause::Closed),
            ("40001", Cause::Locked),
            ("40P01", Cause::Locked),
            ("53100", Cause::Full),
            ("53300", Cause::Crowded),
            ("57P01", Cause::Away),
            ("57P03", Cause::Away),
            ("58030", Cause::Disk),
            ("XX001", Cause::Damaged),
        ] {
            assert_eq!(Cause::in_postgres(code), Some(cause), "{code}");
        }
    }

    #[test]
    fn a_fault_of_the_statement_has_none() {
        // A broken constraint, a mistake in the text.
        assert!(["2067", "1", ""].into_iter().all(|code| Cause::in_sqlite(code).is_none()));
        let of_statements = ["23505", "42601", "22P02", "XX000", ""];
        assert!(of_statements.into_iter().all(|code| Cause::in_postgres(code).is_none()));
    }

    #[test]
    fn the_log_has_every_cause() {
        let error = Error::from(Failure::from(sqlx::Error::PoolTimedOut));
        let line = vertex_core::error::with_causes(&error);
        assert!(
            line.starts_with("the database is not available: it does not answer: pool"),
            "{line}"
        );
        let full = Error::from(Failure::Outage(Cause::Full));
        let line = vertex_core::error::with_causes(&full);
        assert_eq!(line, "the database has no room left: its disk is full");
    }
}
