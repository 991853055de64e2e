use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use reqwest::Url;
use vertex_core::{
    Error, Result,
    ports::{CompanyFiles, Objects, Storages},
    storage::{Place, Secrets, StorageConnection},
    usecases::disk_consents::ConsentKeeper,
};
use vertex_storage::{OpenDalObjects, Outbound, Reserve, YandexDiskObjects};

use super::{KeptTokens, MeasuredObjects};

/// Opens the operator's place and those that tenants name.
pub struct TenantStorages {
    /// Where files are of companies that keep them here.
    pub own: Arc<dyn Objects>,
    /// The way to those that tenants name.
    pub outbound: Outbound,
    /// Where the API of Yandex Disks is.
    pub disk: Url,
    /// What opens their secrets, and keeps the tokens of disks current.
    pub keeper: Arc<ConsentKeeper>,
    /// Where files wait for the disk they go to.
    pub outgoing: PathBuf,
    /// What is left free on the disk that they wait on.
    pub reserve: Reserve,
}

#[async_trait]
impl Storages for TenantStorages {
    async fn open(&self, connection: &StorageConnection) -> Result<CompanyFiles> {
        let fault = |why| Error::internal("opening a storage", why);
        let company = connection.company_id;
        if connection.place == Place::Local {
            return Ok(CompanyFiles::new(company, self.own.clone()));
        }
        let sealed = connection.secrets.as_ref().ok_or_else(|| fault("it has no secrets"))?;
        let secrets = self.keeper.vault.open(company, sealed)?;
        let objects: Arc<dyn Objects> = match (&connection.place, secrets) {
            (Place::Minio(bucket), Secrets::Minio { access_key, secret_key }) => {
                Arc::new(OpenDalObjects::s3(&self.outbound, bucket, &access_key, &secret_key)?)
            }
            (Place::YandexDisk(disk), Secrets::YandexDisk(_)) => {
                let access = KeptTokens::new(self.keeper.clone(), connection.clone());
                Arc::new(YandexDiskObjects::open(
                    &self.outbound,
                    &self.disk,
                    &disk.folder,
                    Arc::new(access),
                    &self.outgoing,
                    self.reserve,
                )?)
            }
            _ => return Err(fault("its secrets are of another kind")),
        };
        let measured = MeasuredObjects::new(objects, connection.place.kind().as_str());
        Ok(CompanyFiles::new(company, Arc::new(measured)))
    }

    async fn lets_pages_read(&self, url: &str, origin: &str) -> Result<bool> {
        self.outbound.lets_pages_read(url, origin).await
    }
}
