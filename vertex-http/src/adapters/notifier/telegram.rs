use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::time::sleep;
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
/// How long somebody else who reads is left alone.
const ELSEWHERE: Duration = Duration::from_secs(5);
/// Updates in one answer.
const UPDATES: u32 = 10;
/// The longest answer: ten updates with two texts of 4096 characters each, escaped, and what belongs to them.
const MOST_ANSWER: usize = 4 << 20;

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
    /// What of an update is needed here; one that is not understood has no text.
    fn read(update: Value) -> Option<Self> {
        let update_id = update["update_id"].as_i64()?;
        let message = serde_json::from_value(update).ok().and_then(|read: Self| read.message);
        Some(Self { update_id, message })
    }

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
        reply(call.send().await.map_err(unavailable)?).await
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
            "offset": after.map(next),
            "limit": UPDATES,
            "timeout": POLL.as_secs(),
            "allowed_updates": ["message", "channel_post"],
        }));
        let answer = call.send().await.map_err(unavailable)?;
        let is_read_elsewhere = answer.status() == StatusCode::CONFLICT;
        match reply::<Vec<Value>>(answer).await {
            Err(error) if is_read_elsewhere => {
                tracing::info!(%error, "somebody else reads what is written to the bot");
                sleep(ELSEWHERE).await;
                Ok(ChatUpdates::default())
            }
            updates => {
                let updates: Vec<_> = updates?.into_iter().filter_map(Update::read).collect();
                let last = updates.iter().map(|update| update.update_id).max();
                let texts = updates.into_iter().filter_map(Update::into_text).collect();
                Ok(ChatUpdates { texts, last })
            }
        }
    }

    async fn confirm(&self, last: i64) -> Result<()> {
        let call = self.call("getUpdates").json(&json!({"offset": next(last), "limit": 1}));
        self.result::<Vec<Value>>(call).await.map(drop)
    }
}

/// The offset that confirms this update.
fn next(last: i64) -> i64 {
    last.saturating_add(1)
}

/// What an answer gives.
async fn reply<T: DeserializeOwned>(answer: Response) -> Result<T> {
    let status = answer.status();
    let Reply { result, description } = foreign::json("Telegram", answer, MOST_ANSWER).await?;
    result.ok_or_else(|| Error::unavailable("Telegram", format!("{status}: {description}")))
}

fn unavailable(error: reqwest::Error) -> Error {
    foreign::unavailable("Telegram", error)
}
