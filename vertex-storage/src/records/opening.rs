//! Opening a database, and saying in the operator's words why that fails.

use std::{io, path::Path, time::Instant};

use sqlx::{ConnectOptions, Connection, postgres::PgConnectOptions, sqlite::SqliteConnectOptions};
use tokio::{
    net::lookup_host,
    time::{sleep, timeout},
};
use vertex_core::{Error, Result};

use super::backend::{PATIENCE, TURN};

/// Waits for a PostgreSQL that is starting.
///
/// # Errors
/// `Unavailable`, naming the setting, host, port, database and cause.
pub(super) async fn wait_for_postgres(options: &PgConnectOptions) -> Result<()> {
    match first_connection(options).await {
        Ok(()) => Ok(()),
        Err(error) => {
            let cause = postgres_cause(options, error).await;
            Err(Error::unavailable("the database of DATABASE_URL", cause))
        }
    }
}

async fn first_connection(options: &PgConnectOptions) -> Result<(), sqlx::Error> {
    let begun = Instant::now();
    loop {
        let left = PATIENCE.saturating_sub(begun.elapsed());
        let error = match timeout(left, options.connect()).await {
            Ok(Ok(connection)) => return connection.close().await,
            Ok(Err(error)) => error,
            Err(_) => return Err(sqlx::Error::PoolTimedOut),
        };
        if !may_be_starting(&error) || begun.elapsed() + TURN > PATIENCE {
            return Err(error);
        }
        sleep(TURN).await;
    }
}

/// PostgreSQL refuses connections before it listens, and says `cannot_connect_now` until it is recovered.
fn may_be_starting(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => error.kind() == io::ErrorKind::ConnectionRefused,
        sqlx::Error::Database(error) => error.code().as_deref() == Some("57P03"),
        _ => false,
    }
}

async fn postgres_cause(options: &PgConnectOptions, error: sqlx::Error) -> String {
    let (host, port) = (options.get_host(), options.get_port());
    let place = match options.get_socket() {
        Some(socket) => format!("socket {}", socket.display()),
        None => format!("host {host}, port {port}"),
    };
    let database = options.get_database().unwrap_or_else(|| options.get_username());
    let code = error.as_database_error().and_then(|error| error.code().map(String::from));
    let message = error.as_database_error().map(|error| error.message().to_owned());
    let cause = match (&error, code.as_deref(), message) {
        (sqlx::Error::PoolTimedOut, ..) => format!("no answer within {} s", PATIENCE.as_secs()),
        (sqlx::Error::Io(error), ..) if error.kind() == io::ErrorKind::ConnectionRefused => {
            "connection refused: nothing listens there".to_owned()
        }
        (sqlx::Error::Io(error), ..) => match lookup_host((host, port)).await {
            Err(_) if options.get_socket().is_none() => format!(
                "this host is not known ({error}); in a password # / ? @ are written %23 %2F %3F %40"
            ),
            _ => error.to_string(),
        },
        (_, Some("28P01" | "28000"), Some(message)) => format!("wrong user or password: {message}"),
        (_, Some("3D000"), Some(message)) => format!("no such database: {message}"),
        (_, _, Some(message)) => message,
        (error, ..) => error.to_string(),
    };
    format!("{place}, database {database}: {cause}")
}

/// Why an SQLite file cannot be opened.
pub(super) fn sqlite_cause(options: &SqliteConnectOptions, error: &sqlx::Error) -> String {
    let path = options.get_filename();
    let file = path.display();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let message = match error.as_database_error() {
        Some(error) => error.message().to_owned(),
        None => error.to_string(),
    };
    match folder {
        Some(folder) if !folder.is_dir() => {
            format!("{file}: there is no folder {}", folder.display())
        }
        _ if !path.exists() => {
            format!("{file}: {message}; there is no such file, `?mode=rwc` makes it")
        }
        _ => format!("{file}: {message}"),
    }
}

/// What opens a file by its path, whatever characters are in it.
pub(super) fn sqlite_file(path: &Path) -> Result<SqliteConnectOptions> {
    // A relative path might begin with `file:`, which SQLite takes for a URL.
    let path = std::path::absolute(path)
        .map_err(|error| Error::internal("the path of the database", error))?;
    Ok(SqliteConnectOptions::new().filename(path).create_if_missing(true))
}
