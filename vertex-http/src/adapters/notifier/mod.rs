//! Bringing notifications out over the network.

mod mail;
mod telegram;

use std::sync::Arc;

use async_trait::async_trait;
use vertex_core::{
    Error, Result,
    notification::{Channel, Language},
    ports::{Courier, MessageKind, OutgoingMessage},
};

pub use self::{
    mail::{MailSecurity, MailSettings, Mailer},
    telegram::{TelegramBot, TelegramSettings},
};

/// The channels that the operator has set up.
#[derive(Default)]
pub struct NetworkCourier {
    /// Email, where there is a mail server.
    pub mailer: Option<Mailer>,
    /// Messages, where there is a bot.
    pub telegram: Option<Arc<TelegramBot>>,
}

#[async_trait]
impl Courier for NetworkCourier {
    fn serves(&self, channel: Channel) -> bool {
        match channel {
            Channel::Email => self.mailer.is_some(),
            Channel::Telegram => self.telegram.is_some(),
        }
    }

    async fn send(&self, message: &OutgoingMessage) -> Result<()> {
        match (message.channel, &self.mailer, &self.telegram) {
            (Channel::Email, Some(mailer), _) => mailer.send(message).await,
            (Channel::Telegram, _, Some(bot)) => bot.send(message).await,
            (channel, ..) => {
                let what = format!("{} is not set up", channel.as_str());
                Err(Error::unavailable("the way of this message", what))
            }
        }
    }
}

/// What a channel itself says around a message.
struct Words {
    open: &'static str,
    why: &'static str,
}

fn words(language: Language, kind: MessageKind) -> Words {
    match (language, kind) {
        (Language::English, MessageKind::Notification) => Words {
            open: "Open Vertex AR",
            why: "You get this message because you work with Vertex AR. Your notification settings change that.",
        },
        (Language::Russian, MessageKind::Notification) => Words {
            open: "Открыть Vertex AR",
            why: "Вы получили это сообщение, потому что работаете с Vertex AR. \
                  Изменить это можно в настройках уведомлений.",
        },
        (Language::English, MessageKind::ChatConnected) => {
            Words { open: "Open the profile", why: "" }
        }
        (Language::Russian, MessageKind::ChatConnected) => {
            Words { open: "Открыть профиль", why: "" }
        }
        (Language::English, MessageKind::EmailConfirmation) => Words {
            open: "Confirm this address",
            why: "You get this email because somebody typed this address at Vertex AR.",
        },
        (Language::Russian, MessageKind::EmailConfirmation) => Words {
            open: "Подтвердить адрес",
            why: "Вы получили это письмо, потому что кто-то указал этот адрес в Vertex AR.",
        },
    }
}
