//! What a statement runs on.

use sqlx::{PgConnection, Postgres, Sqlite, SqliteConnection, pool::PoolConnection};
use vertex_core::Result;

use super::{
    backend::{Backend, OwnTransaction},
    condition::Condition,
    database::Database,
    failure::Failure,
};

impl Database {
    pub(super) fn reader(&self) -> Single<'_> {
        Single { database: self, writes: false }
    }

    pub(super) fn writer(&self) -> Single<'_> {
        Single { database: self, writes: true }
    }

    pub(super) async fn begin(&self) -> Result<Transaction> {
        Ok(Transaction { inner: self.begin_own().await?, database: self.clone() })
    }
}

/// A connection for one statement by itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Single<'a> {
    database: &'a Database,
    writes: bool,
}

impl<'a> Single<'a> {
    pub(super) async fn connect(self) -> Result<Connection<'a>, Failure> {
        let Self { database, writes } = self;
        let held = Held::Own(database.acquire(writes).await?);
        Ok(Connection { held, database, writes })
    }
}

/// Several statements that count together or not at all. Dropping it undoes them.
pub(super) struct Transaction {
    inner: OwnTransaction,
    database: Database,
}

impl Transaction {
    pub(super) fn connection(&mut self) -> Within<'_> {
        Within(self)
    }

    /// One text for SQLite, where a transaction has the whole database for itself, and another for
    /// PostgreSQL, where it has to lock rows.
    pub(super) fn dialect(&self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        match &self.inner {
            Backend::Sqlite(_) => sqlite,
            Backend::Postgres(_) => postgres,
        }
    }

    pub(super) async fn commit(self) -> Result<()> {
        let Self { inner, database } = self;
        let done = match inner {
            Backend::Sqlite(transaction) => transaction.commit().await.map_err(Failure::from),
            Backend::Postgres(transaction) => {
                database.condition().unless_out(transaction.commit()).await
            }
        };
        let kept = done.and_then(|()| database.require_kept());
        kept.map_err(|failure| database.noted(failure, true).into())
    }
}

/// The connection of a transaction.
pub(super) struct Within<'a>(&'a mut Transaction);

impl<'a> Within<'a> {
    pub(super) async fn connect(self) -> Result<Connection<'a>, Failure> {
        let Transaction { inner, database } = self.0;
        let held = Held::Lent(match inner {
            Backend::Sqlite(transaction) => Backend::Sqlite(transaction),
            Backend::Postgres(transaction) => Backend::Postgres(transaction),
        });
        Ok(Connection { held, database, writes: true })
    }
}

/// A connection while a statement runs on it.
pub(super) struct Connection<'a> {
    held: Held<'a>,
    database: &'a Database,
    writes: bool,
}

enum Held<'a> {
    Own(Backend<PoolConnection<Sqlite>, PoolConnection<Postgres>>),
    Lent(Backend<&'a mut SqliteConnection, &'a mut PgConnection>),
}

impl<'a> Connection<'a> {
    pub(super) fn condition(&self) -> &'a Condition {
        self.database.condition()
    }

    pub(super) fn backend(&mut self) -> Backend<&mut SqliteConnection, &mut PgConnection> {
        match &mut self.held {
            Held::Own(Backend::Sqlite(connection)) => Backend::Sqlite(connection),
            Held::Own(Backend::Postgres(connection)) => Backend::Postgres(connection),
            Held::Lent(Backend::Sqlite(connection)) => Backend::Sqlite(connection),
            Held::Lent(Backend::Postgres(connection)) => Backend::Postgres(connection),
        }
    }

    /// What came of the statement. A write by itself counts once it is where it will be found again.
    pub(super) fn settle<T>(mut self, done: Result<T, Failure>) -> Result<T, Failure> {
        let kept = match (done, &self.held) {
            (Ok(done), Held::Own(_)) if self.writes => self.database.require_kept().map(|()| done),
            (done, _) => done,
        };
        kept.map_err(|failure| {
            if let Held::Own(connection) = &mut self.held
                && failure.cause().is_some()
            {
                match connection {
                    Backend::Sqlite(connection) if failure.spoils_connection() => {
                        connection.close_on_drop();
                    }
                    Backend::Sqlite(_) => {}
                    Backend::Postgres(connection) => connection.close_on_drop(),
                }
            }
            self.database.noted(failure, self.writes)
        })
    }
}
