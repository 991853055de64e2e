//! What both databases have in common.

use std::time::Duration;

use sqlx::{Postgres, Sqlite, migrate::MigrateError};
use uuid::Uuid;
use vertex_core::Error;

/// How long a statement waits for its turn: for a connection, and on SQLite for another process.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// How long a process waits before it tries again to open what others are opening, or what is starting.
pub(super) const TURN: Duration = Duration::from_millis(20);
/// How long a database may take to answer somebody who only asks whether it is there.
pub(super) const ANSWER: Duration = Duration::from_secs(1);
/// How long a look may take. A machine that has much to do is slow, too.
pub(super) const LOOK: Duration = Duration::from_secs(3);

/// Which database it is.
pub(super) const INSTALLATION: &str = "SELECT id FROM installation";

/// The same thing on one of the two databases.
#[derive(Clone, Debug)]
pub(super) enum Backend<S, P> {
    Sqlite(S),
    Postgres(P),
}

pub(super) type OwnTransaction =
    Backend<sqlx::Transaction<'static, Sqlite>, sqlx::Transaction<'static, Postgres>>;

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
    pub(super) fn of<D: sqlx::Database>(pool: &sqlx::Pool<D>) -> Self {
        let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
        let in_use = pool.size().saturating_sub(idle);
        Self { in_use, idle, most: pool.options().get_max_connections() }
    }
}

pub(super) fn unmigrated(error: MigrateError) -> Error {
    Error::internal("the database could not be migrated", error)
}

/// # Errors
/// When another database answers than the one that was opened.
pub(super) fn same(known: Uuid, found: Uuid) -> Result<(), sqlx::Error> {
    match known == found {
        true => Ok(()),
        false => Err(sqlx::Error::Configuration("another database answers".into())),
    }
}
