use std::{
    io::{IsTerminal, Read},
    process::ExitCode,
};

use clap::{Args, Subcommand};
use secrecy::ExposeSecret;
use vertex_core::usecases::operator::{self, NewUser};

use super::{CommandResult, say, with_fields};
use crate::{settings::Settings, wiring::Installation};

/// What can be done with users at the console.
#[derive(Subcommand)]
pub enum UserCommand {
    /// Make a user; the password is read from VERTEX_USER_PASSWORD or standard input
    Create(Create),
    /// Let a locked user sign in again
    Unlock {
        /// Who.
        username: String,
    },
    /// Take the address of a user that waits for its confirmation as theirs
    ConfirmEmail {
        /// Who.
        username: String,
    },
}

/// A user to be made.
#[derive(Args)]
pub struct Create {
    /// What the user signs in with
    username: String,
    /// user, admin or superadmin
    #[arg(long, default_value = "user")]
    role: String,
    /// Email address
    #[arg(long)]
    email: Option<String>,
    /// Slug of the user's company; the installation's own when left out
    #[arg(long)]
    company: Option<String>,
}

/// Runs a user command.
pub async fn run(settings: Settings, command: UserCommand) -> CommandResult {
    let installation = Installation::open(&settings, settings.listen.port()).await?;
    let app = &installation.app;
    let done = match command {
        UserCommand::Create(new) => {
            let new = NewUser {
                username: new.username.into(),
                password: password(&settings)?.into(),
                email: new.email.into(),
                role: new.role.into(),
                company: new.company.into(),
            };
            operator::create_user(app, new)
                .await
                .map(|user| format!("made {} {}", user.role, user.username))
        }
        UserCommand::Unlock { username } => operator::unlock_user(app, &username)
            .await
            .map(|user| format!("{} can sign in again", user.username)),
        UserCommand::ConfirmEmail { username } => operator::confirm_email(app, &username)
            .await
            .map(|user| format!("the address of {} is confirmed", user.username)),
    };
    installation.close().await;
    say(&format!("{}\n", done.map_err(with_fields)?));
    Ok(ExitCode::SUCCESS)
}

fn password(settings: &Settings) -> std::io::Result<String> {
    if let Some(password) = &settings.user_password {
        return Ok(password.expose_secret().to_owned());
    }
    if std::io::stdin().is_terminal() {
        eprintln!("Type the password, then Enter and Ctrl-D:");
    }
    let mut password = String::new();
    std::io::stdin().read_to_string(&mut password)?;
    Ok(password.trim_end_matches(['\r', '\n']).to_owned())
}
