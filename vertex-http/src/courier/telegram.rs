use std::time::Duration;

use reqwest::{Client, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;
use vertex_core::{Error, Result, ports::Letter};

use super::words;

/// How long Telegram may take for one message.
const PATIENCE: Duration = Duration::from_secs(20);

/// Which bot speaks.
#[derive(Clone, Debug)]
pub struct TelegramSettings {
    /// `TELEGRAM_BOT_TOKEN`.
    pub token: SecretString,
    /// `VERTEX_TELEGRAM_API`: where the Bot API is.
    pub api: String,
}

/// Sends messages by a bot of Telegram.
pub struct TelegramBot {
    client: Client,
    settings: TelegramSettings,
}

/// What the Bot API says when it does not do something.
#[derive(Debug, Default, Deserialize)]
struct Refusal {
    #[serde(default)]
    description: String,
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

    /// Sends a message.
    ///
    /// # Errors
    /// `Unavailable` when Telegram may take it later, `Invalid` when this chat takes no messages of ours.
    pub async fn send(&self, letter: &Letter) -> Result<()> {
        let TelegramSettings { token, api } = &self.settings;
        let token = token.expose_secret();
        let Letter { title, message, link, .. } = letter;
        let text =
            format!("{title}\n\n{message}\n\n{}: {link}", words(letter.language, letter.kind).open);
        // The address carries the bot's secret: it may not show in an error.
        let unavailable =
            |error: reqwest::Error| Error::unavailable("Telegram", error.without_url());
        let answer = self
            .client
            .post(format!("{api}/bot{token}/sendMessage"))
            .json(&json!({
                "chat_id": letter.recipient,
                "text": text,
                "link_preview_options": {"is_disabled": true},
            }))
            .send()
            .await
            .map_err(unavailable)?;
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        let refusal: Refusal = answer.json().await.unwrap_or_default();
        let why = format!("{status}: {}", refusal.description);
        match status {
            StatusCode::BAD_REQUEST | StatusCode::FORBIDDEN => {
                Err(Error::field("recipient", format!("Telegram refuses the message: {why}")))
            }
            _ => Err(Error::unavailable("Telegram", why)),
        }
    }
}
