//! Telling people what they must know, and bringing it to them.

use std::pin::pin;

use chrono::{Days, DurationRound, TimeDelta};
use futures::TryStreamExt;

use super::App;
use crate::{
    domain::{
        access::Action,
        check::{Check, Field, any},
        content::ArContent,
        error::{Error, Result},
        identity::Identity,
        ids::{CompanyId, DeliveryId, JobId, NotificationId},
        job::{NewJob, Task},
        notification::{
            Alert, Channel, Delivery, DeliveryState, Language, Notification, Occasion, Preferences,
            Recipient,
        },
        page::{Listing, Page, pages},
        tenant::TenantScope,
    },
    ports::{DeadLetter, Event, ExpiryStep, MessageKind, Notice, OutgoingMessage},
};

/// How many days before its last day a content's people are warned.
const WARNING_DAYS: u64 = 7;

/// The caller's notifications, newest first.
pub async fn list(
    app: &App,
    who: &Identity,
    unread_only: bool,
    page: Page,
) -> Result<Listing<Notification>> {
    app.records.notifications(&who.scope(), who.user.id, unread_only, page).await
}

/// Notes that the caller has read a notification.
///
/// # Errors
/// `NotFound` when the caller has none like it.
pub async fn mark_read(app: &App, who: &Identity, id: NotificationId) -> Result<()> {
    let there = app.records.mark_read(&who.scope(), who.user.id, id).await?;
    there.then_some(()).ok_or(Error::NotFound("notification"))
}

/// Notes that the caller has read everything; gives how much was new.
pub async fn mark_all_read(app: &App, who: &Identity) -> Result<u64> {
    app.records.mark_all_read(&who.scope(), who.user.id).await
}

/// Removes one of the caller's notifications.
///
/// # Errors
/// `NotFound` when the caller has none like it.
pub async fn delete(app: &App, who: &Identity, id: NotificationId) -> Result<()> {
    let there = app.records.delete_notification(&who.scope(), who.user.id, id).await?;
    there.then_some(()).ok_or(Error::NotFound("notification"))
}

/// How the caller wants to be told.
pub async fn preferences(app: &App, who: &Identity) -> Result<Preferences> {
    app.records.preferences(&who.scope(), who.user.id).await
}

/// The fields of preferences as a request brings them.
#[derive(Clone, Debug, Default)]
pub struct PreferenceChanges {
    /// `en` or `ru`.
    pub language: Field<String>,
    /// Whether by mail.
    pub by_email: Field<bool>,
    /// Null disconnects the chat. Only [`super::chats`] connects another.
    pub telegram_chat_id: Field<String>,
}

/// Changes what is given of how the caller wants to be told.
///
/// # Errors
/// `Invalid` with every bad field.
pub async fn update_preferences(
    app: &App,
    who: &Identity,
    changes: PreferenceChanges,
) -> Result<Preferences> {
    let mut check = Check::default();
    let language =
        check.optional("language", changes.language, |text: String| text.parse::<Language>());
    let by_email = check.optional("by_email", changes.by_email, any);
    let mut preferences = preferences(app, who).await?;
    let connected = preferences.telegram_chat_id.clone();
    let chat = check.change("telegram_chat_id", changes.telegram_chat_id, |chat: String| {
        let is_connected = connected.as_ref() == Some(&chat);
        let advice =
            "is connected by a code that is sent to the bot: POST /api/notifications/telegram";
        is_connected.then_some(chat).ok_or_else(|| advice.to_owned())
    });
    let (language, by_email, chat) = check.all((language, by_email, chat))?;
    preferences.language = language.unwrap_or(preferences.language);
    preferences.by_email = by_email.unwrap_or(preferences.by_email);
    chat.apply(&mut preferences.telegram_chat_id);
    app.records.put_preferences(&who.scope(), who.user.id, &preferences).await?;
    if connected.is_some() && preferences.telegram_chat_id.is_none() {
        app.records.disconnect_chat(&who.scope(), who.user.id).await?;
    }
    Ok(preferences)
}

/// Deliveries that were given up, latest first.
///
/// # Errors
/// `Forbidden` unless admin.
pub async fn dead_letters(app: &App, who: &Identity, page: Page) -> Result<Listing<DeadLetter>> {
    who.may(Action::ListDeadLetters)?;
    app.records.dead_letters(&who.scope(), page).await
}

/// Has a delivery that was given up tried again.
///
/// # Errors
/// `NotFound` when none like it was given up, `Forbidden` unless admin.
pub async fn retry_dead_letter(app: &App, who: &Identity, id: DeliveryId) -> Result<()> {
    who.may(Action::RetryDeadLetter)?;
    let found = app.records.delivery(&who.scope(), id).await?;
    let (delivery, _) = found.ok_or(Error::NotFound("dead letter"))?;
    let job = app.new_job(delivery.company_id, Task::Deliver { delivery_id: id });
    let there = app.records.requeue_delivery(&who.scope(), id, &job).await?;
    app.job_queued();
    there.then_some(()).ok_or(Error::NotFound("dead letter"))
}

/// Tells a company's people of something.
pub(super) async fn tell(app: &App, company: CompanyId, occasion: &Occasion) -> Result<()> {
    let scope = TenantScope::of(company);
    let recipients = app.records.recipients(&scope, company).await?;
    let notice = notice(app, &recipients, occasion);
    let new = app.records.insert_notice(&scope, &notice).await?;
    announce(app, &notice, &new);
    Ok(())
}

/// Tells the people who run the installation that it needs attention.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn alert(app: &App, alert: Alert) -> Result<()> {
    let scope = TenantScope::everywhere();
    let mut recipients = app.records.operators(&scope).await?;
    for recipient in &mut recipients {
        let fallback = || app.policy.admin_email.clone();
        recipient.email = recipient.email.take().or_else(fallback);
    }
    // The same alert is told once an hour at most, whichever process notices it.
    let since = app.now().duration_trunc(TimeDelta::hours(1)).unwrap_or_else(|_| app.now());
    let notice = notice(app, &recipients, &Occasion::Alert { alert, since });
    let new = app.records.insert_notice(&scope, &notice).await?;
    announce(app, &notice, &new);
    Ok(())
}

/// Switches off what has expired and warns of what soon will, everywhere. Doing it again does nothing.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn pass_days(app: &App) -> Result<()> {
    let everywhere = &TenantScope::everywhere();
    let companies =
        |page: Page| async move { app.records.companies(everywhere, &page.into()).await };
    let mut companies = pin!(pages(companies));
    while let Some(page) = companies.try_next().await? {
        for company in &page {
            let today = company.day(app.now());
            let until = today.checked_add_days(Days::new(WARNING_DAYS)).unwrap_or(today);
            let scope = TenantScope::of(company.id);
            for content in app.records.expiring_contents(&scope, company.id, until).await? {
                pass_days_of(app, &scope, &content, content.is_expired(today)).await?;
            }
        }
    }
    Ok(())
}

async fn pass_days_of(
    app: &App,
    scope: &TenantScope,
    content: &ArContent,
    is_over: bool,
) -> Result<()> {
    let Some(last_day) = content.expiry_date else { return Ok(()) };
    let (content_id, title) = (content.id, content.title.to_string());
    let (step, occasion) = match is_over {
        true => {
            (ExpiryStep::SwitchOff(last_day), Occasion::Expired { content_id, title, last_day })
        }
        false => (ExpiryStep::Warn(last_day), Occasion::Expiring { content_id, title, last_day }),
    };
    let recipients = app.records.recipients(scope, content.company_id).await?;
    let notice = notice(app, &recipients, &occasion);
    let new = app.records.take_expiry_step(scope, content_id, step, &notice, app.now()).await?;
    if is_over {
        app.content_changed(content_id);
    }
    announce(app, &notice, &new);
    Ok(())
}

/// Puts an occasion into the words of everybody who is to be told, on the channels they can be reached by.
fn notice(app: &App, recipients: &[Recipient], occasion: &Occasion) -> Notice {
    let now = app.now();
    let mut notice = Notice::default();
    for recipient in recipients {
        let preferences = &recipient.preferences;
        let (title, message) = occasion.in_words(preferences.language);
        let notification = Notification {
            id: NotificationId(app.clock.uuid()),
            company_id: recipient.company_id,
            user_id: recipient.user_id,
            kind: occasion.kind(),
            content_id: occasion.content_id(),
            key: occasion.key(),
            title,
            message,
            is_read: false,
            created_at: now,
        };
        let email = recipient.email.clone().filter(|_| preferences.by_email);
        let ways =
            [(Channel::Email, email), (Channel::Telegram, preferences.telegram_chat_id.clone())];
        for (channel, address) in ways {
            let Some(address) = address.filter(|_| app.courier.serves(channel)) else { continue };
            let delivery = Delivery {
                id: DeliveryId(app.clock.uuid()),
                company_id: recipient.company_id,
                notification_id: notification.id,
                channel,
                recipient: address,
                language: preferences.language,
                state: DeliveryState::Queued,
                last_error: None,
                created_at: now,
                settled_at: None,
            };
            let job = NewJob {
                id: JobId(app.clock.uuid()),
                company_id: recipient.company_id,
                task: Task::Deliver { delivery_id: delivery.id },
                run_at: now,
            };
            notice.deliveries.push((delivery, job));
        }
        notice.notifications.push(notification);
    }
    notice
}

fn announce(app: &App, notice: &Notice, new: &[NotificationId]) {
    for notification in notice.notifications.iter().filter(|n| new.contains(&n.id)) {
        app.events.publish(Event::Notified {
            company_id: notification.company_id,
            user_id: notification.user_id,
            notification_id: notification.id,
            title: notification.title.clone(),
        });
    }
    if !new.is_empty() {
        app.job_queued();
    }
}

/// Brings a delivery out. One that was sent before is not sent again.
pub(super) async fn deliver(app: &App, scope: &TenantScope, id: DeliveryId) -> Result<()> {
    let Some((delivery, notification)) = app.records.delivery(scope, id).await? else {
        return Ok(());
    };
    if delivery.state != DeliveryState::Queued {
        return Ok(());
    }
    let outgoing = OutgoingMessage {
        id: id.0,
        kind: MessageKind::Notification,
        channel: delivery.channel,
        recipient: delivery.recipient,
        language: delivery.language,
        title: notification.title,
        message: notification.message,
        link: format!("{}/admin", app.policy.base_url),
    };
    app.courier.send(&outgoing).await?;
    app.records.settle_delivery(scope, id, DeliveryState::Sent, None, app.now()).await.map(drop)
}

/// Records that a delivery has been given up.
pub(super) async fn give_up(
    app: &App,
    scope: &TenantScope,
    id: DeliveryId,
    reason: &str,
) -> Result<()> {
    let dead = DeliveryState::Dead;
    app.records.settle_delivery(scope, id, dead, Some(reason), app.now()).await.map(drop)
}
