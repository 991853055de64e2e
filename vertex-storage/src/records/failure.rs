//! What a database complains about, in the domain's words.

use sqlx::{
    error::{DatabaseError, ErrorKind},
    postgres::PgDatabaseError,
    sqlite::SqliteError,
};
use vertex_core::Error;

/// A statement that failed.
#[derive(Debug)]
pub(super) struct Failure(sqlx::Error);

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self(error)
    }
}

impl From<Failure> for Error {
    fn from(Failure(error): Failure) -> Self {
        if is_temporary(&error) {
            Self::unavailable("the database", error)
        } else {
            Self::internal("a statement failed in the database", error)
        }
    }
}

impl Failure {
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
        match self.0.as_database_error().map(DatabaseError::kind) {
            Some(ErrorKind::ForeignKeyViolation) => Error::NotFound(parent),
            _ => self.into(),
        }
    }

    /// A conflict in these words, if other rows name the row that was to go.
    pub(super) fn or_in_use(self, words: &str) -> Error {
        match self.0.as_database_error().map(DatabaseError::kind) {
            Some(ErrorKind::ForeignKeyViolation) => Error::Conflict(words.to_owned()),
            _ => self.into(),
        }
    }

    fn is_taken(&self, table: &str, column: &str) -> bool {
        let Some(error) = self.0.as_database_error() else { return false };
        if error.kind() != ErrorKind::UniqueViolation {
            return false;
        }
        match error.constraint() {
            Some(constraint) => constraint == format!("{table}_{column}_key"),
            // SQLite names the columns, and only in its message.
            None => error.message().ends_with(&format!(" {table}.{column}")),
        }
    }
}

fn is_temporary(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed => true,
        sqlx::Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            if error.try_downcast_ref::<SqliteError>().is_some() {
                is_temporary_in_sqlite(&code)
            } else {
                error.try_downcast_ref::<PgDatabaseError>().is_some()
                    && is_temporary_in_postgres(&code)
            }
        }
        _ => false,
    }
}

const BUSY: u32 = 5;

/// Whether another connection to the SQLite file was in the way.
pub(super) fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| sqlite_result(&code) == Some(BUSY))
}

/// Busy, locked, I/O error, disk full, cannot open.
fn is_temporary_in_sqlite(extended_code: &str) -> bool {
    matches!(sqlite_result(extended_code), Some(BUSY | 6 | 10 | 13 | 14))
}

/// The result that an extended one is a kind of: <https://www.sqlite.org/rescode.html>.
fn sqlite_result(extended_code: &str) -> Option<u32> {
    extended_code.parse().ok().map(|code: u32| code & 0xff)
}

/// No connection, rolled back, out of resources, lock not available, being shut down:
/// <https://www.postgresql.org/docs/15/errcodes-appendix.html>.
fn is_temporary_in_postgres(code: &str) -> bool {
    ["08", "40", "53", "55P03", "57P"].iter().any(|class| code.starts_with(class))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_by_itself_is_temporary() {
        // Busy, busy snapshot, disk full; a broken constraint, a damaged file.
        assert!(["5", "517", "13"].into_iter().all(is_temporary_in_sqlite));
        assert!(!["2067", "11", ""].into_iter().any(is_temporary_in_sqlite));
        // Deadlock, too many connections, shutdown; a broken constraint, an unknown table.
        assert!(["40P01", "53300", "57P01"].into_iter().all(is_temporary_in_postgres));
        assert!(!["23505", "42P01", ""].into_iter().any(is_temporary_in_postgres));
    }
}
