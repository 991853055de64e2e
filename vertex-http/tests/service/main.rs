//! Drives the real `vertex` binary over HTTP.

mod auth;
mod bad_input;
mod crash;
mod documents;
mod files;
mod harness;
mod tenants;
mod thread;
mod uploads;
