//! Connecting the chats that notifications go to.

use chrono::{DateTime, Utc};

use super::App;
use crate::{
    domain::{
        chat_code::{CHAT_CODE_TTL, ChatCode, code, digest, read_start, welcome},
        error::{Error, Result, with_causes},
        identity::Identity,
        notification::Channel,
        tenant::{Actor, TenantScope},
    },
    ports::{ChatText, Event, MessageKind, OutgoingMessage},
};

/// How somebody connects a chat.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatOffer {
    /// What is to be sent to the bot, once.
    pub code: String,
    /// What sends it from a chat with the bot.
    pub link: String,
    /// When the code ends.
    pub expires_at: DateTime<Utc>,
}

/// Gives the caller a code that connects the chat it is sent from. The one before holds no longer.
///
/// # Errors
/// `Conflict` where there is no bot, `Unavailable` when its messenger does not answer.
pub async fn offer(app: &App, who: &Identity) -> Result<ChatOffer> {
    let bot = app.chat_bot.as_ref().ok_or_else(|| {
        Error::Conflict("there is no bot here: ask the operator for TELEGRAM_BOT_TOKEN".to_owned())
    })?;
    let name = bot.name().await?;
    let random: [u8; 16] = app.clock.random();
    let code = code(random);
    let now = app.now();
    let kept = ChatCode { digest: digest(&app.mac, &code), user_id: who.user.id, created_at: now };
    app.records.put_chat_code(&who.scope(), &kept).await?;
    app.events.publish(Event::ChatCodeIssued);
    let link = format!("https://t.me/{name}?start={code}");
    Ok(ChatOffer { code, link, expires_at: now + CHAT_CODE_TTL })
}

/// Reads what is written to the bot as long as there are codes that somebody may send.
///
/// # Errors
/// `Unavailable` when the messenger does not answer.
pub async fn read_while_codes_hold(app: &App) -> Result<()> {
    let Some(bot) = &app.chat_bot else { return Ok(()) };
    let mut last = None;
    while app.records.has_chat_codes(app.now() - CHAT_CODE_TTL).await? {
        let updates = bot.updates(last).await?;
        for text in &updates.texts {
            connect(app, text).await?;
        }
        last = updates.last.or(last);
    }
    match last {
        Some(last) => bot.confirm(last).await,
        None => Ok(()),
    }
}

/// Connects the chat that a text came from, if it brings a code that holds.
async fn connect(app: &App, ChatText { chat_id, text }: &ChatText) -> Result<()> {
    let Some(code) = read_start(text) else { return Ok(()) };
    let now = app.now();
    let found = app.records.chat_code(digest(&app.mac, code)).await?;
    let held = found.filter(|(code, user)| code.is_open(now) && user.is_active);
    let Some((code, user)) = held else { return Ok(()) };
    let actor = Actor { user: user.id, address: None, at: now };
    let scope = TenantScope::of(user.company_id).by(actor);
    if !app.records.connect_chat(&scope, &code, *chat_id).await? {
        return Ok(());
    }
    let language = app.records.preferences(&scope, user.id).await?.language;
    let (title, message) = welcome(&user.username, language);
    let answer = OutgoingMessage {
        id: app.clock.uuid(),
        kind: MessageKind::ChatConnected,
        channel: Channel::Telegram,
        recipient: chat_id.to_string(),
        language,
        title,
        message,
        link: app.absolute("/admin/profile"),
    };
    if let Err(error) = app.courier.send(&answer).await {
        let error = with_causes(&error);
        tracing::warn!(error, "a chat was connected that takes no messages");
    }
    Ok(())
}
