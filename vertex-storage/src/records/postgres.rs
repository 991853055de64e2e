//! A PostgreSQL database at the other end of a line.

use std::{
    io,
    sync::{Arc, OnceLock},
};

use sqlx::{
    Connection, PgConnection, PgPool, Postgres, Transaction,
    migrate::Migrator,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::time::timeout;
use uuid::Uuid;
use vertex_core::Result;

use super::{
    backend::{ANSWER, INSTALLATION, LOOK, PATIENCE, same, unmigrated},
    condition::Condition,
    failure::{Cause, Failure},
    opening,
};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

const CONNECTIONS: u32 = 10;

/// A database and the connections to it.
#[derive(Debug)]
pub(super) struct PgServer {
    pool: PgPool,
    condition: Arc<Condition>,
    installation: Arc<OnceLock<Uuid>>,
}

impl PgServer {
    pub(super) async fn open(options: PgConnectOptions, condition: Arc<Condition>) -> Result<Self> {
        // A pool would give up with "timed out" whatever the cause is.
        opening::wait_for_postgres(&options).await?;
        let installation: Arc<OnceLock<Uuid>> = Arc::default();
        let (known, suspicious) = (installation.clone(), condition.clone());
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .after_connect(move |connection, _| {
                let (known, suspicious) = (known.get().copied(), suspicious.clone());
                Box::pin(async move {
                    let Some(known) = known else { return Ok(()) };
                    let found = identity(connection).await;
                    let same = found.and_then(|found| same(known, found));
                    same.inspect_err(|_| suspicious.suspect())
                })
            })
            .after_release(|connection, _| {
                Box::pin(async move {
                    // A server that hangs must not keep the connection's place in the pool.
                    let hung = |_| sqlx::Error::Io(io::ErrorKind::TimedOut.into());
                    timeout(ANSWER, connection.ping()).await.map_err(hung)??;
                    Ok(true)
                })
            })
            .connect_lazy_with(options);
        Ok(Self { pool, condition, installation })
    }

    pub(super) async fn migrate(&self) -> Result<()> {
        MIGRATIONS.run(&self.pool).await.map_err(unmigrated)?;
        let mut connection = self.pool.acquire().await.map_err(Failure::from)?;
        let known = identity(&mut connection).await.map_err(Failure::from)?;
        self.installation.get_or_init(|| known);
        Ok(())
    }

    pub(super) async fn acquire(&self) -> Result<PoolConnection<Postgres>, Failure> {
        self.condition.unless_out(self.pool.acquire()).await
    }

    pub(super) async fn begin(&self) -> Result<Transaction<'static, Postgres>, Failure> {
        self.condition.unless_out(self.pool.begin()).await
    }

    /// Looks whether the server answers and has the same database.
    ///
    /// # Errors
    /// Why nothing can be done with it.
    pub(super) async fn look(&self) -> Result<(), Cause> {
        let Some(known) = self.installation.get() else { return Ok(()) };
        let options = self.pool.connect_options();
        let look = async {
            let mut connection = PgConnection::connect_with(&options).await?;
            let found = identity(&mut connection).await?;
            connection.close().await?;
            Ok(found)
        };
        match timeout(LOOK, look).await {
            Err(_) => Err(Cause::Away),
            Ok(Ok(found)) if found == *known => Ok(()),
            Ok(Ok(_)) => Err(Cause::Foreign),
            Ok(Err(error)) => match Cause::of(&error) {
                Some(cause @ (Cause::Away | Cause::Foreign)) => Err(cause),
                // It is there, and those who are connected may go on.
                _ => Ok(()),
            },
        }
    }

    pub(super) async fn close(&self) {
        self.pool.close().await;
    }

    pub(super) fn pool(&self) -> &PgPool {
        &self.pool
    }
}

async fn identity(connection: &mut PgConnection) -> Result<Uuid, sqlx::Error> {
    sqlx::query_scalar(INSTALLATION).fetch_one(connection).await
}
