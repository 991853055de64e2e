//! The Vertex AR web service: OpenAPI, the pages, the worker, and the commands of the `vertex` binary.
//!
//! This crate is an adapter and the composition root: handlers parse and answer, use cases in
//! [`vertex_core`] decide, [`vertex_storage`] keeps.

pub mod adapters;
pub mod api;
pub mod chat_listener;
pub mod checks;
pub mod cli;
pub mod courier;
mod foreign;
pub mod housekeeping;
pub mod limits;
pub mod log;
pub mod private;
pub mod serve;
pub mod server;
pub mod settings;
pub mod start_checks;
pub mod telemetry;
pub mod watch;
pub mod wiring;
pub mod worker;
