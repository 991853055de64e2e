//! What `vertex_core` expects of its records and of its job queue, run on SQLite and on PostgreSQL.
//!
//! PostgreSQL needs `VERTEX_TEST_POSTGRES`, the URL of a server where databases may be created;
//! `.ci/with-postgres` starts one.

#![expect(clippy::unwrap_used, reason = "a test says enough by failing there")]

#[macro_use]
mod support;

mod auth;
mod chat_codes;
mod companies;
mod contents;
mod database;
mod email_confirmations;
mod faults;
mod job_turns;
mod jobs;
mod notifications;
mod opening;
mod projects;
mod rotation_rules;
mod sign_ins;
mod storage_connections;
mod studio;
mod uploads;
mod users;
mod versions;
mod videos;
mod view_sessions;
