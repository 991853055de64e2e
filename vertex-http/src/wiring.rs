//! The composition root: every port gets its adapter here.

use std::{path::Path, sync::Arc};

use futures::StreamExt;
use reqwest::Url;
use secrecy::ExposeSecret;
use vertex_core::{
    Error, Result,
    ports::{AllFiles, ChatBot, Clock, Event, Events, Objects, Publications, Purpose},
    storage::{Reach, StorageKind},
    usecases::{App, disk_consents::ConsentKeeper},
    visitor::Doubles,
};
use vertex_storage::{
    CompanyObjects, Database, DiskSpool, LocalDisks, OpenDalObjects, Outbound, PostgresEvents,
    SqlRecords, SystemResolver,
};

use crate::{
    adapters::{
        Argon2Passwords, CachedPublications, ComputePool, Ffmpeg, FileInspector, InProcessEvents,
        Keys, MarkerCache, MeasuredObjects, MemoryBudget, PicturePrograms, Priority, SystemClock,
        TenantStorages, TracedSecurity, ViewQueue, ViewRecorder, YandexConsents,
        notifier::{Mailer, NetworkCourier, TelegramBot},
        rate_limits::{Counters, Limits, MemoryCounters, RedisCounters},
    },
    background::jobs::BACKGROUND_JOBS,
    checks::Checks,
    private,
    settings::{CourierSettings, MinioSettings, SecretUrl, Settings, WebSettings},
};

/// Passwords that are hashed at once: beside requests there is little else to do at their priority.
const PASSWORD_THREADS: usize = 2;

/// Bytes of memory that large pictures and videos are decoded in: what the largest picture takes.
const PICTURE_MEMORY: u64 = vertex_markers::Limits::UPLOAD.max_memory;

/// An installation whose database is migrated and whose parts are wired.
pub struct Installation {
    /// The use cases' world.
    pub app: App,
    /// Whether what it stands on works.
    pub checks: Checks,
    /// The database itself, for figures about it.
    pub database: Database,
    views_recorder: ViewRecorder,
}

impl Installation {
    /// Opens the data directory and the database, bringing the latter up to date.
    ///
    /// # Errors
    /// When either cannot be used.
    pub async fn open(settings: &Settings, port: u16) -> Result<Self> {
        let data_dir = &settings.data_dir;
        private::open_data_dir(data_dir).map_err(|error| {
            let what = format!("{}: {error}", data_dir.display());
            Error::internal("the data directory (VERTEX_DATA_DIR) cannot be used", what)
        })?;
        let database = open_database(settings).await?;
        // Keys that are there say that there has been a database: they come after it.
        let secret_key = settings.secret_key.as_ref().map(ExposeSecret::expose_secret);
        let previous = settings.storage.previous_secret_key.as_ref();
        let keys = Keys::open(data_dir, secret_key, previous.map(ExposeSecret::expose_secret))?;
        let records = Arc::new(SqlRecords::new(database.clone()));
        let own = own_objects(settings)?;
        let policy = settings.policy(port);
        let clock = Arc::new(SystemClock);
        let consents = settings.storage.yandex.clone();
        let consents = YandexConsents::new(consents, &policy.base_url, clock.clone())?;
        let keeper = ConsentKeeper {
            records: records.clone(),
            consents: Arc::new(consents),
            vault: keys.vault.clone(),
            clock: clock.clone(),
        };
        let consents = keeper.consents.clone();
        let storages = Arc::new(tenant_storages(settings, own.clone(), keeper)?);
        let companies =
            Arc::new(CompanyObjects::new(records.clone(), storages.clone(), own.clone()));
        let markers = Arc::new(MarkerCache::new(companies.clone()));
        let publications = Arc::new(CachedPublications::new(records.clone()));
        let events = events(&database).await?;
        keep_current(events.as_ref(), publications.clone(), markers.clone(), companies);
        let (views, views_recorder) = ViewQueue::start(records.clone(), data_dir.join("views"))?;
        let ffmpeg = Ffmpeg::find(
            settings.ffmpeg.as_deref(),
            data_dir.join("conversions"),
            settings.ffmpeg_limits,
        )?;
        let ffmpeg = Arc::new(ffmpeg.with_reserve(settings.disk_reserve));
        let pictures = PicturePrograms::find(ffmpeg.program(), ffmpeg.folder());
        let spool = DiskSpool::open(&data_dir.join("uploads"))?;
        let courier = courier(&settings.courier)?;
        let chat_bot = courier.telegram.clone().map(|bot| bot as Arc<dyn ChatBot>);
        let app = App {
            records: records.clone(),
            queue: records,
            files: AllFiles::new(markers),
            own_objects: own,
            spool: Arc::new(spool.with_reserve(settings.disk_reserve)),
            disks: Arc::new(local_disks(settings, &database)),
            storages,
            consents,
            vault: keys.vault,
            publications,
            views: Arc::new(views),
            doubles: Arc::new(Doubles::default()),
            events,
            clock,
            compute: Arc::new(ComputePool::new(settings.workers, Priority::Job)),
            background: Arc::new(ComputePool::new(BACKGROUND_JOBS, Priority::Background)),
            checks: Arc::new(ComputePool::new(settings.workers, Priority::Check)),
            memory: Arc::new(MemoryBudget::new(PICTURE_MEMORY)),
            pictures: Arc::new(pictures),
            passwords: Arc::new(Argon2Passwords::new(PASSWORD_THREADS)),
            sign_in_turns: Arc::default(),
            security: Arc::new(TracedSecurity),
            tokens: Arc::new(keys.tokens),
            videos: Arc::new(FileInspector::new(ffmpeg.clone())),
            converter: ffmpeg,
            courier: Arc::new(courier),
            chat_bot,
            links: keys.links,
            mac: keys.mac,
            policy,
        };
        let checks = Checks::new(&app);
        Ok(Self { app, checks, database, views_recorder })
    }

    /// Writes what was taken in, then closes the database after what was begun.
    pub async fn close(self) {
        self.views_recorder.close().await;
        self.database.close().await;
    }
}

/// Opens the database and brings it up to date. Where files say that there has been one, an empty one is not begun
/// in its place.
async fn open_database(settings: &Settings) -> Result<Database> {
    let url = settings.database_url.as_ref().map(SecretUrl::expose);
    let own_file = || Some(settings.database_file());
    let may_be_new = settings.new_installation || !is_in_use(&settings.data_dir);
    let refused = |what: String| {
        let data_dir = settings.data_dir.display();
        Error::Conflict(format!(
            "{what}, but the data directory {data_dir} is in use: bring its database back, or set \
             VERTEX_NEW_INSTALLATION=true for one start to begin an empty one"
        ))
    };
    let file = url.map_or_else(own_file, Database::file);
    if let Some(file) = file.filter(|file| !may_be_new && !file.exists()) {
        return Err(refused(format!("there is no database at {}", file.display())));
    }
    let database = match url {
        Some(url) => Database::connect(url).await?,
        None => Database::open(&settings.database_file()).await?,
    };
    if !may_be_new && database.is_new().await? {
        return Err(refused("the database is empty (DATABASE_URL)".to_owned()));
    }
    database.migrate().await?;
    Ok(database)
}

/// Whether a database has been used together with this directory.
fn is_in_use(data_dir: &Path) -> bool {
    let has_files =
        |folder| data_dir.join(folder).read_dir().is_ok_and(|mut found| found.next().is_some());
    Keys::are_in(data_dir) || has_files("files/content")
}

/// The disks of this machine that something is written to.
fn local_disks(settings: &Settings, database: &Database) -> LocalDisks {
    let in_data_dir = |purpose, name| (purpose, settings.data_dir.join(name));
    let mut folders = vec![
        in_data_dir(Purpose::Uploads, "uploads"),
        in_data_dir(Purpose::Conversions, "conversions"),
    ];
    if settings.storage.minio.is_none() {
        folders.push(in_data_dir(Purpose::Files, "files"));
    }
    if let Some(folder) = database.folder() {
        folders.push((Purpose::Database, folder));
    }
    LocalDisks { reserve: settings.disk_reserve, folders }
}

/// Where the files of companies are that have chosen nothing.
fn own_objects(settings: &Settings) -> Result<Arc<dyn Objects>> {
    let (objects, kind): (Arc<dyn Objects>, _) = match &settings.storage.minio {
        None => {
            let files = settings.data_dir.join("files");
            let objects = OpenDalObjects::local_with_reserve(&files, settings.disk_reserve)?;
            (Arc::new(objects), StorageKind::Local)
        }
        Some(MinioSettings { bucket, access_key, secret_key }) => {
            let outbound = Outbound::new(Reach::everywhere(), Arc::new(SystemResolver))?;
            let secret_key = secret_key.expose_secret();
            let objects = OpenDalObjects::s3(&outbound, bucket, access_key, secret_key)?;
            (Arc::new(objects), StorageKind::Minio)
        }
    };
    Ok(Arc::new(MeasuredObjects::new(objects, kind.as_str())))
}

/// The places that tenants name.
fn tenant_storages(
    settings: &Settings,
    own: Arc<dyn Objects>,
    keeper: ConsentKeeper,
) -> Result<TenantStorages> {
    let disk = Url::parse(&settings.storage.yandex.disk)
        .map_err(|error| Error::internal("reading VERTEX_YANDEX_DISK", error))?;
    Ok(TenantStorages {
        own,
        outbound: Outbound::new(settings.storage.reach.clone(), Arc::new(SystemResolver))?,
        disk,
        keeper: Arc::new(keeper),
        outgoing: settings.data_dir.join("outgoing"),
        reserve: settings.disk_reserve,
    })
}

/// Events among processes where the database carries them, else within this one.
async fn events(database: &Database) -> Result<Arc<dyn Events>> {
    Ok(match PostgresEvents::start(database, SystemClock.uuid()).await? {
        Some(events) => Arc::new(events),
        None => Arc::new(InProcessEvents::default()),
    })
}

fn courier(settings: &CourierSettings) -> Result<NetworkCourier> {
    let telegram = settings.telegram.clone().map(TelegramBot::new).transpose()?;
    Ok(NetworkCourier {
        mailer: settings.mail.as_ref().map(Mailer::new).transpose()?,
        telegram: telegram.map(Arc::new),
    })
}

/// The limits of the service, counted in Redis where there is one.
///
/// # Errors
/// `Unavailable` when Redis does not answer.
pub async fn limits(web: &WebSettings) -> Result<Limits> {
    let counters: Arc<dyn Counters> = match &web.redis_url {
        Some(url) => Arc::new(RedisCounters::connect(url.expose()).await?),
        None => Arc::new(MemoryCounters::default()),
    };
    Ok(Limits::new(web.quotas, counters))
}

/// Has the caches forget what any process says has changed.
fn keep_current(
    events: &dyn Events,
    publications: Arc<dyn Publications>,
    markers: Arc<MarkerCache>,
    companies: Arc<CompanyObjects>,
) {
    let mut news = events.subscribe();
    tokio::spawn(async move {
        while let Some(event) = news.next().await {
            match event {
                Event::ContentChanged { content_id } => {
                    publications.forget_content(content_id);
                    markers.forget_content(content_id);
                }
                Event::CompanyChanged { company_id } => {
                    publications.forget_company(company_id);
                    companies.forget(company_id).await;
                }
                Event::NewsLost => {
                    publications.forget_all();
                    markers.forget_all();
                    companies.forget_all();
                }
                _ => {}
            }
        }
    });
}
