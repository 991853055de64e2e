//! What is looked at once when the service has started: whether the servers that settings name answer. Those that
//! the service cannot do without are asked before it starts.

use futures::TryStreamExt;
use uuid::Uuid;
use vertex_core::{
    Result,
    error::with_causes,
    ids::CompanyId,
    ports::{AllFiles, Objects},
};

use crate::{
    adapters::notifier::{MailSettings, Mailer},
    settings::Settings,
};

/// Warns in the log of each server that does not answer, with the names of its settings.
pub async fn run(settings: Settings, files: AllFiles) {
    let storage = async {
        if let Some(minio) = &settings.storage.minio
            && let Err(error) = ask_storage(&files).await
        {
            let (endpoint, bucket) = (&minio.bucket.endpoint, &minio.bucket.name);
            let cause = with_causes(&error);
            tracing::warn!("MINIO_ENDPOINT={endpoint}, MINIO_BUCKET={bucket}: {cause}");
        }
    };
    let mail = async {
        if let Some(mail) = &settings.courier.mail
            && let Err(error) = ask_mail_server(mail).await
        {
            tracing::warn!("no email can be sent: {}", with_causes(&error));
        }
    };
    futures::join!(storage, mail);
}

/// Looks for files of nobody: what matters is whether the bucket answers.
async fn ask_storage(files: &AllFiles) -> Result<()> {
    let nobody = CompanyId(Uuid::nil());
    let mut found = files.of(nobody).list(nobody).await?;
    found.try_next().await.map(drop)
}

async fn ask_mail_server(settings: &MailSettings) -> Result<()> {
    Mailer::new(settings)?.check().await
}
