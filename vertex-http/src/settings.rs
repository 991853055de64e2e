//! What the operator decides, read from the environment (and `.env`).

mod dotenv;
mod edge;
mod environment;
mod kind;
mod listen;
mod setting;
mod storage;
pub mod table;
mod url;

use std::{num::NonZeroU32, path::PathBuf, sync::Arc, time::Duration};

use chrono::TimeDelta;
use secrecy::SecretString;
use vertex_core::{
    caps::{Caps, UploadCaps},
    job::TimeLimits,
    phone::Country,
    quota::Quota,
    usecases::{Convert, Policy},
};
use vertex_markers::nft::NftOptions;
use vertex_storage::Reserve;

use crate::{
    adapters::{
        FfmpegLimits,
        notifier::{MailSettings, TelegramSettings},
        rate_limits::Quotas,
    },
    background::jobs::WorkerSettings,
    middleware::client::Proxies,
};

pub use self::{
    edge::EdgeSettings,
    environment::{BadEnvironment, Environment},
    listen::ListenAddresses,
    setting::{BadSetting, Described, Unset},
    storage::{MinioSettings, StorageSettings, StorageType},
    url::SecretUrl,
};

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line, for machines.
    Json,
    /// For people.
    Text,
}

/// Who may register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// Who is invited.
    Invitation,
    /// Anybody.
    Open,
}

/// Everything that can be set. `docs/settings.md` explains each.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `VERTEX_LISTEN`: addresses and port of the service.
    pub listen: ListenAddresses,
    /// `VERTEX_DATA_DIR`: database, files and keys of a single machine.
    pub data_dir: PathBuf,
    /// `VERTEX_NEW_INSTALLATION`: whether an empty database may be begun though the data directory is in use.
    pub new_installation: bool,
    /// `VERTEX_DISK_RESERVE_BYTES`: what files leave free on a disk.
    pub disk_reserve: Reserve,
    /// `DATABASE_URL`: SQLite in the data directory unless set.
    pub database_url: Option<SecretUrl>,
    /// `BASE_URL`: where the world reaches the service; the printed links begin with it.
    pub base_url: Option<String>,
    /// `SECRET_KEY`: what links are signed and secrets sealed with; made and kept in the data directory unless set.
    pub secret_key: Option<SecretString>,
    /// `VERTEX_ADMIN_PASSWORD`: password of the first superadmin; drawn and printed once unless set.
    pub admin_password: Option<SecretString>,
    /// `VERTEX_USER_PASSWORD`: of the user that `vertex user create` makes.
    pub user_password: Option<SecretString>,
    /// `ACCESS_TOKEN_EXPIRE_MINUTES`.
    pub access_token_ttl: TimeDelta,
    /// `VERTEX_REFRESH_TOKEN_DAYS`.
    pub refresh_token_ttl: TimeDelta,
    /// `VERTEX_REGISTRATION`: whether anybody may register, or only who is invited.
    pub registration: Registration,
    /// `VERTEX_PURGE_DAYS`: how long what was deleted can be taken back.
    pub purge_after: TimeDelta,
    /// `VERTEX_PHONE_COUNTRY`: whose phone numbers are typed without a country code.
    pub phone_country: Country,
    /// `VERTEX_DEFAULT_QUOTA_BYTES` and `VERTEX_DEFAULT_QUOTA_FILES`: what a company may keep without a quota of its own.
    pub default_quota: Quota,
    /// `VERTEX_UPLOADS_PER_USER`, `VERTEX_UPLOADS_PER_COMPANY` and `VERTEX_WAITING_JOBS`: how much may be open at once.
    pub caps: Caps,
    /// `VERTEX_MAX_IMAGE_BYTES`.
    pub max_image_bytes: u64,
    /// `VERTEX_MAX_VIDEO_BYTES`.
    pub max_video_bytes: u64,
    /// `VERTEX_UPLOAD_HOURS`: how long an upload in parts may stand still.
    pub upload_ttl: TimeDelta,
    /// `FFMPEG_PATH`: the program; the one on `PATH` unless set.
    pub ffmpeg: Option<PathBuf>,
    /// `VERTEX_FFMPEG_MEMORY_MB` and `VERTEX_FFMPEG_MINUTES`: what one video may take.
    pub ffmpeg_limits: FfmpegLimits,
    /// `VERTEX_NFT_DENSITY` and `VERTEX_NFT_LEVELS`: how markers for AR.js are made.
    pub nft: NftOptions,
    /// `VERTEX_VIDEO_COPIES`: which videos get copies without being asked for.
    pub convert: Convert,
    /// `VERTEX_WORKERS`: short jobs done at once, and threads for heavy computation.
    pub workers: usize,
    /// `VERTEX_LONG_JOBS`: long jobs done at once.
    pub long_jobs: usize,
    /// `VERTEX_JOBS_PER_COMPANY`: jobs of one company done at once in either lane.
    pub jobs_per_company: Option<u32>,
    /// `VERTEX_JOB_MINUTES` and `VERTEX_LONG_JOB_MINUTES`: how long a try of a job may take.
    pub job_limits: TimeLimits,
    /// `VERTEX_JOB_LEASE_SECONDS`: after how long a dead worker's job goes to another.
    pub job_lease: TimeDelta,
    /// Where files live.
    pub storage: StorageSettings,
    /// How the service meets the web.
    pub web: WebSettings,
    /// What brings notifications out.
    pub courier: CourierSettings,
    /// `VERTEX_LOG`: which log lines are written.
    pub log: String,
    /// `VERTEX_LOG_FORMAT`.
    pub log_format: LogFormat,
}

/// How the service meets the web.
#[derive(Clone, Debug)]
pub struct WebSettings {
    /// `VERTEX_TRUSTED_PROXIES`, `VERTEX_CLIENT_ADDRESS_HEADER`: whose word on a client's address is taken.
    pub proxies: Proxies,
    /// What one party can take of connections, memory and descriptors.
    pub edge: EdgeSettings,
    /// `VERTEX_CORS_ORIGINS`: other sites whose pages may use the API.
    pub cors_origins: Arc<[String]>,
    /// `VERTEX_REQUEST_TIMEOUT_SECONDS`: how long an answer may be waited for.
    pub request_timeout: Duration,
    /// Whether the operator has said that there are proxies, by `VERTEX_TRUSTED_PROXIES` or the header they write.
    pub names_proxies: bool,
    /// `VERTEX_METRICS_TOKEN`: who knows it may read the metrics.
    pub metrics_token: Option<SecretString>,
    /// `VERTEX_METRICS_LISTEN`: where the metrics are served apart from everything else.
    pub metrics_listen: Option<ListenAddresses>,
    /// `VERTEX_LIMIT_...PER_MINUTE`: how often somebody may ask.
    pub quotas: Quotas,
    /// `REDIS_URL`: what counts the requests of several processes together.
    pub redis_url: Option<SecretUrl>,
}

impl WebSettings {
    fn read(environment: &Environment) -> Result<Self, BadSetting> {
        let quota =
            |limit: &table::Setting<kind::Whole<u32>>| limit.get(environment).map(NonZeroU32::new);
        Ok(Self {
            proxies: Proxies {
                trusted: table::TRUSTED_PROXIES.get(environment)?.into(),
                header: table::CLIENT_ADDRESS_HEADER.get(environment)?,
            },
            edge: EdgeSettings::read(environment)?,
            cors_origins: table::CORS_ORIGINS.get(environment)?.into(),
            request_timeout: table::REQUEST_TIMEOUT.get(environment)?,
            names_proxies: table::CLIENT_ADDRESS_HEADER.optional(environment)?.is_some()
                || table::TRUSTED_PROXIES
                    .optional(environment)?
                    .is_some_and(|proxies| !proxies.is_empty()),
            metrics_token: table::METRICS_TOKEN.optional(environment)?,
            metrics_listen: table::METRICS_LISTEN.optional(environment)?,
            quotas: Quotas {
                address: quota(&table::LIMIT_ADDRESS)?,
                auth: quota(&table::LIMIT_AUTH)?,
                uploads: quota(&table::LIMIT_UPLOADS)?,
                viewers: quota(&table::LIMIT_VIEWERS)?,
                reports: quota(&table::LIMIT_REPORTS)?,
                files: quota(&table::LIMIT_FILES)?,
                user: quota(&table::LIMIT_USER)?,
                company: quota(&table::LIMIT_COMPANY)?,
            },
            redis_url: table::REDIS.optional(environment)?,
        })
    }
}

impl Settings {
    /// Reads them all.
    ///
    /// # Errors
    /// The first one that cannot be used.
    pub fn read(environment: &Environment) -> Result<Self, BadSetting> {
        let cores = || std::thread::available_parallelism().map_or(2, usize::from);
        let workers = table::WORKERS.optional(environment)?.unwrap_or_else(cores);
        Ok(Self {
            listen: table::LISTEN.get(environment)?,
            data_dir: table::DATA_DIR.get(environment)?,
            new_installation: table::NEW_INSTALLATION.get(environment)?,
            disk_reserve: Reserve(table::DISK_RESERVE.optional(environment)?),
            database_url: table::DATABASE.optional(environment)?,
            base_url: table::BASE_URL.optional(environment)?,
            secret_key: table::SECRET_KEY.optional(environment)?,
            admin_password: table::ADMIN_PASSWORD.optional(environment)?,
            user_password: table::USER_PASSWORD.optional(environment)?,
            access_token_ttl: delta(table::ACCESS_TOKEN.get(environment)?),
            refresh_token_ttl: delta(table::REFRESH_TOKEN.get(environment)?),
            registration: table::REGISTRATION.get(environment)?,
            purge_after: delta(table::PURGE.get(environment)?),
            phone_country: table::PHONE_COUNTRY.get(environment)?,
            default_quota: Quota {
                max_bytes: limited(table::DEFAULT_QUOTA_BYTES.get(environment)?),
                max_files: limited(table::DEFAULT_QUOTA_FILES.get(environment)?),
                max_uploads: None,
            },
            caps: Caps {
                uploads: UploadCaps {
                    per_user: limited(table::UPLOADS_PER_USER.get(environment)?),
                    per_company: limited(table::UPLOADS_PER_COMPANY.get(environment)?),
                },
                waiting_jobs: limited(table::WAITING_JOBS.get(environment)?),
            },
            max_image_bytes: table::MAX_IMAGE.get(environment)?,
            max_video_bytes: table::MAX_VIDEO.get(environment)?,
            upload_ttl: delta(table::UPLOAD_TTL.get(environment)?),
            ffmpeg: table::FFMPEG.optional(environment)?,
            ffmpeg_limits: FfmpegLimits {
                memory: table::FFMPEG_MEMORY.get(environment)?,
                time: table::FFMPEG_TIME.get(environment)?,
            },
            nft: NftOptions {
                density: table::NFT_DENSITY.get(environment)?,
                levels: table::NFT_LEVELS.get(environment)?,
                ..NftOptions::default()
            },
            convert: table::VIDEO_COPIES.get(environment)?,
            workers,
            long_jobs: table::LONG_JOBS.optional(environment)?.unwrap_or((workers / 2).max(2)),
            jobs_per_company: table::JOBS_PER_COMPANY.optional(environment)?,
            job_limits: TimeLimits {
                short: delta(table::JOB_TIME.get(environment)?),
                long: delta(table::LONG_JOB_TIME.get(environment)?),
            },
            job_lease: delta(table::JOB_LEASE.get(environment)?),
            storage: StorageSettings::read(environment)?,
            web: WebSettings::read(environment)?,
            courier: CourierSettings::read(environment)?,
            log: table::LOG.get(environment)?,
            log_format: table::LOG_FORMAT.get(environment)?,
        })
    }

    /// How jobs are done.
    pub fn worker(&self) -> WorkerSettings {
        WorkerSettings {
            short: self.workers,
            long: self.long_jobs,
            per_company: self.jobs_per_company,
            lease: self.job_lease,
            limits: self.job_limits,
        }
    }

    /// The file of the database, unless another one was named.
    pub fn database_file(&self) -> PathBuf {
        self.data_dir.join("vertex.db")
    }

    /// The limits and addresses of the use cases, for a service that listens at `port`.
    pub fn policy(&self, port: u16) -> Policy {
        Policy {
            base_url: self.base_url.clone().unwrap_or_else(|| format!("http://localhost:{port}")),
            admin_email: self.courier.admin_email.clone(),
            default_quota: self.default_quota,
            caps: self.caps,
            max_image_bytes: self.max_image_bytes,
            max_video_bytes: self.max_video_bytes,
            nft: self.nft,
            convert: self.convert,
            access_token_ttl: self.access_token_ttl,
            refresh_token_ttl: self.refresh_token_ttl,
            open_registration: self.registration == Registration::Open,
            upload_ttl: self.upload_ttl,
            purge_after: self.purge_after,
            phone_country: self.phone_country,
            storage_reach: self.storage.reach.clone(),
        }
    }
}

/// A limit of which `0` is none.
fn limited<T: Default + PartialEq>(limit: T) -> Option<T> {
    (limit != T::default()).then_some(limit)
}

/// The settings' spans of time are of years at most.
fn delta(span: Duration) -> TimeDelta {
    TimeDelta::from_std(span).unwrap_or(TimeDelta::MAX)
}

/// What brings notifications out.
#[derive(Clone, Debug, Default)]
pub struct CourierSettings {
    /// `SMTP_HOST` and those around it; no email without.
    pub mail: Option<MailSettings>,
    /// `TELEGRAM_BOT_TOKEN`; no messages without.
    pub telegram: Option<TelegramSettings>,
    /// `ADMIN_EMAIL`: where alerts go for operators without an address.
    pub admin_email: Option<String>,
}

impl CourierSettings {
    fn read(environment: &Environment) -> Result<Self, BadSetting> {
        let admin_email = table::ADMIN_EMAIL.optional(environment)?;
        let username = table::SMTP_USERNAME.optional(environment)?;
        let password = table::SMTP_PASSWORD.optional(environment)?.unwrap_or_default();
        let port = table::SMTP_PORT.optional(environment)?;
        let security = table::SMTP_SECURITY.get(environment)?;
        let sender = [username.as_deref(), admin_email.as_deref()];
        let sender = sender.into_iter().flatten().find(|text| text.contains('@'));
        let from = match table::MAIL_FROM.optional(environment)? {
            Some(from) => from,
            None => table::MAIL_FROM.read(sender.unwrap_or("vertex-ar@localhost"))?,
        };
        let credentials = username.map(|username| (username, password));
        let mail = table::SMTP_HOST.optional(environment)?.map(|host| MailSettings {
            host,
            port,
            credentials,
            security,
            from,
        });
        let api = table::TELEGRAM_API.get(environment)?;
        let telegram = table::TELEGRAM_TOKEN
            .optional(environment)?
            .map(|token| TelegramSettings { token, api });
        Ok(Self { mail, telegram, admin_email })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(name: &str, value: &str) -> String {
        Settings::read(&Environment::from_iter([(name, value)])).unwrap_err().to_string()
    }

    #[test]
    fn a_wrong_value_is_named_and_a_secret_is_not_shown() {
        assert_eq!(
            complaint("SECRET_KEY", "short"),
            "SECRET_KEY=…: has fewer than 32 characters; takes at least 32 characters, at least 8 of them different, \
             for example SECRET_KEY=$(openssl rand -base64 48)"
        );
        assert_eq!(
            complaint("VERTEX_MAX_IMAGE_BYTES", "50 parsecs"),
            "VERTEX_MAX_IMAGE_BYTES=50 parsecs: is not a size; takes bytes or a size with a unit such as 50MB or 2GiB, \
             1.0 KiB to 4.0 GiB, for example VERTEX_MAX_IMAGE_BYTES=50MB"
        );
        let url = complaint("DATABASE_URL", "postgres+asyncpg://u:p4ss@127.0.0.1:1/db");
        assert!(url.starts_with("DATABASE_URL=postgres+asyncpg://…@127.0.0.1:1/db: "), "{url}");
        let token = complaint("VERTEX_LISTEN", "one\ntwo");
        assert!(token.starts_with("VERTEX_LISTEN=one\\ntwo: "), "{token}");
        let missing = complaint("STORAGE_TYPE", "minio");
        assert!(
            missing.starts_with("MINIO_ENDPOINT: is needed with STORAGE_TYPE=minio; takes "),
            "{missing}"
        );
    }

    #[test]
    fn what_is_empty_is_not_given() {
        let names = table::names().into_iter();
        Settings::read(&names.map(|name| (name, "")).collect()).unwrap();
        Settings::read(&Environment::from_iter([("", "")])).unwrap();
    }

    #[test]
    fn secrets_are_not_printed() {
        let secret = "hunter2-hunter2-hunter2-hunter2-abcdefgh";
        let secrets = table::all().into_iter().filter(|setting| setting.is_secret());
        let mut given: Vec<(&str, &str)> =
            secrets.map(|setting| (setting.name(), secret)).collect();
        given.extend([
            ("STORAGE_TYPE", "minio"),
            ("MINIO_ENDPOINT", "s3:9000"),
            ("MINIO_BUCKET", "vertex"),
            ("MINIO_ACCESS_KEY", "vertex"),
            ("SMTP_HOST", "mail.example.org"),
            ("SMTP_USERNAME", "ar"),
            ("YANDEX_OAUTH_CLIENT_ID", "vertex"),
            ("DATABASE_URL", "postgres://u:hunter2@db/vertex"),
            ("REDIS_URL", "redis://:hunter2@redis"),
        ]);
        let settings = Settings::read(&given.into_iter().collect()).unwrap();
        assert!(!format!("{settings:?} {settings:#?}").contains("hunter2"));
    }
}
