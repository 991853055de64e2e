//! Events among processes on one PostgreSQL, by LISTEN and NOTIFY.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt, stream::BoxStream};
use serde::{Deserialize, Serialize};
use sqlx::{PgPool, postgres::PgListener};
use tokio::sync::{broadcast, mpsc};
use uuid::Uuid;
use vertex_core::{
    Result,
    error::with_causes,
    ports::{Event, Events},
};

use crate::records::Database;

const CHANNEL: &str = "vertex_events";
/// PostgreSQL takes payloads of less than 8,000 bytes.
const LONGEST: usize = 7_900;
/// How long to wait before a connection that failed is made again.
const RETRY: Duration = Duration::from_secs(1);

/// Events that reach every process on the same database. Subscribers of this process hear its own at once.
#[derive(Debug)]
pub struct PostgresEvents {
    local: broadcast::Sender<Event>,
    outgoing: mpsc::UnboundedSender<Event>,
}

/// An event on the wire, with the process it comes from.
#[derive(Serialize, Deserialize)]
struct Parcel {
    from: Uuid,
    event: Event,
}

impl PostgresEvents {
    /// Begins to listen and to tell; `None` on a database that cannot. `process` names this process.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn start(database: &Database, process: Uuid) -> Result<Option<Self>> {
        let Some(pool) = database.postgres() else { return Ok(None) };
        let local = broadcast::channel(1024).0;
        let (outgoing, to_tell) = mpsc::unbounded_channel();
        let listener = listen(pool).await.map_err(|error| {
            vertex_core::Error::unavailable("the database's notifications", error)
        })?;
        tokio::spawn(hear(listener, pool.clone(), process, local.clone()));
        tokio::spawn(tell(to_tell, pool.clone(), process));
        Ok(Some(Self { local, outgoing }))
    }
}

impl Events for PostgresEvents {
    fn publish(&self, event: Event) {
        // Nobody listening is fine: an event is only news.
        let _ = self.local.send(event.clone());
        let _ = self.outgoing.send(event);
    }

    fn subscribe(&self) -> BoxStream<'static, Event> {
        subscription(self.local.subscribe())
    }
}

/// What a receiver hears. Who was too slow is told that news were lost.
pub fn subscription(receiver: broadcast::Receiver<Event>) -> BoxStream<'static, Event> {
    let next = |mut receiver: broadcast::Receiver<Event>| async move {
        match receiver.recv().await {
            Ok(event) => Some((event, receiver)),
            Err(broadcast::error::RecvError::Lagged(missed)) => {
                tracing::warn!(missed, "a subscriber was too slow for the events");
                Some((Event::NewsLost, receiver))
            }
            Err(broadcast::error::RecvError::Closed) => None,
        }
    };
    futures::stream::unfold(receiver, next).boxed()
}

async fn listen(pool: &PgPool) -> Result<PgListener, sqlx::Error> {
    // A connection of its own: the pool's are for statements.
    let options = Arc::unwrap_or_clone(pool.connect_options());
    let own = sqlx::postgres::PgPoolOptions::new().max_connections(1).connect_with(options).await?;
    let mut listener = PgListener::connect_with(&own).await?;
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

async fn hear(
    mut listener: PgListener,
    pool: PgPool,
    process: Uuid,
    local: broadcast::Sender<Event>,
) {
    while !pool.is_closed() {
        match listener.try_recv().await {
            Ok(Some(notification)) => {
                match serde_json::from_str::<Parcel>(notification.payload()) {
                    Ok(parcel) if parcel.from == process => {}
                    Ok(parcel) => {
                        let _ = local.send(parcel.event);
                    }
                    // A process of another version, or one whose event was too long.
                    Err(_) => {
                        let _ = local.send(Event::NewsLost);
                    }
                }
            }
            // The connection was lost and made again.
            Ok(None) => {
                let _ = local.send(Event::NewsLost);
            }
            Err(error) => {
                tracing::warn!(
                    error = with_causes(&error),
                    "the database's notifications are not heard"
                );
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}

async fn tell(mut events: mpsc::UnboundedReceiver<Event>, pool: PgPool, process: Uuid) {
    let mut was_lost = false;
    while let Some(event) = events.recv().await {
        let payload = serde_json::to_string(&Parcel { from: process, event }).unwrap_or_default();
        // Others take an empty one for news that were lost.
        let is_lost = was_lost || payload.len() > LONGEST;
        let payload = if is_lost { String::new() } else { payload };
        let told = sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(payload);
        let told = told.execute(&pool).await;
        was_lost = told.is_err();
        if let Err(error) = told {
            tracing::warn!(error = with_causes(&error), "other processes were not told");
        }
    }
}
