//! What the operator decides, read from the environment (and `.env`).

mod storage;

use std::{
    env, fmt::Display, net::SocketAddr, num::NonZeroU32, path::PathBuf, str::FromStr, sync::Arc,
    time::Duration,
};

use chrono::TimeDelta;
use ipnet::IpNet;
use vertex_core::{
    phone::Country,
    usecases::{Convert, Policy},
};
use vertex_markers::nft::NftOptions;

use crate::{
    adapters::FfmpegLimits,
    courier::{MailSettings, TelegramSettings},
    limits::Quotas,
};

pub use storage::{MinioSettings, StorageSettings};

/// A setting that cannot be used. Its text is one line that names the setting.
#[derive(Debug, thiserror::Error)]
#[error("{name}={value:?}: {reason}")]
pub struct BadSetting {
    name: &'static str,
    value: String,
    reason: String,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line, for machines.
    Json,
    /// For people.
    Text,
}

impl FromStr for LogFormat {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "json" => Ok(Self::Json),
            "text" => Ok(Self::Text),
            _ => Err("use json or text"),
        }
    }
}

/// Who may register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// Who is invited.
    Invitation,
    /// Anybody.
    Open,
}

impl FromStr for Registration {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "invitation" => Ok(Self::Invitation),
            "open" => Ok(Self::Open),
            _ => Err("use invitation or open"),
        }
    }
}

/// Everything that can be set. `docs/settings.md` explains each.
#[derive(Clone)]
pub struct Settings {
    /// `VERTEX_LISTEN`: address and port of the service.
    pub listen: SocketAddr,
    /// `VERTEX_DATA_DIR`: database, files and keys of a single machine.
    pub data_dir: PathBuf,
    /// `DATABASE_URL`: SQLite in the data directory unless set.
    pub database_url: Option<String>,
    /// `BASE_URL`: where the world reaches the service; the printed links begin with it.
    pub base_url: Option<String>,
    /// `SECRET_KEY`: what links are signed and secrets sealed with; made and kept in the data directory unless set.
    pub secret_key: Option<String>,
    /// `VERTEX_ADMIN_PASSWORD`: password of the first superadmin; drawn and printed once unless set.
    pub admin_password: Option<String>,
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
    /// `VERTEX_WORKERS`: jobs done at once, and threads for heavy computation.
    pub workers: usize,
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
#[derive(Clone)]
pub struct WebSettings {
    /// `VERTEX_TRUSTED_PROXIES`: whose word on a client's address is taken.
    pub trusted_proxies: Arc<[IpNet]>,
    /// `VERTEX_CORS_ORIGINS`: other sites whose pages may use the API.
    pub cors_origins: Arc<[String]>,
    /// `VERTEX_REQUEST_TIMEOUT_SECONDS`: how long an answer may be waited for.
    pub request_timeout: Duration,
    /// `VERTEX_METRICS_TOKEN`: who knows it may read the metrics.
    pub metrics_token: Option<String>,
    /// `VERTEX_LIMIT_...PER_MINUTE`: how often somebody may ask.
    pub quotas: Quotas,
    /// `REDIS_URL`: what counts the requests of several processes together.
    pub redis_url: Option<String>,
}

impl WebSettings {
    fn from_env() -> Result<Self, BadSetting> {
        let trusted_proxies = or("VERTEX_TRUSTED_PROXIES", "127.0.0.0/8,::1", list(network))?;
        let seconds = or("VERTEX_REQUEST_TIMEOUT_SECONDS", "30", up_to(3600))?;
        Ok(Self {
            trusted_proxies: trusted_proxies.into(),
            cors_origins: or("VERTEX_CORS_ORIGINS", "none", list(web_address))?.into(),
            request_timeout: Duration::from_secs(seconds.unsigned_abs()),
            metrics_token: optional("VERTEX_METRICS_TOKEN", any)?,
            quotas: Quotas {
                address: or("VERTEX_LIMIT_PER_MINUTE", "100", quota)?,
                auth: or("VERTEX_LIMIT_AUTH_PER_MINUTE", "5", quota)?,
                uploads: or("VERTEX_LIMIT_UPLOADS_PER_MINUTE", "10", quota)?,
                user: or("VERTEX_LIMIT_USER_PER_MINUTE", "600", quota)?,
                company: or("VERTEX_LIMIT_COMPANY_PER_MINUTE", "6000", quota)?,
            },
            redis_url: optional("REDIS_URL", redis_url)?,
        })
    }
}

impl Settings {
    /// Reads them all from the environment.
    ///
    /// # Errors
    /// The first one that cannot be used.
    pub fn from_env() -> Result<Self, BadSetting> {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Ok(Self {
            listen: or("VERTEX_LISTEN", "127.0.0.1:8080", parse)?,
            data_dir: or("VERTEX_DATA_DIR", "data", parse)?,
            database_url: optional("DATABASE_URL", database_url)?,
            base_url: optional("BASE_URL", web_address)?,
            secret_key: optional("SECRET_KEY", secret)?,
            admin_password: optional("VERTEX_ADMIN_PASSWORD", |text| {
                vertex_core::text::new_password(text.to_owned())
            })?,
            access_token_ttl: TimeDelta::minutes(or(
                "ACCESS_TOKEN_EXPIRE_MINUTES",
                "1440",
                up_to(525_600),
            )?),
            refresh_token_ttl: TimeDelta::days(or("VERTEX_REFRESH_TOKEN_DAYS", "30", up_to(3650))?),
            registration: or("VERTEX_REGISTRATION", "invitation", parse)?,
            purge_after: TimeDelta::days(or("VERTEX_PURGE_DAYS", "30", from_zero_to(3650))?),
            phone_country: or("VERTEX_PHONE_COUNTRY", "RU", |text| Country::parse(text))?,
            max_image_bytes: or("VERTEX_MAX_IMAGE_BYTES", "52428800", parse)?,
            max_video_bytes: or("VERTEX_MAX_VIDEO_BYTES", "5368709120", parse)?,
            upload_ttl: TimeDelta::hours(or("VERTEX_UPLOAD_HOURS", "24", up_to(8760))?),
            ffmpeg: optional("FFMPEG_PATH", parse)?,
            ffmpeg_limits: FfmpegLimits {
                memory: or("VERTEX_FFMPEG_MEMORY_MB", "2048", up_to(1 << 20))?.unsigned_abs() << 20,
                time: Duration::from_secs(
                    or("VERTEX_FFMPEG_MINUTES", "60", up_to(1440))?.unsigned_abs() * 60,
                ),
            },
            nft: NftOptions {
                density: or("VERTEX_NFT_DENSITY", "medium", parse)?,
                levels: or("VERTEX_NFT_LEVELS", "3", within(1, 3))?,
                ..NftOptions::default()
            },
            convert: or("VERTEX_VIDEO_COPIES", "needed", parse)?,
            workers: optional("VERTEX_WORKERS", parse)?.unwrap_or(cores).clamp(1, 256),
            job_lease: TimeDelta::seconds(or("VERTEX_JOB_LEASE_SECONDS", "30", up_to(86_400))?),
            storage: StorageSettings::from_env()?,
            web: WebSettings::from_env()?,
            courier: CourierSettings::from_env()?,
            log: or("VERTEX_LOG", "info,poem=warn", any)?,
            log_format: or("VERTEX_LOG_FORMAT", "json", parse)?,
        })
    }

    /// The database: the one that was named, else SQLite in the data directory.
    pub fn database_url(&self) -> String {
        let own = || format!("sqlite://{}?mode=rwc", self.data_dir.join("vertex.db").display());
        self.database_url.clone().unwrap_or_else(own)
    }

    /// The limits and addresses of the use cases, for a service that listens at `address`.
    pub fn policy(&self, address: SocketAddr) -> Policy {
        Policy {
            base_url: self
                .base_url
                .clone()
                .unwrap_or_else(|| format!("http://localhost:{}", address.port())),
            admin_email: self.courier.admin_email.clone(),
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

fn bad(name: &'static str, value: &str, reason: impl ToString) -> BadSetting {
    let is_secret = ["SECRET", "PASSWORD", "TOKEN"].iter().any(|word| name.contains(word));
    let value = if is_secret { "…".to_owned() } else { value.to_owned() };
    BadSetting { name, value, reason: reason.to_string() }
}

fn optional<T>(
    name: &'static str,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<Option<T>, BadSetting> {
    match env::var(name) {
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(bad(name, "?", "is not UTF-8")),
        Ok(text) if text.is_empty() => Ok(None),
        Ok(text) => parse(&text).map(Some).map_err(|reason| bad(name, &text, reason)),
    }
}

fn or<T>(
    name: &'static str,
    default: &str,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<T, BadSetting> {
    match optional(name, &parse)? {
        Some(value) => Ok(value),
        None => parse(default).map_err(|reason| bad(name, default, reason)),
    }
}

fn any(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}

fn parse<T: FromStr<Err: ToString>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: T::Err| error.to_string())
}

/// What brings notifications out.
#[derive(Clone, Default)]
pub struct CourierSettings {
    /// `SMTP_HOST` and those around it; no letters without.
    pub mail: Option<MailSettings>,
    /// `TELEGRAM_BOT_TOKEN`; no messages without.
    pub telegram: Option<TelegramSettings>,
    /// `ADMIN_EMAIL`: where alerts go for operators without an address.
    pub admin_email: Option<String>,
}

impl CourierSettings {
    fn from_env() -> Result<Self, BadSetting> {
        let admin_email = optional("ADMIN_EMAIL", |text| {
            vertex_core::text::Email::parse(text).map(|email| email.to_string())
        })?;
        let username = optional("SMTP_USERNAME", any)?;
        let password = optional("SMTP_PASSWORD", any)?.unwrap_or_default();
        let port = optional("SMTP_PORT", parse)?;
        let security = or("VERTEX_SMTP_SECURITY", "starttls", parse)?;
        let sender = [username.as_deref(), admin_email.as_deref()];
        let sender = sender.into_iter().flatten().find(|text| text.contains('@'));
        let from = or("VERTEX_MAIL_FROM", sender.unwrap_or("vertex-ar@localhost"), parse)?;
        let credentials = username.map(|username| (username, password));
        let mail = optional("SMTP_HOST", any)?.map(|host| MailSettings {
            host,
            port,
            credentials,
            security,
            from,
        });
        let api = or("VERTEX_TELEGRAM_API", "https://api.telegram.org", web_address)?;
        let telegram =
            optional("TELEGRAM_BOT_TOKEN", any)?.map(|token| TelegramSettings { token, api });
        Ok(Self { mail, telegram, admin_email })
    }
}

/// Several values with commas in between; `none` for an empty list.
fn list<T>(parse: impl Fn(&str) -> Result<T, String>) -> impl Fn(&str) -> Result<Vec<T>, String> {
    move |text| match text.trim() {
        "none" => Ok(Vec::new()),
        text => text.split(',').map(|part| parse(part.trim())).collect(),
    }
}

/// A network such as `10.0.0.0/8`, or a single address.
fn network(text: &str) -> Result<IpNet, String> {
    let address = || text.parse().map(|address: std::net::IpAddr| IpNet::from(address));
    text.parse()
        .or_else(|_| address())
        .map_err(|_| format!("{text:?} is not an address or a network such as 10.0.0.0/8"))
}

/// A limit a minute; 0 for none.
fn quota(text: &str) -> Result<Option<NonZeroU32>, String> {
    let limit: u32 = text.parse().map_err(|_| "use a whole number, 0 for no limit".to_owned())?;
    Ok(NonZeroU32::new(limit))
}

fn redis_url(text: &str) -> Result<String, String> {
    let known = ["redis://", "rediss://"];
    if known.iter().any(|scheme| text.starts_with(scheme)) {
        Ok(text.to_owned())
    } else {
        Err("begin with redis:// or rediss://".to_owned())
    }
}

fn up_to(most: i64) -> impl Fn(&str) -> Result<i64, String> {
    within(1, most)
}

fn from_zero_to(most: i64) -> impl Fn(&str) -> Result<i64, String> {
    within(0, most)
}

fn within<T: Copy + FromStr + PartialOrd + Display>(
    least: T,
    most: T,
) -> impl Fn(&str) -> Result<T, String> {
    move |text| match text.parse() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        _ => Err(format!("use a whole number from {least} to {most}")),
    }
}

fn database_url(text: &str) -> Result<String, String> {
    let known = ["sqlite:", "postgres://", "postgresql://"];
    if known.iter().any(|scheme| text.starts_with(scheme)) {
        Ok(text.to_owned())
    } else {
        Err("begin with sqlite: or postgres://".to_owned())
    }
}

fn web_address(text: &str) -> Result<String, String> {
    if text.starts_with("http://") || text.starts_with("https://") {
        Ok(text.trim_end_matches('/').to_owned())
    } else {
        Err("begin with http:// or https://".to_owned())
    }
}

fn secret(text: &str) -> Result<String, String> {
    if text.len() >= 32 {
        Ok(text.to_owned())
    } else {
        Err("use at least 32 characters".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_value_is_named_and_a_secret_is_not_shown() {
        let error = bad("SECRET_KEY", "short", secret("short").unwrap_err());
        assert_eq!(error.to_string(), "SECRET_KEY=\"…\": use at least 32 characters");
        let error = bad("VERTEX_LISTEN", "8080", parse::<SocketAddr>("8080").unwrap_err());
        assert!(error.to_string().starts_with("VERTEX_LISTEN=\"8080\": "), "{error}");
        assert!(up_to(10)("11").is_err() && up_to(10)("0").is_err() && up_to(10)("10").is_ok());
        assert!(database_url("mysql://x").is_err());
        assert_eq!(web_address("https://ar.example.org/").unwrap(), "https://ar.example.org");
    }
}
