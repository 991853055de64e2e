//! The OpenAPI service: a handler parses, calls one use case, and answers.

pub mod admin;
pub mod analytics;
pub mod auth;
pub mod body;
pub mod caller;
pub mod clients;
pub mod companies;
mod conditions;
pub mod contents;
pub mod cookies;
pub mod csv_file;
mod document;
pub mod files;
pub mod folders;
pub mod form;
pub mod health;
pub mod input;
pub mod listing;
mod marker_file;
mod methods;
pub mod notifications;
pub mod orders;
pub mod portraits;
pub mod problem;
pub mod projects;
pub mod public;
pub mod quality;
pub mod query;
mod quotas;
pub mod revalidated;
pub mod rotation_rules;
pub mod sizes;
mod spooled;
pub mod storage;
mod sweep;
mod unbroken;
pub mod uploads;
pub mod users;
pub mod versions;
pub mod videos;
mod waiting;

use poem_openapi::{OpenApi, OpenApiService, Tags};

pub use caller::Caller;
pub use problem::{Answer, Problem};

/// The parts of the API.
#[derive(Tags)]
pub enum Tag {
    /// Signing in and out.
    Auth,
    /// The people of a company, and who is invited.
    Users,
    /// Tenants.
    Companies,
    /// Groups of contents, and their folders.
    Projects,
    /// The customers of a studio.
    Clients,
    /// What clients have asked for.
    Orders,
    /// Pictures that come alive.
    Content,
    /// The same in a studio's words.
    Portraits,
    /// The clips of a content.
    Videos,
    /// Uploads in parts, by the tus protocol.
    Uploads,
    /// What viewers ask; nobody signs in.
    Public,
    /// What administrators look after.
    Admin,
    /// Who watched, and how often.
    Analytics,
    /// What people must know.
    Notifications,
    /// Whether the service works.
    Health,
}

/// Every operation, documented.
pub fn service() -> OpenApiService<impl OpenApi, ()> {
    let people = (
        auth::AuthApi,
        users::UsersApi,
        (companies::CompaniesApi, quotas::QuotasApi, storage::StorageApi, sweep::SweepApi),
        projects::ProjectsApi,
        folders::FoldersApi,
        clients::ClientsApi,
        orders::OrdersApi,
    );
    let works = (
        contents::ContentsApi,
        portraits::PortraitsApi,
        quality::QualityApi,
        videos::VideosApi,
        uploads::UploadsApi,
        rotation_rules::RotationRulesApi,
        public::PublicApi,
        admin::AdminApi,
        analytics::AnalyticsApi,
        notifications::NotificationsApi,
        health::HealthApi,
    );
    let operations = document::Documented((people, works));
    OpenApiService::new(operations, "Vertex AR", env!("CARGO_PKG_VERSION"))
        .description("Upload a picture and videos; whoever points a phone at the picture sees a video play on it.")
        .server("/")
}
