//! What is looked at once when the service has started: whether the servers that settings name answer. Those that
//! the service cannot do without are asked before it starts.

use std::sync::Arc;

use futures::TryStreamExt;
use uuid::Uuid;
use vertex_core::{Result, error::with_causes, ids::CompanyId, ports::Objects};

use crate::{courier::Mailer, settings::Settings};

/// Warns in the log of each server that does not answer, with the names of its settings.
pub async fn run(settings: Settings, objects: Arc<dyn Objects>) {
    let storage = async {
        if let Some(minio) = &settings.storage.minio
            && let Err(error) = first_object(objects.as_ref()).await
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
            tracing::warn!("no letters can be sent: {}", with_causes(&error));
        }
    };
    futures::join!(storage, mail);
}

/// The objects of nobody: what matters is whether the bucket answers.
async fn first_object(objects: &dyn Objects) -> Result<()> {
    let mut found = objects.list(CompanyId(Uuid::nil())).await?;
    found.try_next().await.map(drop)
}

async fn ask_mail_server(settings: &crate::courier::MailSettings) -> Result<()> {
    Mailer::new(settings)?.check().await
}
