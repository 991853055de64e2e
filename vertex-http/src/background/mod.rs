//! What goes on beside the answers: jobs, alerts, retention, chats that are connected.

pub mod alerts;
pub mod chats;
pub mod jobs;
pub mod retention;
pub mod start_checks;
