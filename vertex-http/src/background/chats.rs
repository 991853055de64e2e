//! Reading what is written to the bot while somebody may connect a chat.

use std::time::Duration;

use futures::StreamExt;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use vertex_core::{
    error::with_causes,
    ports::Event,
    usecases::{App, chats::read_while_codes_hold},
};

/// How long the messenger is left alone after a failure.
const PAUSE: Duration = Duration::from_secs(5);

/// Reads until `stop`. Several processes may: the messenger answers one of them at a time.
pub async fn run(app: App, stop: CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = read(&app) => {}
    }
}

async fn read(app: &App) {
    let issued = |event: &Event| matches!(event, Event::ChatCodeIssued | Event::NewsLost);
    let mut news = app.events.subscribe().filter(|event| std::future::ready(issued(event)));
    loop {
        if let Err(error) = read_while_codes_hold(app).await {
            tracing::warn!(
                error = with_causes(&error),
                "could not read what is written to the bot"
            );
            sleep(PAUSE).await;
        } else if news.next().await.is_none() {
            return;
        }
    }
}
