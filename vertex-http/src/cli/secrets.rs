use std::process::ExitCode;

use clap::Subcommand;
use vertex_core::usecases::storage::rotate_secrets;

use super::{CommandResult, say};
use crate::{settings::Settings, wiring::Installation};

/// What can be done with secrets at rest.
#[derive(Subcommand)]
pub enum SecretsCommand {
    /// Seal credentials again with SECRET_KEY that VERTEX_PREVIOUS_SECRET_KEY has sealed
    Rotate,
}

/// Runs a command about secrets.
pub async fn run(settings: Settings, command: SecretsCommand) -> CommandResult {
    let SecretsCommand::Rotate = command;
    let installation = Installation::open(&settings, settings.listen.port()).await?;
    let done = rotate_secrets(&installation.app).await;
    installation.close().await;
    say(&format!("sealed again: {}\n", done?));
    Ok(ExitCode::SUCCESS)
}
