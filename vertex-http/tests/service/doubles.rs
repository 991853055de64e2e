//! A mail server and a Telegram on loopback, which fail as long as they are told to.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use poem::{
    EndpointExt, Response, Route, Server, handler,
    http::StatusCode,
    listener::{Acceptor, Listener, TcpListener},
    post,
    web::{Data, Json},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    sync::watch,
    time::timeout,
};

use crate::harness::PATIENCE;

/// Takes what is sent to it while it works.
#[derive(Clone, Default)]
pub struct Double {
    works: Arc<AtomicBool>,
    /// How often it was tried and failed.
    pub failures: Arc<AtomicUsize>,
    taken: Arc<watch::Sender<Vec<String>>>,
    updates: Arc<watch::Sender<Vec<Value>>>,
}

impl Double {
    pub fn works(&self, works: bool) {
        self.works.store(works, Ordering::SeqCst);
    }

    pub fn taken(&self) -> Vec<String> {
        self.taken.borrow().clone()
    }

    /// The same once `done` holds of it.
    pub async fn taken_when(&self, done: impl Fn(&[String]) -> bool) -> Vec<String> {
        let mut taken = self.taken.subscribe();
        let waited = timeout(PATIENCE, taken.wait_for(|messages| done(messages))).await;
        let messages = waited.map(|messages| messages.unwrap().clone());
        messages.unwrap_or_else(|_| panic!("they never came: {:#?}", self.taken()))
    }

    /// Writes a text to the bot, as a message or in a channel.
    pub fn write(&self, kind: &str, chat_id: i64, text: &str) {
        self.updates.send_modify(|updates| {
            let update_id = 700 + updates.len();
            let message = json!({"message_id": 1, "chat": {"id": chat_id}, "text": text});
            updates.push(json!({"update_id": update_id, kind: message}));
        });
    }

    /// Something of which nothing is known happens to the bot.
    pub fn puzzle(&self) {
        self.updates.send_modify(|updates| {
            let update_id = 700 + updates.len();
            updates.push(json!({"update_id": update_id, "message": {"chat": "?", "text": 7}}));
        });
    }

    /// A number for each failure, so that it fails in every way there is; `None` when it works.
    fn failure(&self) -> Option<usize> {
        (!self.works.load(Ordering::SeqCst)).then(|| self.failures.fetch_add(1, Ordering::SeqCst))
    }

    fn take(&self, message: String) {
        self.taken.send_modify(|taken| taken.push(message));
    }
}

/// A mail server; gives its port.
pub async fn mail_server(double: Double) -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A client that goes away in the middle is no matter.
            tokio::spawn(converse(stream, double.clone()));
        }
    });
    port
}

async fn converse(stream: TcpStream, double: Double) -> std::io::Result<()> {
    let (input, mut output) = stream.into_split();
    let mut lines = BufReader::new(input).lines();
    let failure = double.failure().map(|number| number % 4);
    match failure {
        Some(0) => return Ok(()),
        Some(1) => return output.write_all(b"421 busy\r\n").await,
        _ => output.write_all(b"220 double\r\n").await?,
    }
    while let Some(line) = lines.next_line().await? {
        let command = line.to_ascii_uppercase();
        let answer = match command.get(..4).unwrap_or_default() {
            "EHLO" | "HELO" => "250 double",
            "RCPT" if command.contains("NOBODY@") => "550 no such mailbox",
            "RCPT" if failure == Some(2) => "450 mailbox busy",
            "DATA" => {
                output.write_all(b"354 go on\r\n").await?;
                let mut message = String::new();
                while let Some(line) = lines.next_line().await? {
                    if line == "." {
                        break;
                    }
                    message += &line;
                    message.push('\n');
                }
                if failure.is_some() {
                    "451 no space"
                } else {
                    double.take(message);
                    "250 taken"
                }
            }
            "QUIT" => return output.write_all(b"221 bye\r\n").await,
            _ => "250 fine",
        };
        output.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}

/// A Telegram; gives the address of its Bot API. Updates are what [`Double::write`] wrote.
pub async fn telegram(double: Double) -> String {
    let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.unwrap();
    let address = acceptor.local_addr()[0].as_socket_addr().copied().unwrap();
    let service = Route::new()
        .at("/:bot/sendMessage", post(send_message))
        .at("/:bot/getMe", post(get_me))
        .at("/:bot/getUpdates", post(get_updates))
        .data(double);
    tokio::spawn(Server::new_with_acceptor(acceptor).run(service));
    format!("http://{address}")
}

#[handler]
fn send_message(double: Data<&Double>, message: Json<Value>) -> Response {
    let status = match double.failure().map(|number| number % 2) {
        Some(0) => StatusCode::BAD_GATEWAY,
        Some(_) => StatusCode::TOO_MANY_REQUESTS,
        None => StatusCode::OK,
    };
    if status == StatusCode::OK {
        double.take(message.0.to_string());
    }
    Response::builder().status(status).body(json!({"ok": status == StatusCode::OK}).to_string())
}

#[handler]
fn get_me() -> Json<Value> {
    Json(json!({"ok": true, "result": {"id": 123, "is_bot": true, "username": "vertex_test_bot"}}))
}

/// Waits for an update after those that are acknowledged, as Telegram does with a timeout.
#[handler]
async fn get_updates(double: Data<&Double>, request: Json<Value>) -> Json<Value> {
    let first = request.0["offset"].as_i64().unwrap_or(0);
    let mut updates = double.updates.subscribe();
    let is_after = |update: &Value| update["update_id"].as_i64().unwrap() >= first;
    let is_there = updates.wait_for(|updates: &Vec<Value>| updates.iter().any(is_after));
    let found = match timeout(Duration::from_secs(2), is_there).await {
        Ok(updates) => updates.unwrap().iter().filter(|update| is_after(update)).cloned().collect(),
        Err(_) => Vec::new(),
    };
    Json(json!({"ok": true, "result": found}))
}
