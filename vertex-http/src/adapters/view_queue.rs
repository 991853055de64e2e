use std::{sync::Arc, time::Duration};

use tokio::{
    sync::mpsc::{self, error::TrySendError},
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;
use vertex_core::{
    Error, ErrorKind, Result,
    ports::{Records, ViewIntake},
    usecases::viewer,
    view_session::ViewSession,
};

/// Sessions that may wait, some 12 MB of them.
const CAPACITY: usize = 65_536;
/// Sessions that are written together.
const BATCH: usize = 2_000;
/// How long sessions are collected before they are written.
const PAUSE: Duration = Duration::from_millis(100);
/// How often a database that does not answer is asked again.
const RETRY: Duration = Duration::from_secs(1);
/// How long it is asked once the service is told to stop.
const GRACE: Duration = Duration::from_secs(30);

/// Where sessions wait to be written.
pub struct ViewQueue {
    sender: mpsc::Sender<ViewSession>,
}

impl ViewQueue {
    /// A queue, and who empties it.
    pub fn new(records: Arc<dyn Records>) -> (Self, ViewRecorder) {
        let (sender, receiver) = mpsc::channel(CAPACITY);
        (Self { sender }, ViewRecorder { receiver, records, stopped_at: None })
    }
}

impl ViewIntake for ViewQueue {
    fn submit(&self, session: ViewSession) -> Result<()> {
        self.sender.try_send(session).map_err(|error| {
            let why = match error {
                TrySendError::Full(_) => "too many reports wait",
                TrySendError::Closed(_) => "the service stops",
            };
            Error::unavailable("the intake of reports", why)
        })
    }
}

/// Writes what waits in a [`ViewQueue`].
pub struct ViewRecorder {
    receiver: mpsc::Receiver<ViewSession>,
    records: Arc<dyn Records>,
    /// When it was told to stop.
    stopped_at: Option<Instant>,
}

impl ViewRecorder {
    /// Writes until `stop`, then what still waits.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut batch = Vec::new();
        loop {
            tokio::select! {
                () = stop.cancelled(), if self.stopped_at.is_none() => {
                    self.receiver.close();
                    self.stopped_at = Some(Instant::now());
                }
                received = self.receiver.recv_many(&mut batch, BATCH) => {
                    if received == 0 {
                        return;
                    }
                    self.write(&batch, &stop).await;
                    batch.clear();
                    tokio::select! {
                        () = sleep(PAUSE) => {}
                        () = stop.cancelled() => {}
                    }
                }
            }
        }
    }

    /// Writes a batch, however often it takes. A session that the database refuses for itself alone is
    /// given up, so that it does not hold up the others.
    async fn write(&mut self, batch: &[ViewSession], stop: &CancellationToken) {
        loop {
            let Err(error) = viewer::record(self.records.as_ref(), batch).await else { return };
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "view sessions were not written"
            );
            let is_late = self.is_late(stop);
            if error.kind() == ErrorKind::Unavailable && !is_late {
                sleep(RETRY).await;
                continue;
            }
            if batch.len() > 1 && !is_late {
                let (first, second) = batch.split_at(batch.len() / 2);
                Box::pin(self.write(first, stop)).await;
                return Box::pin(self.write(second, stop)).await;
            }
            for session in batch {
                tracing::error!(?session, "a view session is lost");
            }
            return;
        }
    }

    /// Whether the time is over that a service that stops gives to the database.
    fn is_late(&mut self, stop: &CancellationToken) -> bool {
        if !stop.is_cancelled() {
            return false;
        }
        self.receiver.close();
        self.stopped_at.get_or_insert_with(Instant::now).elapsed() > GRACE
    }
}
