//! The Vertex AR web service: OpenAPI, the pages, the worker, and the commands of the `vertex` binary.
//!
//! This crate is an adapter and the composition root: handlers parse and answer, use cases in
//! [`vertex_core`] decide, [`vertex_storage`] keeps.

pub mod adapters;
pub mod api;
pub mod background;
pub mod checks;
pub mod cli;
mod foreign;
pub mod log;
pub mod middleware;
pub mod private;
pub mod server;
pub mod settings;
pub mod telemetry;
pub mod wiring;
