//! `/api/health`: whether the service and what it stands on work.

use poem::web::Data;
use poem_openapi::{ApiResponse, Object, OpenApi, payload::Json};
use vertex_core::{paths::ObjectPath, ports::Objects, usecases::App};

use super::Tag;

/// How a part is.
#[derive(Debug, Object)]
struct Health {
    /// `ok` or `down`.
    status: String,
    /// The service's version.
    version: String,
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
    /// `ok` or `down`.
    storage: String,
}

#[derive(ApiResponse)]
enum Report {
    /// It works.
    #[oai(status = 200)]
    Ok(Json<Health>),
    /// It does not answer.
    #[oai(status = 503)]
    Down(Json<Health>),
}

#[derive(ApiResponse)]
enum FullReport {
    /// Everything works.
    #[oai(status = 200)]
    Ok(Json<FullHealth>),
    /// Something does not answer.
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
        report(true)
    }

    /// Does the database answer
    #[oai(path = "/db", method = "get", operation_id = "healthDb")]
    async fn database(&self, app: Data<&App>) -> Report {
        report(database_works(&app).await)
    }

    /// Does the storage answer
    #[oai(path = "/storage", method = "get", operation_id = "healthStorage")]
    async fn storage(&self, app: Data<&App>) -> Report {
        report(storage_works(&app).await)
    }

    /// Does everything answer
    #[oai(path = "/status", method = "get", operation_id = "healthStatus")]
    async fn status(&self, app: Data<&App>) -> FullReport {
        let (database, storage) = (database_works(&app).await, storage_works(&app).await);
        let health = FullHealth {
            status: word(database && storage),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            database: word(database),
            storage: word(storage),
        };
        if database && storage {
            FullReport::Ok(Json(health))
        } else {
            FullReport::Down(Json(health))
        }
    }
}

async fn database_works(app: &App) -> bool {
    noted("database", app.records.ping().await)
}

async fn storage_works(app: &App) -> bool {
    let nobody = vertex_core::ids::CompanyId(uuid::Uuid::nil());
    let probe = ObjectPath::qr_code(nobody, vertex_core::ids::ContentId(nobody.0));
    noted("storage", app.files.of(nobody).stat(&probe).await)
}

fn noted<T>(part: &str, result: vertex_core::Result<T>) -> bool {
    if let Err(error) = &result {
        tracing::error!(part, error = error as &dyn std::error::Error, "health check failed");
    }
    result.is_ok()
}

fn report(works: bool) -> Report {
    let health = Health { status: word(works), version: env!("CARGO_PKG_VERSION").to_owned() };
    if works { Report::Ok(Json(health)) } else { Report::Down(Json(health)) }
}

fn word(works: bool) -> String {
    if works { "ok" } else { "down" }.to_owned()
}
