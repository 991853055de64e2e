//! The OpenAPI service: a handler parses, calls one use case, and answers.

pub mod analytics;
pub mod auth;
pub mod caller;
pub mod companies;
pub mod contents;
pub mod csv_file;
pub mod files;
pub mod form;
pub mod health;
pub mod input;
pub mod listing;
pub mod notifications;
pub mod problem;
pub mod projects;
pub mod public;
pub mod quality;
pub mod revalidated;
pub mod rotation_rules;
pub mod videos;

use poem_openapi::{OpenApi, OpenApiService, Tags};

pub use caller::Caller;
pub use problem::{Answer, Problem};

/// The parts of the API.
#[derive(Tags)]
pub enum Tag {
    /// Signing in and out.
    Auth,
    /// Tenants.
    Companies,
    /// Groups of contents.
    Projects,
    /// Pictures that come alive.
    Content,
    /// The clips of a content.
    Videos,
    /// What viewers ask; nobody signs in.
    Public,
    /// Who watched, and how often.
    Analytics,
    /// What people must know.
    Notifications,
    /// Whether the service works.
    Health,
}

/// Every operation, documented.
pub fn service() -> OpenApiService<impl OpenApi, ()> {
    let operations = (
        auth::AuthApi,
        companies::CompaniesApi,
        projects::ProjectsApi,
        contents::ContentsApi,
        quality::QualityApi,
        videos::VideosApi,
        rotation_rules::RotationRulesApi,
        public::PublicApi,
        analytics::AnalyticsApi,
        notifications::NotificationsApi,
        health::HealthApi,
    );
    OpenApiService::new(operations, "Vertex AR", env!("CARGO_PKG_VERSION"))
        .description("Upload a picture and videos; whoever points a phone at the picture sees a video play on it.")
        .server("/")
}
