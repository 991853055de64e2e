//! The commands of the `vertex` binary: each wires adapters to a use case.

mod marker;
mod secrets;
mod serve;
mod storage;
mod user;
mod worker;

use std::{error::Error, io::Write, process::ExitCode};

use clap::{Parser, Subcommand};
use vertex_core::error::with_causes;

use crate::{
    log, private,
    settings::{Environment, Settings, table},
};

/// Pictures that come alive: markers, videos, QR codes and the viewer behind them.
#[derive(Parser)]
#[command(name = "vertex", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve API, pages and worker in one process
    Serve,
    /// Only do jobs, beside a service on the same PostgreSQL
    Worker,
    /// Compile, join, part and look into marker files
    #[command(subcommand)]
    Marker(marker::MarkerCommand),
    /// Make and unlock users, confirm their addresses
    #[command(subcommand)]
    User(user::UserCommand),
    /// Look after the places of files
    #[command(subcommand)]
    Storage(storage::StorageCommand),
    /// Change the key that credentials are sealed with
    #[command(subcommand)]
    Secrets(secrets::SecretsCommand),
}

type CommandResult = Result<ExitCode, Box<dyn Error>>;

/// Runs the command line and says in one line what went wrong, if anything did.
pub fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {}", with_causes(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> CommandResult {
    match cli.command {
        Command::Marker(command) => marker::run(command),
        Command::Serve => with_settings(serve::run),
        Command::Worker => with_settings(worker::run),
        Command::User(command) => with_settings(|settings| user::run(settings, command)),
        Command::Storage(command) => with_settings(|settings| storage::run(settings, command)),
        Command::Secrets(command) => with_settings(|settings| secrets::run(settings, command)),
    }
}

/// Reads the settings, sets the log up and runs an asynchronous command.
fn with_settings<F>(command: impl FnOnce(Settings) -> F) -> CommandResult
where
    F: Future<Output = CommandResult>,
{
    private::set_umask();
    let environment = Environment::read()?;
    let settings = Settings::read(&environment)?;
    let repeats = log::start(&settings)?;
    for warning in environment.warnings(&table::names()) {
        tracing::warn!("{warning}");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let done = runtime.block_on(async {
        tokio::spawn(repeats.tell());
        command(settings).await
    });
    // A thread that waits for a storage is not waited for.
    runtime.shutdown_background();
    done
}

/// Names every bad field with its reason.
fn with_fields(error: vertex_core::Error) -> String {
    let fields = error.bad_fields();
    if fields.is_empty() {
        return with_causes(&error);
    }
    let reasons: Vec<String> =
        fields.iter().map(|field| format!("{} {}", field.field, field.message)).collect();
    reasons.join("; ")
}

/// Writes to standard output. A reader that has gone away, as `head` does, is no error.
fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
