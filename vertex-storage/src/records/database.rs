//! The two databases, and what differs between them.

use std::{
    path::Path,
    str::FromStr,
    time::{Duration, Instant},
};

use sqlx::{
    PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool,
    migrate::Migrator,
    postgres::PgConnectOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::time::sleep;
use vertex_core::{Error, Result};

use super::{
    failure::{Failure, is_busy},
    opening,
};

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// How long a statement waits for its turn: for a connection, and on SQLite for another process.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// How long a process waits before it tries again to open a file that another one is opening.
pub(super) const TURN: Duration = Duration::from_millis(20);
pub(super) const POSTGRES_CONNECTIONS: u32 = 10;
const SQLITE_READERS: u32 = 4;

/// The same thing on one of the two databases.
#[derive(Clone, Debug)]
pub(super) enum Backend<S, P> {
    Sqlite(S),
    Postgres(P),
}

/// Runs statements one at a time, each for itself.
pub(super) type PoolRef<'a> = Backend<&'a SqlitePool, &'a PgPool>;

/// SQLite has one writer at a time: a pool of one connection lets writers queue up fairly,
/// where the database itself would let them collide and sleep.
#[derive(Clone, Debug)]
struct SqlitePools {
    readers: SqlitePool,
    writer: SqlitePool,
}

/// An open database. Clones share its connections.
#[derive(Clone, Debug)]
pub struct Database {
    pools: Backend<SqlitePools, PgPool>,
}

impl Database {
    /// Opens `sqlite:path`, which must exist unless the URL ends in `?mode=rwc`, or
    /// `postgres://user:password@host/database`.
    ///
    /// On SQLite a change is on the disk when its method returns, not only in the log's cache:
    /// it survives a power cut as well as a `kill -9`.
    ///
    /// # Errors
    /// `Invalid` on the field `DATABASE_URL` when it is neither or names a database in memory,
    /// which every connection would have for itself; `Unavailable` when it cannot be opened, with the cause.
    pub async fn connect(url: &str) -> Result<Self> {
        let wrong = |why: String| Error::field("DATABASE_URL", why);
        match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") if url.contains(":memory:") || url.contains("mode=memory") => {
                Err(wrong("must name a file: a database in memory is not kept".to_owned()))
            }
            Some("sqlite") => {
                let options = SqliteConnectOptions::from_str(url)
                    .map_err(|error| wrong(format!("is not an SQLite URL: {error}")))?;
                Self::sqlite(options, "the database of DATABASE_URL").await
            }
            Some("postgres" | "postgresql") => {
                let options = PgConnectOptions::from_str(url)
                    .map_err(|error| wrong(format!("is not a PostgreSQL URL: {error}")))?;
                Ok(Self { pools: Backend::Postgres(opening::postgres(options).await?) })
            }
            _ => Err(wrong("must begin with sqlite: or postgres:".to_owned())),
        }
    }

    /// Opens an SQLite file, which is made if it is not there. Any path will do, where a URL gives some characters a
    /// meaning.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be opened, with the cause.
    pub async fn open(file: &Path) -> Result<Self> {
        Self::sqlite(opening::sqlite_file(file)?, "the database in VERTEX_DATA_DIR").await
    }

    async fn sqlite(options: SqliteConnectOptions, whose: &'static str) -> Result<Self> {
        let pools = SqlitePools::open(options.clone()).await;
        let pools = pools
            .map_err(|error| Error::unavailable(whose, opening::sqlite_cause(&options, &error)))?;
        Ok(Self { pools: Backend::Sqlite(pools) })
    }

    /// Brings the tables up to what this version of the program needs. Several processes may
    /// do so at once: one works, the others wait.
    ///
    /// # Errors
    /// `Internal` when a migration fails or the database was written by a newer version.
    pub async fn migrate(&self) -> Result<()> {
        let failed = |error| Error::internal("the database could not be migrated", error);
        match &self.pools {
            Backend::Sqlite(pools) => {
                let mut transaction = begin_immediate(&pools.writer).await?;
                SQLITE_MIGRATIONS.run(&mut *transaction).await.map_err(failed)?;
                Ok(transaction.commit().await.map_err(Failure::from)?)
            }
            Backend::Postgres(pool) => POSTGRES_MIGRATIONS.run(pool).await.map_err(failed),
        }
    }

    /// Ends all connections, waiting for statements that run. The database cannot be used afterwards.
    pub async fn close(&self) {
        match &self.pools {
            Backend::Sqlite(pools) => {
                pools.readers.close().await;
                pools.writer.close().await;
            }
            Backend::Postgres(pool) => pool.close().await,
        }
    }

    /// How many connections there are.
    pub fn connections(&self) -> Connections {
        match &self.pools {
            Backend::Sqlite(pools) => {
                let (readers, writer) =
                    (Connections::of(&pools.readers), Connections::of(&pools.writer));
                Connections {
                    in_use: readers.in_use + writer.in_use,
                    idle: readers.idle + writer.idle,
                    most: readers.most + writer.most,
                }
            }
            Backend::Postgres(pool) => Connections::of(pool),
        }
    }

    /// The pool, on PostgreSQL.
    pub(crate) fn postgres(&self) -> Option<&PgPool> {
        match &self.pools {
            Backend::Sqlite(_) => None,
            Backend::Postgres(pool) => Some(pool),
        }
    }

    pub(super) fn reader(&self) -> PoolRef<'_> {
        match &self.pools {
            Backend::Sqlite(pools) => Backend::Sqlite(&pools.readers),
            Backend::Postgres(pool) => Backend::Postgres(pool),
        }
    }

    pub(super) fn writer(&self) -> PoolRef<'_> {
        match &self.pools {
            Backend::Sqlite(pools) => Backend::Sqlite(&pools.writer),
            Backend::Postgres(pool) => Backend::Postgres(pool),
        }
    }

    pub(super) async fn begin(&self) -> Result<Transaction> {
        let inner = match &self.pools {
            Backend::Sqlite(pools) => Backend::Sqlite(begin_immediate(&pools.writer).await?),
            Backend::Postgres(pool) => {
                Backend::Postgres(pool.begin().await.map_err(Failure::from)?)
            }
        };
        Ok(Transaction { inner })
    }
}

/// Connections of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connections {
    /// Those that a statement has.
    pub in_use: u32,
    /// Those that wait for one.
    pub idle: u32,
    /// How many there may be.
    pub most: u32,
}

impl Connections {
    fn of<D: sqlx::Database>(pool: &sqlx::Pool<D>) -> Self {
        let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
        let in_use = pool.size().saturating_sub(idle);
        Self { in_use, idle, most: pool.options().get_max_connections() }
    }
}

impl SqlitePools {
    async fn open(options: SqliteConnectOptions) -> Result<Self, sqlx::Error> {
        let options = options
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(PATIENCE);
        let pool = || SqlitePoolOptions::new().acquire_timeout(PATIENCE);
        let writer = in_turn(|| pool().max_connections(1).connect_with(options.clone())).await?;
        let read_only = options.pragma("query_only", "ON");
        let readers = pool().max_connections(SQLITE_READERS).connect_with(read_only).await?;
        Ok(Self { readers, writer })
    }
}

/// Opens a file that other processes may be opening. SQLite waits for its turn, but not while the first
/// of them gives a new file its write-ahead log (<https://www.sqlite.org/wal.html#busy>).
async fn in_turn(
    open: impl AsyncFn() -> Result<SqlitePool, sqlx::Error>,
) -> Result<SqlitePool, sqlx::Error> {
    let begun = Instant::now();
    loop {
        match open().await {
            Err(error) if is_busy(&error) && begun.elapsed() < PATIENCE => sleep(TURN).await,
            opened => return opened,
        }
    }
}

/// Takes SQLite's write lock at once. A transaction that first reads and then wants to write would
/// fail when another one has written in between.
async fn begin_immediate(writer: &SqlitePool) -> Result<sqlx::Transaction<'static, Sqlite>> {
    Ok(writer.begin_with("BEGIN IMMEDIATE").await.map_err(Failure::from)?)
}

/// Several statements that count together or not at all. Dropping it undoes them.
pub(super) struct Transaction {
    inner: Backend<sqlx::Transaction<'static, Sqlite>, sqlx::Transaction<'static, Postgres>>,
}

impl Transaction {
    pub(super) fn connection(&mut self) -> Backend<&mut SqliteConnection, &mut PgConnection> {
        match &mut self.inner {
            Backend::Sqlite(transaction) => Backend::Sqlite(transaction),
            Backend::Postgres(transaction) => Backend::Postgres(transaction),
        }
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
        let done = match self.inner {
            Backend::Sqlite(transaction) => transaction.commit().await,
            Backend::Postgres(transaction) => transaction.commit().await,
        };
        Ok(done.map_err(Failure::from)?)
    }
}
