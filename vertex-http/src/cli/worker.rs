use std::process::ExitCode;

use super::{CommandResult, say, serve::stop_signal};
use crate::{settings::Settings, watch, wiring::Installation, worker};

/// Does jobs until it is told to stop.
pub async fn run(settings: Settings) -> CommandResult {
    let installation = Installation::open(&settings, settings.listen.port()).await?;
    let stop = stop_signal()?;
    say(&format!("Vertex AR does jobs, {} at once\n", settings.workers));
    let watch = tokio::spawn(watch::run(installation.app.clone(), stop.clone()));
    worker::run(installation.app.clone(), settings.workers, settings.job_lease, stop).await;
    watch.await?;
    installation.close().await;
    Ok(ExitCode::SUCCESS)
}
