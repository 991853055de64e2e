//! The areas of the service, which limits, deadlines and headers are decided by.

use poem::{Request, http::Method};

use super::path::PathError;

/// Where a canonical path leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// `/api/auth`.
    Auth(Door),
    /// `/api/ar`: what viewers ask.
    Viewer,
    /// `/api/files`: signed links.
    Files,
    /// `/api/uploads`: uploads in parts, by tus.
    Uploads,
    /// `/api/health`.
    Health,
    /// `/api/ws`.
    Live,
    /// The rest below `/api`.
    Api,
    /// `/metrics`.
    Metrics,
    /// `/docs`, `/redoc` and `/openapi.json`.
    Documents,
    /// `/assets`.
    Assets,
    /// The worker of AR.js among them.
    ArJsWorker,
    /// Every other path: pages, or nothing.
    Pages,
    /// No canonical path at all.
    Refused(PathError),
}

/// The ways through `/api/auth`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Where a secret that people can guess is tried, or an account made.
    Guess,
    /// Where a drawn token is shown.
    Token,
}

impl Area {
    /// That of a canonical path.
    pub fn of_path(path: &str) -> Self {
        let mut segments = path.trim_start_matches('/').split('/');
        let (first, second, third) = (segments.next(), segments.next(), segments.next());
        match (first.unwrap_or_default(), second.unwrap_or_default()) {
            ("api", "auth") => match third.unwrap_or_default() {
                "refresh" | "logout" | "me" | "profile" | "confirm-email" => {
                    Self::Auth(Door::Token)
                }
                _ => Self::Auth(Door::Guess),
            },
            ("api", "ar") => Self::Viewer,
            ("api", "files") => Self::Files,
            ("api", "uploads") => Self::Uploads,
            ("api", "health") => Self::Health,
            ("api", "ws") => Self::Live,
            ("api", _) => Self::Api,
            ("metrics", _) => Self::Metrics,
            ("docs" | "redoc" | "openapi.json", _) => Self::Documents,
            ("assets", name) if name.starts_with("ar-js-worker-") => Self::ArJsWorker,
            ("assets", _) => Self::Assets,
            _ => Self::Pages,
        }
    }

    /// That of a request.
    pub fn of(request: &Request) -> Self {
        request.data().copied().unwrap_or(Self::Pages)
    }

    /// Whether answers are those of the API.
    pub fn is_api(self) -> bool {
        !matches!(
            self,
            Self::Metrics
                | Self::Documents
                | Self::Assets
                | Self::ArJsWorker
                | Self::Pages
                | Self::Refused(_)
        )
    }

    /// Whether anybody may send something there.
    pub fn is_public(self) -> bool {
        matches!(self, Self::Auth(_) | Self::Viewer)
    }
}

/// Whether a request only goes on with an upload.
pub fn is_part(request: &Request) -> bool {
    Area::of(request) == Area::Uploads && matches!(*request.method(), Method::PATCH | Method::HEAD)
}
