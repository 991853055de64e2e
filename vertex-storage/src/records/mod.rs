//! Rows: the ports of `vertex_core::ports::records` and the job queue.

#[macro_use]
mod statement;

mod analytics;
mod audit;
mod auth;
mod backend;
mod batches;
mod chat_codes;
mod clients;
mod companies;
mod condition;
mod connection;
mod content_rows;
mod contents;
mod database;
mod email_confirmations;
mod entry;
mod failure;
mod folders;
mod housekeeping;
mod invitations;
mod jobs;
mod notifications;
mod opening;
mod orders;
mod overview;
mod place;
mod postgres;
mod projects;
mod quotas;
mod rotation_rules;
mod rows;
mod schedule_history;
mod search;
mod select;
mod sign_ins;
mod sqlite;
mod storage_connections;
mod tenant;
mod totals;
mod uploads;
mod users;
mod videos;
mod view_sessions;

pub use database::Database;

use backend::Backend;
use connection::{Single, Transaction};
use vertex_core::Result;

/// The records and the job queue of one database.
#[derive(Clone, Debug)]
pub struct SqlRecords {
    database: Database,
}

impl SqlRecords {
    /// The records in `database`, whose migrations have been run.
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    fn reader(&self) -> Single<'_> {
        self.database.reader()
    }

    fn writer(&self) -> Single<'_> {
        self.database.writer()
    }

    async fn begin(&self) -> Result<Transaction> {
        self.database.begin().await
    }
}
