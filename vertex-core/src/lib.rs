//! The domain of Vertex AR: entities, rules, ports and use cases.
//!
//! Somebody uploads a picture and videos; whoever points a phone's browser at the printed picture sees a
//! video play on it. This crate knows what that means and nothing of how it is stored, queued or served:
//! effects go through the traits of [`ports`], time and randomness come from [`ports::Clock`].
//!
//! The heart is a pure function, [`rotation::resolve`]: which video plays today.

pub mod access;
pub mod analytics;
pub mod audit;
pub mod batch;
pub mod caps;
pub mod chat_code;
pub mod check;
pub mod client;
pub mod company;
pub mod content;
pub mod email_confirmation;
pub mod error;
pub mod folder;
pub mod identity;
pub mod ids;
pub mod invitation;
pub mod job;
pub mod links;
pub mod mac;
pub mod marker_formats;
pub mod notification;
pub mod order;
pub mod page;
pub mod password;
pub mod paths;
pub mod phone;
pub mod ports;
pub mod project;
pub mod publication;
pub mod quality;
pub mod quota;
pub mod rotation;
pub mod storage;
pub mod tenant;
pub mod text;
pub mod throttle;
pub mod upload;
pub mod usecases;
pub mod user;
pub mod version;
pub mod video;
pub mod video_history;
pub mod view_session;
pub mod visitor;

pub use error::{Error, ErrorKind, Result};
pub use tenant::{Actor, TenantScope};
