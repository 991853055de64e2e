use futures::{StreamExt, stream::BoxStream};
use tokio::sync::broadcast;
use vertex_core::ports::{Event, Events};

/// Events among the parts of one process.
#[derive(Debug)]
pub struct InProcessEvents {
    sender: broadcast::Sender<Event>,
}

impl Default for InProcessEvents {
    fn default() -> Self {
        Self { sender: broadcast::channel(1024).0 }
    }
}

impl Events for InProcessEvents {
    fn publish(&self, event: Event) {
        // Nobody listening is fine: an event is only news.
        let _ = self.sender.send(event);
    }

    fn subscribe(&self) -> BoxStream<'static, Event> {
        let receiver = self.sender.subscribe();
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
}
