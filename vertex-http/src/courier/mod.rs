//! Bringing notifications out over the network.

mod mail;
mod telegram;

use async_trait::async_trait;
use vertex_core::{
    Error, Result,
    notification::{Channel, Language},
    ports::{Courier, Letter, LetterKind},
};

pub use self::{
    mail::{MailSecurity, MailSettings, Mailer},
    telegram::{TelegramBot, TelegramSettings},
};

/// The channels that the operator has set up.
#[derive(Default)]
pub struct NetworkCourier {
    /// Letters, where there is a mail server.
    pub mailer: Option<Mailer>,
    /// Messages, where there is a bot.
    pub telegram: Option<TelegramBot>,
}

#[async_trait]
impl Courier for NetworkCourier {
    fn serves(&self, channel: Channel) -> bool {
        match channel {
            Channel::Email => self.mailer.is_some(),
            Channel::Telegram => self.telegram.is_some(),
        }
    }

    async fn send(&self, letter: &Letter) -> Result<()> {
        match (letter.channel, &self.mailer, &self.telegram) {
            (Channel::Email, Some(mailer), _) => mailer.send(letter).await,
            (Channel::Telegram, _, Some(bot)) => bot.send(letter).await,
            (channel, ..) => {
                let what = format!("{} is not set up", channel.as_str());
                Err(Error::unavailable("the way of this message", what))
            }
        }
    }
}

/// What a channel itself says around a letter.
struct Words {
    open: &'static str,
    why: &'static str,
}

fn words(language: Language, kind: LetterKind) -> Words {
    match (language, kind) {
        (Language::English, LetterKind::Notification) => Words {
            open: "Open Vertex AR",
            why: "You get this message because you work with Vertex AR. Your notification settings change that.",
        },
        (Language::Russian, LetterKind::Notification) => Words {
            open: "Открыть Vertex AR",
            why: "Вы получили это сообщение, потому что работаете с Vertex AR. \
                  Изменить это можно в настройках уведомлений.",
        },
        (Language::English, LetterKind::EmailConfirmation) => Words {
            open: "Confirm this address",
            why: "You get this letter because somebody typed this address at Vertex AR.",
        },
        (Language::Russian, LetterKind::EmailConfirmation) => Words {
            open: "Подтвердить адрес",
            why: "Вы получили это письмо, потому что кто-то указал этот адрес в Vertex AR.",
        },
    }
}
