use std::time::Duration;

use clap::Args;
use secrecy::ExposeSecret;
use tokio_util::sync::CancellationToken;
use vertex_core::{
    Error,
    check::Field,
    job::Task,
    storage::{CompanyStorage, MoveProgress},
    usecases::{
        App,
        storage::{StorageInput, at_console, relocate_at_console},
    },
};

use crate::{background::jobs, checks::Checks, settings::Settings};

/// How often it is looked how far a move is.
const LOOK: Duration = Duration::from_millis(500);

/// A move to be made.
#[derive(Args)]
pub struct Move {
    /// Slug of the company
    company: String,
    /// local or minio; yandex_disk only to go on with a move that was given up
    #[arg(long)]
    to: String,
    /// Where the S3 is
    #[arg(long)]
    endpoint: Option<String>,
    /// What it signs for
    #[arg(long)]
    region: Option<String>,
    /// The bucket
    #[arg(long)]
    bucket: Option<String>,
    /// What paths in the bucket begin with
    #[arg(long)]
    prefix: Option<String>,
    /// Public half of the key pair
    #[arg(long)]
    access_key: Option<String>,
    /// The bucket's name is part of the host
    #[arg(long)]
    virtual_host: bool,
    /// Browsers do not read from the bucket directly
    #[arg(long)]
    no_direct_links: bool,
}

/// Moves a company's files, and waits until they are there.
pub async fn run(app: &App, settings: &Settings, order: Move) -> Result<String, Error> {
    let company = at_console(app, &order.company).await?;
    let secret_key = settings.storage.new_secret_key.as_ref();
    let input = StorageInput {
        kind: order.to.into(),
        endpoint: order.endpoint.into(),
        region: order.region.into(),
        bucket: order.bucket.into(),
        prefix: order.prefix.into(),
        access_key: order.access_key.into(),
        secret_key: secret_key.map(|key| key.expose_secret().to_owned()).into(),
        virtual_host: Field::Value(order.virtual_host),
        direct_links: Field::Value(!order.no_direct_links),
    };
    relocate_at_console(app, company, input).await?;
    // The job may as well be done by a service that runs beside.
    let stop = CancellationToken::new();
    let checks = Checks::new(app);
    let worker = jobs::run(app.clone(), checks, settings.worker(), stop.clone());
    let worker = tokio::spawn(worker);
    let done = wait(app, company).await;
    stop.cancel();
    worker.await.map_err(|error| Error::internal("moving", error))?;
    done.map(|MoveProgress { objects, bytes, .. }| {
        format!("moved {objects} objects, {bytes} bytes\n")
    })
}

async fn wait(app: &App, company: vertex_core::ids::CompanyId) -> Result<MoveProgress, Error> {
    let mut last = MoveProgress::default();
    loop {
        let CompanyStorage { leaving, .. } = app.records.storage_of(company).await?;
        let Some(leaving) = leaving else { return Ok(last) };
        last = leaving.progress;
        let task = Task::MoveStorage { leaving: leaving.connection.id };
        let key = task.idempotency_key().unwrap_or_default();
        if let Some(problem) = &last.problem
            && !app.queue.is_waiting(&key).await?
        {
            return Err(Error::Conflict(format!("the move was given up: {problem}")));
        }
        if last.moved_at.is_some() {
            return Ok(last);
        }
        tokio::time::sleep(LOOK).await;
    }
}
