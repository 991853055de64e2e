use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Client, RequestBuilder, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::json;
use vertex_core::{
    Error, Result,
    ports::{ChatBot, ChatText, ChatUpdates, OutgoingMessage},
};

use super::words;
use crate::foreign;

/// How long Telegram may take for one call.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long it waits for the first update.
const POLL: Duration = Duration::from_secs(10);
/// Updates in one answer.
const UPDATES: u32 = 50;
/// The longest answer: fifty updates, each with a text of 4096 characters and what belongs to it.
const MOST_ANSWER: usize = 2 << 20;

/// Which bot speaks.
#[derive(Clone, Debug)]
pub struct TelegramSettings {
    /// `TELEGRAM_BOT_TOKEN`.
    pub token: SecretString,
    /// `VERTEX_TELEGRAM_API`: where the Bot API is.
    pub api: String,
}

/// Sends messages by a bot of Telegram, and reads what is written to it.
pub struct TelegramBot {
    client: Client,
    settings: TelegramSettings,
}

/// What the [Bot API](https://core.telegram.org/bots/api#making-requests) answers.
#[derive(Debug, Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
struct Reply<T> {
    #[serde(default = "Option::default")]
    result: Option<T>,
    #[serde(default)]
    description: String,
}

#[derive(Debug, Deserialize)]
struct Bot {
    username: String,
}

/// Something that happened in a chat; only texts are looked at.
#[derive(Debug, Deserialize)]
struct Update {
    update_id: i64,
    #[serde(alias = "channel_post")]
    message: Option<Message>,
}

#[derive(Debug, Deserialize)]
struct Message {
    chat: Chat,
    text: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Chat {
    id: i64,
}

impl Update {
    fn into_text(self) -> Option<ChatText> {
        let Message { chat, text } = self.message?;
        Some(ChatText { chat_id: chat.id, text: text? })
    }
}

impl TelegramBot {
    /// A bot; Telegram is asked when there is something to send.
    ///
    /// # Errors
    /// `Internal` when TLS cannot be set up.
    pub fn new(settings: TelegramSettings) -> Result<Self> {
        let client = Client::builder().timeout(PATIENCE).build();
        let client = client.map_err(|error| Error::internal("setting Telegram up", error))?;
        Ok(Self { client, settings })
    }

    fn call(&self, method: &str) -> RequestBuilder {
        let TelegramSettings { token, api } = &self.settings;
        self.client.post(format!("{api}/bot{}/{method}", token.expose_secret()))
    }

    /// What a call gives.
    ///
    /// # Errors
    /// `Unavailable` when Telegram refuses or does not answer.
    async fn result<T: DeserializeOwned>(&self, call: RequestBuilder) -> Result<T> {
        let answer = call.send().await.map_err(unavailable)?;
        let status = answer.status();
        let Reply { result, description } = foreign::json("Telegram", answer, MOST_ANSWER).await?;
        result.ok_or_else(|| Error::unavailable("Telegram", format!("{status}: {description}")))
    }

    /// Sends a message.
    ///
    /// # Errors
    /// `Unavailable` when Telegram may take it later, `Invalid` when this chat takes no messages of ours.
    pub async fn send(&self, outgoing: &OutgoingMessage) -> Result<()> {
        let OutgoingMessage { title, message, link, .. } = outgoing;
        let open = words(outgoing.language, outgoing.kind).open;
        let call = self.call("sendMessage").json(&json!({
            "chat_id": outgoing.recipient,
            "text": format!("{title}\n\n{message}\n\n{open}: {link}"),
            "link_preview_options": {"is_disabled": true},
        }));
        let answer = call.send().await.map_err(unavailable)?;
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        let why = match foreign::json::<Reply<()>>("Telegram", answer, MOST_ANSWER).await {
            Ok(reply) => format!("{status}: {}", reply.description),
            Err(_) => status.to_string(),
        };
        match status {
            StatusCode::BAD_REQUEST | StatusCode::FORBIDDEN => {
                Err(Error::field("recipient", format!("Telegram refuses the message: {why}")))
            }
            _ => Err(Error::unavailable("Telegram", why)),
        }
    }
}

#[async_trait]
impl ChatBot for TelegramBot {
    async fn name(&self) -> Result<String> {
        let Bot { username } = self.result(self.call("getMe")).await?;
        let is_name = username.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let odd = || Error::unavailable("Telegram", "the bot has an odd name");
        is_name.then_some(username).ok_or_else(odd)
    }

    async fn updates(&self, after: Option<i64>) -> Result<ChatUpdates> {
        let call = self.call("getUpdates").json(&json!({
            "offset": after.map(|last| last.saturating_add(1)),
            "limit": UPDATES,
            "timeout": POLL.as_secs(),
            "allowed_updates": ["message", "channel_post"],
        }));
        let updates: Vec<Update> = self.result(call).await?;
        let last = updates.iter().map(|update| update.update_id).max();
        Ok(ChatUpdates { texts: updates.into_iter().filter_map(Update::into_text).collect(), last })
    }
}

fn unavailable(error: reqwest::Error) -> Error {
    foreign::unavailable("Telegram", error)
}
