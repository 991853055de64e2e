use std::process::ExitCode;

use super::{CommandResult, say, serve::stop_signal};
use crate::{settings::Settings, wiring::Installation, worker};

/// Does jobs until it is told to stop.
pub async fn run(settings: Settings) -> CommandResult {
    let installation = Installation::open(&settings, settings.listen).await?;
    let stop = stop_signal()?;
    say(&format!("Vertex AR does jobs, {} at once\n", settings.workers));
    worker::run(installation.app.clone(), settings.workers, settings.job_lease, stop).await;
    installation.close().await;
    Ok(ExitCode::SUCCESS)
}
