//! `/api/ws`: what happens, as it happens, to whom it concerns.

use std::{mem, sync::Arc, time::Duration};

use futures::{SinkExt, StreamExt};
use poem::{
    FromRequest, IntoResponse, Request, Response, handler,
    web::{
        Data,
        websocket::{CloseCode, Message, WebSocket, WebSocketConfig, WebSocketStream},
    },
};
use serde_json::{Value, json};
use tokio::time::{MissedTickBehavior, interval, timeout};
use vertex_core::{
    Error,
    identity::Identity,
    ports::Event,
    usecases::{App, auth::authenticate},
    user::User,
};

use super::facts::Facts;
use crate::{
    adapters::rate_limits::{Holder, Share, Shares},
    api::{Problem, caller, cookies::refuse_foreign_page},
};

/// How often it is looked at least whether the other side is there and still signed in.
pub const HEARTBEAT: Duration = Duration::from_secs(30);
/// Bytes the other side may send at once.
const LARGEST: usize = 4096;
/// Bytes that are kept ready for what is read and written.
const BUFFER: usize = 4096;
/// How long the other side may take for one message.
const PATIENCE: Duration = Duration::from_secs(10);

/// Those who listen: users, in all and each, and companies.
#[derive(Clone, Debug)]
pub struct Listeners {
    /// By user.
    pub users: Arc<Shares<Holder>>,
    /// By company.
    pub companies: Arc<Shares<Holder>>,
    /// How often it is looked whether they are there.
    pub heartbeat: Duration,
}

impl Listeners {
    fn take(&self, who: &User) -> Result<[Share<Holder>; 2], Problem> {
        let scarce = |scarce| Problem::scarce(scarce, "open WebSockets");
        Ok([
            self.users.try_take(Holder::User(who.id), 1).map_err(scarce)?,
            self.companies.try_take(Holder::Company(who.company_id), 1).map_err(scarce)?,
        ])
    }
}

/// Begins to tell a signed-in user. Browsers, which cannot send a header here, come with their cookie or
/// with `?token=`.
#[handler]
pub async fn live(request: &Request, app: Data<&App>, listeners: Data<&Listeners>) -> Response {
    match begin(request, &app, &listeners).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn begin(request: &Request, app: &App, listeners: &Listeners) -> Result<Response, Problem> {
    let facts = Facts::of(request);
    facts.note_private();
    let token = match query_token(request) {
        Some(token) => token,
        None => {
            let token = caller::access_token(request, app)
                .ok_or(Error::Unauthenticated("sign in first"))?;
            // A page of another site must not listen with a cookie that it cannot see.
            if !caller::has_bearer(request) {
                refuse_foreign_page(request, app)?;
            }
            token
        }
    };
    let who = authenticate(app, &token, None).await?;
    facts.note_caller(&who.user);
    let socket = WebSocket::from_request_without_body(request)
        .await
        .map_err(|_| Error::field("upgrade", "this address speaks WebSocket only"))?;
    // Nothing is asked of the other side.
    let small = WebSocketConfig::default()
        .read_buffer_size(BUFFER)
        .write_buffer_size(BUFFER)
        .max_message_size(Some(LARGEST))
        .max_frame_size(Some(LARGEST));
    let socket = socket.config(small);
    let shares = listeners.take(&who.user)?;
    let (app, heartbeat) = (app.clone(), listeners.heartbeat);
    let tell = async move |stream| {
        tell(app, who, token, heartbeat, stream).await;
        drop(shares);
    };
    Ok(socket.on_upgrade(tell).into_response())
}

fn query_token(request: &Request) -> Option<String> {
    let query = request.uri().query()?;
    let token = query.split('&').find_map(|pair| pair.strip_prefix("token="))?;
    Some(token.to_owned())
}

async fn tell(
    app: App,
    who: Identity,
    token: String,
    heartbeat: Duration,
    stream: WebSocketStream,
) {
    let mut news = app.events.subscribe();
    let (mut out, mut incoming) = stream.split();
    let mut heartbeat = interval(heartbeat);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut is_heard = true;
    loop {
        let message = tokio::select! {
            event = news.next() => match event.and_then(|event| message(&who, event)) {
                Some(message) => Message::text(message.to_string()),
                None => continue,
            },
            // Nothing is asked of the other side, but its leaving is noticed here.
            received = incoming.next() => match received {
                Some(Ok(message)) if !message.is_close() => {
                    is_heard = true;
                    continue;
                }
                _ => return,
            },
            // Whoever is there answers a ping before the next one.
            _ = heartbeat.tick() => match authenticate(&app, &token, None).await {
                Ok(_) if !mem::take(&mut is_heard) => return,
                Ok(_) => Message::ping(Vec::new()),
                Err(_) => Message::close_with(CloseCode::Policy, "sign in again"),
            },
        };
        let is_last = message.is_close();
        let sent = timeout(PATIENCE, out.send(message)).await;
        if is_last || !matches!(sent, Ok(Ok(()))) {
            return;
        }
    }
}

/// An event in the words of the listener, if it concerns them.
fn message(who: &Identity, event: Event) -> Option<Value> {
    let scope = who.scope();
    match event {
        Event::MarkerReady { company_id, content_id } if scope.allows(company_id) => Some(
            json!({"type": "marker_ready", "company_id": company_id, "content_id": content_id}),
        ),
        Event::MarkerMeasured { company_id, content_id } if scope.allows(company_id) => Some(
            json!({"type": "marker_measured", "company_id": company_id, "content_id": content_id}),
        ),
        Event::MarkerFailed { company_id, content_id, reason } if scope.allows(company_id) => {
            Some(json!({
                "type": "marker_failed", "company_id": company_id, "content_id": content_id,
                "reason": reason,
            }))
        }
        Event::Notified { user_id, notification_id, title, .. } if user_id == who.user.id => Some(
            json!({"type": "notification", "notification_id": notification_id, "title": title}),
        ),
        Event::NewsLost => Some(json!({"type": "news_lost"})),
        _ => None,
    }
}
