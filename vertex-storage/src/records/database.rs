//! The two databases, and what differs between them.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sqlx::{
    PgPool, Postgres, Sqlite, pool::PoolConnection, postgres::PgConnectOptions,
    sqlite::SqliteConnectOptions,
};
use tokio::time::{sleep, timeout};
use vertex_core::{Error, Result};

use super::{
    backend::{ANSWER, Backend, Connections, OwnTransaction},
    condition::Condition,
    failure::{Cause, Failure},
    opening,
    postgres::PgServer,
    sqlite::SqliteFile,
};

/// How long what others have written shows that it can be written to.
const PROOF: Duration = Duration::from_millis(500);
/// How often it is looked whether a file is where it was.
const ROUND: Duration = Duration::from_millis(700);
/// The least time between two looks at a database.
const PAUSE: Duration = Duration::from_millis(300);
/// An open database. Clones share its connections.
///
/// It gets over faults of its surroundings by itself: connections that have taken harm are replaced; while its
/// server is away, or its file is not where it was opened, nothing waits for it and nothing is written; it goes on
/// when the same database is back.
#[derive(Clone, Debug)]
pub struct Database(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    backend: Backend<SqliteFile, PgServer>,
    condition: Arc<Condition>,
    is_closed: AtomicBool,
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
                let condition = Arc::new(Condition::default());
                let server = PgServer::open(options, condition.clone()).await?;
                Ok(Self::new(Backend::Postgres(server), condition))
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
        let condition = Arc::new(Condition::default());
        let file = SqliteFile::open(options.clone(), condition.clone()).await;
        let file = file
            .map_err(|error| Error::unavailable(whose, opening::sqlite_cause(&options, &error)))?;
        Ok(Self::new(Backend::Sqlite(file), condition))
    }

    fn new(backend: Backend<SqliteFile, PgServer>, condition: Arc<Condition>) -> Self {
        Self(Arc::new(Inner { backend, condition, is_closed: AtomicBool::new(false) }))
    }

    /// The file that an SQLite URL names.
    pub fn file(url: &str) -> Option<PathBuf> {
        let options = url.starts_with("sqlite:").then(|| SqliteConnectOptions::from_str(url));
        Some(options?.ok()?.get_filename().to_owned())
    }

    /// Whether it has no tables of this program yet.
    ///
    /// # Errors
    /// `Unavailable` when it does not answer.
    pub async fn is_new(&self) -> Result<bool> {
        let tables = match &self.0.backend {
            Backend::Sqlite(_) => {
                "SELECT NOT EXISTS (SELECT 1 FROM sqlite_master WHERE name = '_sqlx_migrations')"
            }
            Backend::Postgres(_) => "SELECT to_regclass('_sqlx_migrations') IS NULL",
        };
        let (is_new,): (bool,) = fetch!(fetch_one, self.reader(), tables)?;
        Ok(is_new)
    }

    /// The folder of an SQLite database.
    pub fn folder(&self) -> Option<PathBuf> {
        match &self.0.backend {
            Backend::Sqlite(file) => file.folder(),
            Backend::Postgres(_) => None,
        }
    }

    /// Brings the tables up to what this version of the program needs, and looks after the database from then on.
    /// Several processes may do so at once: one works, the others wait.
    ///
    /// # Errors
    /// `Internal` when a migration fails or the database was written by a newer version.
    pub async fn migrate(&self) -> Result<()> {
        match &self.0.backend {
            Backend::Sqlite(file) => file.migrate().await?,
            Backend::Postgres(server) => server.migrate().await?,
        }
        tokio::spawn(look_after(Arc::downgrade(&self.0)));
        Ok(())
    }

    /// Ends all connections, waiting for statements that run. The database cannot be used afterwards.
    pub async fn close(&self) {
        self.0.is_closed.store(true, Ordering::Relaxed);
        match &self.0.backend {
            Backend::Sqlite(file) => file.close().await,
            Backend::Postgres(server) => server.close().await,
        }
        self.0.condition.set_outage(Some(Cause::Away));
    }

    /// How many connections there are.
    pub fn connections(&self) -> Connections {
        match &self.0.backend {
            Backend::Sqlite(file) => file.connections(),
            Backend::Postgres(server) => Connections::of(server.pool()),
        }
    }

    /// The pool, on PostgreSQL.
    pub(crate) fn postgres(&self) -> Option<&PgPool> {
        match &self.0.backend {
            Backend::Sqlite(_) => None,
            Backend::Postgres(server) => Some(server.pool()),
        }
    }

    pub(super) async fn begin_own(&self) -> Result<OwnTransaction, Failure> {
        let begun = match &self.0.backend {
            Backend::Sqlite(file) => file.begin().await.map(Backend::Sqlite),
            Backend::Postgres(server) => server.begin().await.map(Backend::Postgres),
        };
        begun.map_err(|failure| self.noted(failure, true))
    }

    /// Writes, unless others just have.
    ///
    /// # Errors
    /// `Full` or `Unavailable` within a second or so, when it cannot be written to.
    pub(super) async fn prove_writable(&self) -> Result<()> {
        self.0.condition.require()?;
        if self.0.condition.has_written_within(PROOF) {
            return Ok(());
        }
        let write = async {
            match &self.0.backend {
                Backend::Sqlite(_) => {
                    execute!(self.writer(), "UPDATE installation SET heartbeat = heartbeat + 1")
                }
                // Another process that writes the same row at this moment shows it as well.
                Backend::Postgres(_) => execute!(
                    self.writer(),
                    "UPDATE installation SET heartbeat = heartbeat + 1 WHERE id IN
                         (SELECT id FROM installation FOR UPDATE SKIP LOCKED)"
                ),
            }
        };
        match timeout(ANSWER, write).await {
            Ok(written) => Ok(written.map(drop)?),
            // Those who came before were written meanwhile.
            Err(_) if self.0.condition.has_written_within(ANSWER) => Ok(()),
            Err(_) => Err(Failure::Outage(Cause::Away).into()),
        }
    }

    pub(super) fn condition(&self) -> &Condition {
        &self.0.condition
    }

    pub(super) async fn acquire(
        &self,
        writes: bool,
    ) -> Result<Backend<PoolConnection<Sqlite>, PoolConnection<Postgres>>, Failure> {
        let acquired = match &self.0.backend {
            Backend::Sqlite(file) => file.acquire(writes).await.map(Backend::Sqlite),
            Backend::Postgres(server) => server.acquire().await.map(Backend::Postgres),
        };
        acquired.map_err(|failure| self.noted(failure, writes))
    }

    /// Whether what was just written will be found again.
    ///
    /// # Errors
    /// When the file is not where it was opened.
    pub(super) fn require_kept(&self) -> Result<(), Failure> {
        if let Backend::Sqlite(file) = &self.0.backend {
            file.require_in_place()?;
        }
        self.0.condition.note_write(true);
        Ok(())
    }

    /// Draws what is to be drawn from a failure.
    pub(super) fn noted(&self, failure: Failure, writes: bool) -> Failure {
        let condition = &self.0.condition;
        if let Some(cause) = failure.cause() {
            if writes {
                condition.note_write(false);
            }
            if failure.spoils_connection() {
                condition.note_spoiled();
            }
            if !matches!(cause, Cause::Full | Cause::Locked | Cause::Crowded) {
                condition.suspect();
            }
        }
        failure
    }
}

/// Says whether the database can be worked with, as long as somebody has it open.
async fn look_after(database: Weak<Inner>) {
    loop {
        let Some(inner) = database.upgrade() else { return };
        if inner.is_closed.load(Ordering::Relaxed) {
            return;
        }
        let found = match &inner.backend {
            Backend::Sqlite(file) => file.look().await,
            Backend::Postgres(server) => server.look().await,
        };
        let condition = inner.condition.clone();
        let is_news = condition.set_outage(found.err());
        match found {
            Err(cause) if is_news => {
                tracing::error!(error = %cause, "the database is out of reach")
            }
            Ok(()) if is_news => tracing::info!("the database is back"),
            _ => {}
        }
        let needs_rounds = matches!(inner.backend, Backend::Sqlite(_));
        drop(inner);
        // However many are suspicious, it is not looked at more often than this.
        sleep(PAUSE).await;
        match found {
            Err(_) => {}
            Ok(()) if needs_rounds => {
                let _ = timeout(ROUND, condition.suspected()).await;
            }
            Ok(()) => condition.suspected().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use vertex_core::ErrorKind;

    use super::*;

    async fn fresh() -> (tempfile::TempDir, Database) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}?mode=rwc", folder.path().join("test.db").display());
        let database = Database::connect(&url).await.unwrap();
        database.migrate().await.unwrap();
        (folder, database)
    }

    /// No page more than there is: what a full disk is to SQLite.
    async fn fill_disk(database: &Database) {
        let Backend::Sqlite(mut writer) = database.acquire(true).await.unwrap() else { panic!() };
        sqlx::raw_sql("PRAGMA max_page_count = 1").execute(&mut *writer).await.unwrap();
    }

    const LARGE: &str = "CREATE TABLE large AS SELECT zeroblob(1000000)";

    #[tokio::test]
    async fn a_transaction_that_filled_the_disk_does_not_stand_in_the_way() {
        let (_folder, database) = fresh().await;
        for _ in 0..3 {
            fill_disk(&database).await;
            let mut transaction = database.begin().await.unwrap();
            let full = execute!(transaction.connection(), LARGE).map_err(Error::from).unwrap_err();
            assert_eq!(full.kind(), ErrorKind::Full, "{full:?}");
            drop(transaction);
            database.begin().await.unwrap().commit().await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_statement_that_filled_the_disk_is_no_proof_of_health() {
        let (_folder, database) = fresh().await;
        database.prove_writable().await.unwrap();
        fill_disk(&database).await;
        assert_eq!(execute!(database.writer(), LARGE).unwrap_err().cause(), Some(Cause::Full));
        assert!(!database.condition().has_written_within(Duration::MAX));
        database.prove_writable().await.unwrap();
        assert!(database.condition().has_written_within(Duration::MAX));
    }

    #[tokio::test]
    async fn transactions_that_are_dropped_anywhere_leave_the_writer_free() {
        const LONG: &str = "UPDATE installation SET heartbeat = (WITH RECURSIVE n (i) AS
            (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT MAX(i) FROM n)";
        let (_folder, database) = fresh().await;
        for patience in [0, 1, 5, 20, 60].map(Duration::from_millis) {
            let work = async {
                let mut transaction = database.begin().await.unwrap();
                execute!(transaction.connection(), LONG).unwrap();
                transaction.commit().await.unwrap();
            };
            let _ = timeout(patience, work).await;
            database.begin().await.unwrap().commit().await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_writer_that_took_harm_is_replaced() {
        let (_folder, database) = fresh().await;
        let Backend::Sqlite(mut writer) = database.acquire(true).await.unwrap() else { panic!() };
        sqlx::raw_sql("PRAGMA query_only = ON").execute(&mut *writer).await.unwrap();
        drop(writer);
        let refused = execute!(database.writer(), "UPDATE installation SET heartbeat = 7");
        assert_eq!(refused.unwrap_err().cause(), Some(Cause::ReadOnly));
        execute!(database.writer(), "UPDATE installation SET heartbeat = 7").unwrap();
    }
}
