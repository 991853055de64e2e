use std::{fmt::Display, time::Duration};

use askama::Template;
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, MultiPart},
    transport::smtp::{self, authentication::Credentials},
};
use secrecy::{ExposeSecret, SecretString};
use vertex_core::{Error, Result, ports::OutgoingMessage};

use super::{Words, words};

/// How long the mail server may take for one email.
const PATIENCE: Duration = Duration::from_secs(20);

/// How the way to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailSecurity {
    /// Begins in the open and must turn to TLS.
    StartTls,
    /// TLS from the start.
    Tls,
    /// Not at all: for a server on the same machine.
    Open,
}

/// Where emails are handed over, and from whom.
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// `SMTP_HOST`.
    pub host: String,
    /// `SMTP_PORT`.
    pub port: Option<u16>,
    /// `SMTP_USERNAME` and `SMTP_PASSWORD`.
    pub credentials: Option<(String, SecretString)>,
    /// `VERTEX_SMTP_SECURITY`.
    pub security: MailSecurity,
    /// `VERTEX_MAIL_FROM`: the sender, such as `Vertex AR <ar@example.org>`.
    pub from: Mailbox,
}

/// Hands emails to a mail server.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    /// The settings that name the server.
    place: String,
}

#[derive(Template)]
#[template(path = "email.html")]
struct HtmlBody<'a> {
    language: &'static str,
    title: &'a str,
    message: &'a str,
    link: &'a str,
    words: &'a Words,
}

#[derive(Template)]
#[template(path = "email.txt", escape = "none")]
struct TextBody<'a> {
    title: &'a str,
    message: &'a str,
    link: &'a str,
    words: &'a Words,
}

impl Mailer {
    /// A mailer; the server is asked when there is something to send.
    ///
    /// # Errors
    /// `Internal` when TLS cannot be set up.
    pub fn new(settings: &MailSettings) -> Result<Self> {
        type Transport = AsyncSmtpTransport<Tokio1Executor>;
        let fault = |error| Error::internal("setting mail up", error);
        let host = &settings.host;
        let mut builder = match settings.security {
            MailSecurity::StartTls => Transport::starttls_relay(host).map_err(fault)?,
            MailSecurity::Tls => Transport::relay(host).map_err(fault)?,
            MailSecurity::Open => Transport::builder_dangerous(host),
        };
        if let Some(port) = settings.port {
            builder = builder.port(port);
        }
        if let Some((username, password)) = &settings.credentials {
            let password = password.expose_secret().to_owned();
            builder = builder.credentials(Credentials::new(username.clone(), password));
        }
        let transport = builder.timeout(Some(PATIENCE)).build();
        let port = settings.port.map(|port| format!(", SMTP_PORT={port}")).unwrap_or_default();
        let place = format!("SMTP_HOST={host}{port}");
        Ok(Self { transport, from: settings.from.clone(), place })
    }

    /// Hands an email over. The same message always has the same `Message-ID`.
    ///
    /// # Errors
    /// `Unavailable` when the server may take it later, `Invalid` when nobody has this address.
    pub async fn send(&self, outgoing: &OutgoingMessage) -> Result<()> {
        let message = self.message(outgoing)?;
        self.transport.send(message).await.map(drop).map_err(|error| self.refused(error))
    }

    /// Whether the server answers and takes our user and password.
    ///
    /// # Errors
    /// `Unavailable` when it does not.
    pub async fn check(&self) -> Result<()> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err(self.unavailable("it is not ready")),
            Err(error) => Err(self.unavailable(error)),
        }
    }

    /// A mailbox that does not exist will not tomorrow; everything else may pass, a wrong password included.
    fn refused(&self, error: smtp::Error) -> Error {
        let code = error.status().map(u16::from);
        if code.is_some_and(|code| (550..=554).contains(&code)) {
            let why = format!("the mail server refuses the email: {error}");
            return Error::field("recipient", why);
        }
        self.unavailable(error)
    }

    fn unavailable(&self, error: impl Display) -> Error {
        Error::unavailable("the mail server", format!("{}: {error}", self.place))
    }

    fn message(&self, outgoing: &OutgoingMessage) -> Result<Message> {
        let to: Address = outgoing.recipient.parse().map_err(|error| {
            Error::field("recipient", format!("{:?} takes no email: {error}", outgoing.recipient))
        })?;
        let words = words(outgoing.language, outgoing.kind);
        let OutgoingMessage { title, message, link, language, .. } = outgoing;
        let html =
            HtmlBody { language: language.as_str(), title, message, link, words: &words }.render();
        let text = TextBody { title, message, link, words: &words }.render();
        let fault = |error: askama::Error| Error::internal("writing an email", error);
        let domain = self.from.email.domain();
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(outgoing.title.as_str())
            .message_id(Some(format!("<{}@{domain}>", outgoing.id)))
            .multipart(MultiPart::alternative_plain_html(
                text.map_err(fault)?,
                html.map_err(fault)?,
            ))
            .map_err(|error| Error::internal("writing an email", error))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;
    use vertex_core::{
        notification::{Channel, Language},
        ports::MessageKind,
    };

    use super::*;

    #[tokio::test]
    async fn an_email_has_a_text_and_a_page_and_always_the_same_name() {
        let settings = MailSettings {
            host: "localhost".to_owned(),
            port: None,
            credentials: None,
            security: MailSecurity::Open,
            from: "Vertex AR <ar@example.org>".parse().unwrap(),
        };
        let mailer = Mailer::new(&settings).unwrap();
        let outgoing = OutgoingMessage {
            id: Uuid::from_u128(7),
            kind: MessageKind::Notification,
            channel: Channel::Email,
            recipient: "anna@example.org".to_owned(),
            language: Language::Russian,
            title: "A <b>bold</b> title".to_owned(),
            message: "Tom & Anna".to_owned(),
            link: "https://ar.example.org/admin".to_owned(),
        };
        let sent = String::from_utf8(mailer.message(&outgoing).unwrap().formatted()).unwrap();
        assert!(
            sent.contains("Message-ID: <00000000-0000-0000-0000-000000000007@example.org>"),
            "{sent}"
        );
        assert!(sent.contains("text/plain") && sent.contains("text/html"), "{sent}");
        let html = HtmlBody {
            language: "ru",
            title: &outgoing.title,
            message: &outgoing.message,
            link: &outgoing.link,
            words: &words(outgoing.language, outgoing.kind),
        };
        let html = html.render().unwrap();
        let (title, message, link) = (&outgoing.title, &outgoing.message, &outgoing.link);
        let text =
            TextBody { title, message, link, words: &words(outgoing.language, outgoing.kind) }
                .render()
                .unwrap();
        assert!(text.starts_with("A <b>bold</b> title\n\nTom & Anna\n"), "{text}");
        assert!(!html.contains("<b>bold") && html.contains("Открыть"), "{html}");
        let nowhere = OutgoingMessage { recipient: "nobody".to_owned(), ..outgoing };
        assert!(!mailer.message(&nowhere).unwrap_err().is_temporary());
    }
}
