//! Where files live, and which storages tenants may name.

use vertex_core::storage::{Bucket, Endpoint, Reach, bucket_name, folder, key, region};

use super::{BadSetting, any, bad, list, network, optional, or, parse, secret, web_address};
use crate::adapters::YandexSettings;

/// The operator's own MinIO or other S3.
#[derive(Clone)]
pub struct MinioSettings {
    /// `MINIO_ENDPOINT`, `MINIO_BUCKET` and those around them.
    pub bucket: Bucket,
    /// `MINIO_ACCESS_KEY`.
    pub access_key: String,
    /// `MINIO_SECRET_KEY`.
    pub secret_key: String,
}

/// Where files live, and which storages tenants may name.
#[derive(Clone)]
pub struct StorageSettings {
    /// `STORAGE_TYPE`: where the files of companies are that have chosen nothing, if not in the data directory.
    pub minio: Option<MinioSettings>,
    /// `VERTEX_STORAGE_HTTP`, `VERTEX_STORAGE_NETWORKS`: which addresses tenants' storages may have.
    pub reach: Reach,
    /// How this installation is known at Yandex.
    pub yandex: YandexSettings,
    /// `VERTEX_PREVIOUS_SECRET_KEY`: what opens secrets that were sealed before `SECRET_KEY` was changed.
    pub previous_secret_key: Option<String>,
}

impl StorageSettings {
    pub(super) fn from_env() -> Result<Self, BadSetting> {
        let reach = Reach {
            http: or("VERTEX_STORAGE_HTTP", "false", parse)?,
            inside: or("VERTEX_STORAGE_NETWORKS", "none", list(network))?,
        };
        let kind = or("STORAGE_TYPE", "local", any)?;
        let minio = match kind.as_str() {
            "local" => None,
            "minio" => Some(minio()?),
            _ => return Err(bad("STORAGE_TYPE", &kind, "use local or minio")),
        };
        let id = optional("YANDEX_OAUTH_CLIENT_ID", any)?;
        let client_secret = optional("YANDEX_OAUTH_CLIENT_SECRET", any)?;
        let yandex = YandexSettings {
            client: id.zip(client_secret),
            oauth: or("VERTEX_YANDEX_OAUTH", "https://oauth.yandex.ru", web_address)?,
            disk: or("VERTEX_YANDEX_DISK", "https://cloud-api.yandex.net", web_address)?,
        };
        let previous_secret_key = optional("VERTEX_PREVIOUS_SECRET_KEY", secret)?;
        Ok(Self { minio, reach, yandex, previous_secret_key })
    }
}

fn minio() -> Result<MinioSettings, BadSetting> {
    let bucket = Bucket {
        endpoint: required("MINIO_ENDPOINT", endpoint)?,
        region: or("VERTEX_MINIO_REGION", "us-east-1", |text| region(text))?,
        name: required("MINIO_BUCKET", |text| bucket_name(text))?,
        prefix: or("VERTEX_MINIO_PREFIX", "/", |text| folder(text))?,
        virtual_host: or("VERTEX_MINIO_VIRTUAL_HOST", "false", parse)?,
        direct_links: or("VERTEX_MINIO_DIRECT_LINKS", "false", parse)?,
    };
    let access_key = required("MINIO_ACCESS_KEY", |text| key(text.to_owned()))?;
    let secret_key = required("MINIO_SECRET_KEY", |text| key(text.to_owned()))?;
    Ok(MinioSettings { bucket, access_key, secret_key })
}

/// The operator's own storage may be anywhere; MinIO is often written without a scheme.
fn endpoint(text: &str) -> Result<Endpoint, String> {
    let whole = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    Endpoint::parse(whole, &Reach::everywhere())
}

fn required<T>(
    name: &'static str,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<T, BadSetting> {
    optional(name, parse)?.ok_or_else(|| bad(name, "", "is needed with STORAGE_TYPE=minio"))
}
