//! `/api/health`: whether the service and what it stands on work.

use poem::web::Data;
use poem_openapi::{ApiResponse, Object, OpenApi, payload::Json};
use vertex_core::usecases::App;

use super::Tag;
use crate::checks::{Checks, Verdict};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// How a part is.
#[derive(Debug, Object)]
struct Health {
    /// `ok` or `down`.
    status: String,
    /// The service's version.
    version: String,
    /// Why it is down.
    #[oai(skip_serializing_if_is_none)]
    reason: Option<String>,
}

/// How every part is.
#[derive(Debug, Object)]
struct FullHealth {
    /// `ok`, or `down` when any part is.
    status: String,
    /// The service's version.
    version: String,
    /// `ok` or `down`.
    database: String,
    /// Why the database is down.
    #[oai(skip_serializing_if_is_none)]
    database_reason: Option<String>,
    /// `ok` or `down`.
    storage: String,
    /// Why the storage is down.
    #[oai(skip_serializing_if_is_none)]
    storage_reason: Option<String>,
    /// Free bytes of the disk that has least left for files, where files are on a disk of the server.
    #[oai(skip_serializing_if_is_none)]
    disk_free_bytes: Option<u64>,
    /// `low` when little more than the reserve is free, `full` when files are refused because less is, else `ok`.
    #[oai(skip_serializing_if_is_none)]
    disk: Option<String>,
}

#[derive(ApiResponse)]
enum Report {
    /// It works.
    #[oai(status = 200)]
    Ok(Json<Health>),
    /// It does not do what it should.
    #[oai(status = 503)]
    Down(Json<Health>),
}

#[derive(ApiResponse)]
enum FullReport {
    /// Everything works.
    #[oai(status = 200)]
    Ok(Json<FullHealth>),
    /// Something does not do what it should.
    #[oai(status = 503)]
    Down(Json<FullHealth>),
}

/// Whether the service works.
pub struct HealthApi;

#[OpenApi(prefix_path = "/api/health", tag = "Tag::Health")]
impl HealthApi {
    /// Is the service up
    #[oai(path = "/", method = "get", operation_id = "health")]
    async fn health(&self) -> Report {
        report(Ok(()))
    }

    /// Can the database be written to
    ///
    /// Tried out, at most twice a second, and answered within two seconds.
    #[oai(path = "/db", method = "get", operation_id = "healthDb")]
    async fn database(&self, checks: Data<&Checks>) -> Report {
        report(checks.database().await)
    }

    /// Can files be kept
    ///
    /// A few bytes are written, read and removed at the operator's own storage, at most twice a second. Answered within
    /// two seconds.
    #[oai(path = "/storage", method = "get", operation_id = "healthStorage")]
    async fn storage(&self, checks: Data<&Checks>) -> Report {
        report(checks.storage().await)
    }

    /// Does everything work
    #[oai(path = "/status", method = "get", operation_id = "healthStatus")]
    async fn status(&self, app: Data<&App>, checks: Data<&Checks>) -> FullReport {
        let (database, storage, disk) =
            futures::join!(checks.database(), checks.storage(), fullest(&app));
        let works = database.is_ok() && storage.is_ok();
        let (disk, disk_free_bytes) = disk.unzip();
        let health = FullHealth {
            status: word(works),
            version: VERSION.to_owned(),
            database: word(database.is_ok()),
            database_reason: database.err(),
            storage: word(storage.is_ok()),
            storage_reason: storage.err(),
            disk_free_bytes,
            disk,
        };
        if works { FullReport::Ok(Json(health)) } else { FullReport::Down(Json(health)) }
    }
}

/// How the disk is that has least left, and its free bytes.
async fn fullest(app: &App) -> Option<(String, u64)> {
    let disks = app.disks.disks().await.ok()?;
    let disk = disks.into_iter().min_by_key(|disk| disk.free.saturating_sub(disk.reserve))?;
    let how = match disk.left() {
        0 => "full",
        _ if disk.is_low() => "low",
        _ => "ok",
    };
    Some((how.to_owned(), disk.free))
}

fn report(verdict: Verdict) -> Report {
    let (status, version) = (word(verdict.is_ok()), VERSION.to_owned());
    match verdict {
        Ok(()) => Report::Ok(Json(Health { status, version, reason: None })),
        Err(reason) => Report::Down(Json(Health { status, version, reason: Some(reason) })),
    }
}

fn word(works: bool) -> String {
    if works { "ok" } else { "down" }.to_owned()
}
