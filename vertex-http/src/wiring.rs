//! The composition root: every port gets its adapter here.

use std::{net::SocketAddr, sync::Arc};

use vertex_core::{Error, Result, usecases::App};
use vertex_storage::{Database, OpenDalObjects, SqlRecords};

use crate::{
    adapters::{Argon2Passwords, ComputePool, FileInspector, InProcessEvents, Keys, SystemClock},
    settings::Settings,
};

/// An installation whose database is migrated and whose parts are wired.
pub struct Installation {
    /// The use cases' world.
    pub app: App,
    database: Database,
}

impl Installation {
    /// Opens the data directory and the database, bringing the latter up to date.
    ///
    /// # Errors
    /// When either cannot be used.
    pub async fn open(settings: &Settings, address: SocketAddr) -> Result<Self> {
        let data_dir = &settings.data_dir;
        std::fs::create_dir_all(data_dir).map_err(|error| {
            Error::internal("making the data directory (VERTEX_DATA_DIR)", error)
        })?;
        let keys = Keys::open(data_dir, settings.secret_key.as_deref())?;
        let database = Database::connect(&settings.database_url()).await?;
        database.migrate().await?;
        let records = Arc::new(SqlRecords::new(database.clone()));
        let app = App {
            records: records.clone(),
            queue: records,
            objects: Arc::new(OpenDalObjects::local(&data_dir.join("files"))?),
            events: Arc::new(InProcessEvents::default()),
            clock: Arc::new(SystemClock),
            compute: Arc::new(ComputePool::new(settings.workers)),
            passwords: Arc::new(Argon2Passwords),
            tokens: Arc::new(keys.tokens),
            videos: Arc::new(FileInspector),
            links: keys.links,
            policy: settings.policy(address),
        };
        Ok(Self { app, database })
    }

    /// Closes the database after what was begun.
    pub async fn close(self) {
        self.database.close().await;
    }
}
