use futures::stream::BoxStream;
use tokio::sync::broadcast;
use vertex_core::ports::{Event, Events};
use vertex_storage::subscription;

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
        subscription(self.sender.subscribe())
    }
}
