//! Confirming email addresses.

use std::net::IpAddr;

use super::App;
use crate::{
    domain::{
        check::{Check, Field, any},
        email_confirmation::{
            COUNTED_FOR, EmailConfirmation, is_for, mailbox, read_token, token, wording,
        },
        error::{Error, Result},
        identity::Identity,
        ids::EmailConfirmationId,
        job::Task,
        notification::Channel,
        tenant::{Actor, TenantScope},
        user::User,
    },
    ports::{MessageKind, OutgoingMessage},
};

/// Sends the caller another email that asks for the confirmation of the address that waits.
///
/// # Errors
/// `Conflict` when no address waits or this installation sends no mail, `TooManyEmails`.
pub async fn send_again(app: &App, who: &Identity) -> Result<()> {
    if who.user.pending_email.is_none() {
        return Err(Error::Conflict("no address waits for its confirmation".to_owned()));
    }
    if !app.courier.serves(Channel::Email) {
        let advice = "no mail is sent here: ask the operator for `vertex user confirm-email`";
        return Err(Error::Conflict(advice.to_owned()));
    }
    let asked = ask(app, &who.user).await?;
    asked.then_some(()).ok_or(Error::TooManyEmails { wait: COUNTED_FOR })
}

/// Sends the email for an address that was just given, unless no mail is sent here or too much was lately: then it
/// waits until it is asked for again.
pub(super) async fn begin(app: &App, user: &User) -> Result<()> {
    if user.pending_email.is_some() && app.courier.serves(Channel::Email) {
        ask(app, user).await?;
    }
    Ok(())
}

async fn ask(app: &App, user: &User) -> Result<bool> {
    let Some(email) = &user.pending_email else { return Ok(false) };
    let confirmation = EmailConfirmation {
        id: EmailConfirmationId(app.clock.uuid()),
        user_id: user.id,
        mailbox: mailbox(&app.mac, email),
        created_at: app.now(),
        used_at: None,
    };
    let job = app.new_job(user.company_id, Task::ConfirmEmail { confirmation_id: confirmation.id });
    let scope = TenantScope::of(user.company_id);
    let asked = app.records.insert_email_confirmation(&scope, &confirmation, &job).await?;
    app.job_queued();
    Ok(asked)
}

/// Sends an email that was asked for, if its address still waits.
pub(super) async fn deliver(app: &App, id: EmailConfirmationId) -> Result<()> {
    let Some((confirmation, user)) = app.records.email_confirmation(id).await? else {
        return Ok(());
    };
    let waiting = user.pending_email.as_ref();
    let waiting = waiting.filter(|email| mailbox(&app.mac, email) == confirmation.mailbox);
    let Some(email) = waiting.filter(|_| confirmation.is_open(app.now())) else { return Ok(()) };
    let scope = TenantScope::of(user.company_id);
    let language = app.records.preferences(&scope, user.id).await?.language;
    let (title, message) = wording(language);
    let token = token(&app.mac, id, user.id, email);
    let outgoing = OutgoingMessage {
        id: id.0,
        kind: MessageKind::EmailConfirmation,
        channel: Channel::Email,
        recipient: email.to_string(),
        language,
        title,
        message,
        link: app.absolute(&format!("/admin/confirm-email#{token}")),
    };
    app.courier.send(&outgoing).await
}

/// Makes an address its user's by the token of an email that came to it, once. Nobody has to be signed in.
///
/// # Errors
/// `Invalid` naming `token` when it does not hold, `Conflict` when the address became somebody else's meanwhile.
pub async fn confirm(app: &App, token: Field<String>, address: Option<IpAddr>) -> Result<()> {
    let mut check = Check::default();
    let token = check.required("token", token, any);
    let (token,) = check.all((token,))?;
    let now = app.now();
    let (id, code) = read_token(&token).ok_or_else(not_open)?;
    let found = app.records.email_confirmation(id).await?;
    let (confirmation, user) = found.ok_or_else(not_open)?;
    let is_for = |email| is_for(&app.mac, &code, id, user.id, email);
    if !confirmation.is_open(now) || !user.pending_email.as_ref().is_some_and(is_for) {
        return Err(not_open());
    }
    let scope = TenantScope::of(user.company_id).by(Actor { user: user.id, address, at: now });
    let confirmed = app.records.confirm_email(&scope, &user, Some(id), now).await?;
    confirmed.then_some(()).ok_or_else(not_open)
}

fn not_open() -> Error {
    Error::field(
        "token",
        "does not hold: it was used, has ended, or another address was given since",
    )
}
