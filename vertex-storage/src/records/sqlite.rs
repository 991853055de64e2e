//! An SQLite database: one file, one writer.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, OnceLock, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use sqlx::{
    Connection, Sqlite, SqliteConnection, SqlitePool, Transaction,
    migrate::Migrator,
    pool::PoolConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::{
    task::spawn_blocking,
    time::{sleep, timeout},
};
use uuid::Uuid;
use vertex_core::{Error, Result};

use super::{
    backend::{Connections, INSTALLATION, LOOK, PATIENCE, TURN, same, unmigrated},
    condition::Condition,
    failure::{Cause, Failure, is_busy},
    place::{Found, Place},
};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

const READERS: u32 = 4;

/// An open file.
#[derive(Debug)]
pub(super) struct SqliteFile {
    options: SqliteConnectOptions,
    pools: RwLock<Pools>,
    condition: Arc<Condition>,
    installation: Arc<OnceLock<Uuid>>,
    place: Mutex<Option<Place>>,
    was_alone: AtomicBool,
}

/// SQLite has one writer at a time: a pool of one connection lets writers queue up fairly,
/// where the database itself would let them collide and sleep.
#[derive(Clone, Debug)]
struct Pools {
    readers: SqlitePool,
    writer: SqlitePool,
}

impl SqliteFile {
    pub(super) async fn open(
        options: SqliteConnectOptions,
        condition: Arc<Condition>,
    ) -> Result<Self, sqlx::Error> {
        let options = options
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(PATIENCE);
        let installation = Arc::default();
        let pools = RwLock::new(Pools::open(&options, &condition, &installation).await?);
        let (place, was_alone) = Default::default();
        Ok(Self { options, pools, condition, installation, place, was_alone })
    }

    /// Brings the tables up to date, and remembers which database this is and where. From here on a file that is
    /// not there is missing, not new.
    pub(super) async fn migrate(&self) -> Result<()> {
        let Pools { readers, writer } = self.pools();
        let mut transaction = begin(&writer).await?;
        MIGRATIONS.run(&mut *transaction).await.map_err(unmigrated)?;
        transaction.commit().await.map_err(Failure::from)?;
        let mut reader = readers.acquire().await.map_err(Failure::from)?;
        let known = identity(&mut reader).await.map_err(Failure::from)?;
        self.installation.get_or_init(|| known);
        for pool in [&readers, &writer] {
            pool.set_connect_options(self.options.clone().create_if_missing(false));
        }
        self.remember_place().map_err(|error| Error::unavailable("the database", error))
    }

    pub(super) async fn acquire(&self, writes: bool) -> Result<PoolConnection<Sqlite>, Failure> {
        let Pools { readers, writer } = self.pools();
        if writes {
            self.condition.require()?;
        }
        let pool = if writes { writer } else { readers };
        Ok(pool.acquire().await?)
    }

    pub(super) async fn begin(&self) -> Result<Transaction<'static, Sqlite>, Failure> {
        self.condition.require()?;
        begin(&self.pools().writer).await
    }

    /// # Errors
    /// When what is written is not where it will be found again.
    pub(super) fn require_in_place(&self) -> Result<(), Failure> {
        let Some(place) = self.place() else { return Ok(()) };
        match place.look() {
            Ok(Found::Same) => Ok(()),
            Ok(Found::Another) => Err(Failure::Outage(Cause::Foreign)),
            Ok(Found::Nothing | Found::Alone | Found::Remounted) => {
                Err(Failure::Outage(Cause::Gone))
            }
            Err(_) => Err(Failure::Outage(Cause::Disk)),
        }
    }

    /// Looks whether the file is where it was, and opens it again if that helps.
    ///
    /// # Errors
    /// Why it cannot be written to.
    pub(super) async fn look(&self) -> Result<(), Cause> {
        let Some(place) = self.place() else { return Ok(()) };
        let found = spawn_blocking(move || place.look());
        let found = match timeout(LOOK, found).await {
            Ok(Ok(Ok(found))) => found,
            Ok(Ok(Err(_)) | Err(_)) | Err(_) => return Err(Cause::Disk),
        };
        let was_alone = self.was_alone.swap(found == Found::Alone, Ordering::Relaxed);
        match found {
            Found::Nothing => Err(Cause::Gone),
            Found::Another => Err(Cause::Foreign),
            // Somebody may be putting one file after the other back.
            Found::Alone if !was_alone => Err(Cause::Gone),
            Found::Same if !self.pools().writer.is_closed() => Ok(()),
            Found::Same | Found::Alone | Found::Remounted => self.open_again().await,
        }
    }

    /// Closes every connection before it opens others: SQLite must not have the same database open by two sets of
    /// companions.
    async fn open_again(&self) -> Result<(), Cause> {
        let closed = timeout(LOOK, self.pools().close()).await;
        closed.map_err(|_| Cause::Disk)?;
        let options = self.options.clone().create_if_missing(false);
        let pools = Pools::open(&options, &self.condition, &self.installation);
        let pools = timeout(LOOK, pools).await.map_err(|_| Cause::Away)?;
        let pools = pools.map_err(|error| Cause::of(&error).unwrap_or(Cause::Foreign))?;
        *self.pools.write().unwrap_or_else(PoisonError::into_inner) = pools;
        self.remember_place().map_err(|_| Cause::Gone)
    }

    pub(super) async fn close(&self) {
        self.pools().close().await;
    }

    pub(super) fn folder(&self) -> Option<PathBuf> {
        std::path::absolute(self.options.get_filename()).ok()?.parent().map(Path::to_owned)
    }

    pub(super) fn connections(&self) -> Connections {
        let Pools { readers, writer } = self.pools();
        let (readers, writer) = (Connections::of(&readers), Connections::of(&writer));
        Connections {
            in_use: readers.in_use + writer.in_use,
            idle: readers.idle + writer.idle,
            most: readers.most + writer.most,
        }
    }

    fn pools(&self) -> Pools {
        self.pools.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn place(&self) -> Option<Place> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn remember_place(&self) -> io::Result<()> {
        let place = Place::of(self.options.get_filename())?;
        *self.place.lock().unwrap_or_else(PoisonError::into_inner) = Some(place);
        Ok(())
    }
}

impl Pools {
    /// Connections stay open, whatever becomes of the file: one that opens it anew has to find the same database.
    async fn open(
        options: &SqliteConnectOptions,
        condition: &Arc<Condition>,
        known: &Arc<OnceLock<Uuid>>,
    ) -> Result<Self, sqlx::Error> {
        let pool = || {
            let known = known.clone();
            SqlitePoolOptions::new()
                .acquire_timeout(PATIENCE)
                .idle_timeout(None)
                .max_lifetime(None)
                .after_connect(move |connection, _| {
                    let known = known.get().copied();
                    Box::pin(async move {
                        let Some(known) = known else { return Ok(()) };
                        same(known, identity(connection).await?)
                    })
                })
        };
        let spoiled = condition.clone();
        let writer = pool().max_connections(1).after_release(move |connection, meta| {
            let spoiled = spoiled.clone();
            Box::pin(async move {
                // First comes the end of a transaction that was dropped.
                connection.ping().await?;
                // SQLite ends a transaction by itself when the disk is full or fails. sqlx goes on counting it.
                Ok(!connection.is_in_transaction() && !spoiled.may_be_spoiled(meta.age))
            })
        });
        let writer = connect_in_turn(writer, options).await?;
        let read_only = options.clone().pragma("query_only", "ON");
        let readers = pool().max_connections(READERS).connect_with(read_only).await?;
        Ok(Self { readers, writer })
    }

    async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

async fn identity(connection: &mut SqliteConnection) -> Result<Uuid, sqlx::Error> {
    sqlx::query_scalar(INSTALLATION).fetch_one(connection).await
}

/// Takes SQLite's write lock at once. A transaction that first reads and then wants to write would
/// fail when another one has written in between.
async fn begin(writer: &SqlitePool) -> Result<Transaction<'static, Sqlite>, Failure> {
    Ok(writer.begin_with("BEGIN IMMEDIATE").await?)
}

/// Opens a file that other processes may be opening. SQLite waits for its turn, but not while the first
/// of them gives a new file its write-ahead log (<https://www.sqlite.org/wal.html#busy>).
async fn connect_in_turn(
    pool: SqlitePoolOptions,
    options: &SqliteConnectOptions,
) -> Result<SqlitePool, sqlx::Error> {
    let begun = Instant::now();
    loop {
        match pool.clone().connect_with(options.clone()).await {
            Err(error) if is_busy(&error) && begun.elapsed() < PATIENCE => sleep(TURN).await,
            opened => return opened,
        }
    }
}
