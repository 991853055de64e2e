//! Where files live, and which storages tenants may name.

use secrecy::SecretString;
use vertex_core::storage::{Bucket, Reach};

use super::{BadSetting, Environment, table};
use crate::adapters::YandexSettings;

/// Where the files of companies are that have chosen nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StorageType {
    /// In the data directory.
    Local,
    /// In an S3.
    Minio,
}

/// The operator's own MinIO or other S3.
#[derive(Clone, Debug)]
pub struct MinioSettings {
    /// `MINIO_ENDPOINT`, `MINIO_BUCKET` and those around them.
    pub bucket: Bucket,
    /// `MINIO_ACCESS_KEY`.
    pub access_key: String,
    /// `MINIO_SECRET_KEY`.
    pub secret_key: SecretString,
}

/// Where files live, and which storages tenants may name.
#[derive(Clone, Debug)]
pub struct StorageSettings {
    /// `STORAGE_TYPE`: where the files of companies are that have chosen nothing, if not in the data directory.
    pub minio: Option<MinioSettings>,
    /// `VERTEX_STORAGE_HTTP`, `VERTEX_STORAGE_NETWORKS`: which addresses tenants' storages may have.
    pub reach: Reach,
    /// How this installation is known at Yandex.
    pub yandex: YandexSettings,
    /// `VERTEX_PREVIOUS_SECRET_KEY`: what opens secrets that were sealed before `SECRET_KEY` was changed.
    pub previous_secret_key: Option<SecretString>,
    /// `VERTEX_STORAGE_SECRET_KEY`: of the bucket that `vertex storage move` moves to.
    pub new_secret_key: Option<SecretString>,
}

impl StorageSettings {
    pub(super) fn read(environment: &Environment) -> Result<Self, BadSetting> {
        let reach = Reach {
            http: table::STORAGE_HTTP.get(environment)?,
            inside: table::STORAGE_NETWORKS.get(environment)?,
        };
        let minio = match table::STORAGE_TYPE.get(environment)? {
            StorageType::Local => None,
            StorageType::Minio => Some(minio(environment)?),
        };
        let id = table::YANDEX_ID.optional(environment)?;
        let yandex = YandexSettings {
            client: id.zip(table::YANDEX_SECRET.optional(environment)?),
            oauth: table::YANDEX_OAUTH.get(environment)?,
            disk: table::YANDEX_DISK.get(environment)?,
        };
        let previous_secret_key = table::PREVIOUS_SECRET_KEY.optional(environment)?;
        let new_secret_key = table::STORAGE_SECRET_KEY.optional(environment)?;
        Ok(Self { minio, reach, yandex, previous_secret_key, new_secret_key })
    }
}

fn minio(environment: &Environment) -> Result<MinioSettings, BadSetting> {
    let why = "with STORAGE_TYPE=minio";
    let bucket = Bucket {
        endpoint: table::MINIO_ENDPOINT.needed(environment, why)?,
        region: table::MINIO_REGION.get(environment)?,
        name: table::MINIO_BUCKET.needed(environment, why)?,
        prefix: table::MINIO_PREFIX.optional(environment)?.unwrap_or_default(),
        virtual_host: table::MINIO_VIRTUAL_HOST.get(environment)?,
        direct_links: table::MINIO_DIRECT_LINKS.get(environment)?,
    };
    let access_key = table::MINIO_ACCESS_KEY.needed(environment, why)?;
    let secret_key = table::MINIO_SECRET_KEY.needed(environment, why)?;
    Ok(MinioSettings { bucket, access_key, secret_key })
}
