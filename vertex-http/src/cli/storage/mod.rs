mod relocate;
mod sweep;

use std::process::ExitCode;

use clap::Subcommand;

use super::{CommandResult, say, with_fields};
use crate::{settings::Settings, wiring::Installation};

/// What can be done with the places of files at the console.
#[derive(Subcommand)]
pub enum StorageCommand {
    /// Look for files that no row knows and rows whose file is gone
    Sweep(sweep::Sweep),
    /// Move a company's files to another place, and wait until they are there; the secret key of an S3 is
    /// read from VERTEX_STORAGE_SECRET_KEY
    Move(relocate::Move),
}

/// Runs a command about places of files.
pub async fn run(settings: Settings, command: StorageCommand) -> CommandResult {
    let installation = Installation::open(&settings, settings.listen.port()).await?;
    let app = &installation.app;
    let done = match command {
        StorageCommand::Sweep(order) => sweep::run(app, order).await,
        StorageCommand::Move(order) => relocate::run(app, &settings, order).await,
    };
    installation.close().await;
    say(&done.map_err(with_fields)?);
    Ok(ExitCode::SUCCESS)
}
