//! The composition root: every port gets its adapter here.

use std::{net::SocketAddr, sync::Arc};

use futures::StreamExt;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use vertex_core::{
    Error, Result,
    ports::{Clock, Event, Events, Publications},
    usecases::App,
    visitor::Doubles,
};
use vertex_storage::{Database, DiskSpool, OpenDalObjects, PostgresEvents, SqlRecords};

use crate::{
    adapters::{
        Argon2Passwords, CachedPublications, ComputePool, Ffmpeg, FileInspector, InProcessEvents,
        Keys, MarkerCache, SystemClock, ViewQueue,
    },
    courier::{Mailer, NetworkCourier, TelegramBot},
    limits::{Counters, Limits, MemoryCounters, RedisCounters},
    settings::{CourierSettings, Settings, WebSettings},
};

/// An installation whose database is migrated and whose parts are wired.
pub struct Installation {
    /// The use cases' world.
    pub app: App,
    /// The database itself, for figures about it.
    pub database: Database,
    recorder: JoinHandle<()>,
    stop: CancellationToken,
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
        let objects = OpenDalObjects::local(&data_dir.join("files"))?;
        let objects = Arc::new(MarkerCache::new(Arc::new(objects)));
        let publications = Arc::new(CachedPublications::new(records.clone()));
        let events = events(&database).await?;
        keep_current(events.as_ref(), publications.clone(), objects.clone());
        let (views, recorder) = ViewQueue::new(records.clone());
        let stop = CancellationToken::new();
        let recorder = tokio::spawn(recorder.run(stop.clone()));
        let ffmpeg = Ffmpeg::find(
            settings.ffmpeg.as_deref(),
            data_dir.join("conversions"),
            settings.ffmpeg_limits,
        )?;
        let ffmpeg = Arc::new(ffmpeg);
        let app = App {
            records: records.clone(),
            queue: records,
            objects,
            spool: Arc::new(DiskSpool::open(&data_dir.join("uploads"))?),
            publications,
            views: Arc::new(views),
            doubles: Arc::new(Doubles::default()),
            events,
            clock: Arc::new(SystemClock),
            compute: Arc::new(ComputePool::new(settings.workers)),
            passwords: Arc::new(Argon2Passwords),
            tokens: Arc::new(keys.tokens),
            videos: Arc::new(FileInspector::new(ffmpeg.clone())),
            converter: ffmpeg,
            courier: Arc::new(courier(&settings.courier)?),
            links: keys.links,
            policy: settings.policy(address),
        };
        Ok(Self { app, database, recorder, stop })
    }

    /// Writes what was taken in, then closes the database after what was begun.
    pub async fn close(self) {
        self.stop.cancel();
        if let Err(error) = self.recorder.await {
            tracing::error!(error = &error as &dyn std::error::Error, "view sessions may be lost");
        }
        self.database.close().await;
    }
}

/// Events among processes where the database carries them, else within this one.
async fn events(database: &Database) -> Result<Arc<dyn Events>> {
    Ok(match PostgresEvents::start(database, SystemClock.uuid()).await? {
        Some(events) => Arc::new(events),
        None => Arc::new(InProcessEvents::default()),
    })
}

fn courier(settings: &CourierSettings) -> Result<NetworkCourier> {
    Ok(NetworkCourier {
        mailer: settings.mail.as_ref().map(Mailer::new).transpose()?,
        telegram: settings.telegram.clone().map(TelegramBot::new).transpose()?,
    })
}

/// The limits of the service, counted in Redis where there is one.
///
/// # Errors
/// `Unavailable` when Redis does not answer.
pub async fn limits(web: &WebSettings) -> Result<Limits> {
    let counters: Arc<dyn Counters> = match &web.redis_url {
        Some(url) => Arc::new(RedisCounters::connect(url).await?),
        None => Arc::new(MemoryCounters::default()),
    };
    Ok(Limits::new(web.quotas, counters))
}

/// Has the caches forget what any process says has changed.
fn keep_current(
    events: &dyn Events,
    publications: Arc<dyn Publications>,
    markers: Arc<MarkerCache>,
) {
    let mut news = events.subscribe();
    tokio::spawn(async move {
        while let Some(event) = news.next().await {
            match event {
                Event::ContentChanged { content_id } => {
                    publications.forget_content(content_id);
                    markers.forget_content(content_id);
                }
                Event::CompanyChanged { company_id } => publications.forget_company(company_id),
                Event::NewsLost => {
                    publications.forget_all();
                    markers.forget_all();
                }
                _ => {}
            }
        }
    });
}
