//! Reports of viewings, from the answer to the database.

use std::{io, path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot},
    task::{JoinHandle, spawn_blocking},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use vertex_core::{
    Error, ErrorKind, Result,
    error::with_causes,
    ports::{Clock, Records, ViewIntake},
    usecases::viewer,
    view_session::ViewSession,
};
use vertex_storage::disk_error;

use super::{
    SystemClock,
    view_journal::{AbandonedJournal, CAPACITY, Lines, ViewJournal},
};
use crate::telemetry;

/// Sessions that are written together.
const BATCH: usize = 2_000;
/// How long sessions are collected before they are recorded.
const PAUSE: Duration = Duration::from_millis(100);
/// How often a database that does not answer is asked again.
const RETRY: Duration = Duration::from_secs(1);
/// How long it is asked once the service is told to stop.
const GRACE: Duration = Duration::from_secs(5);
/// What errors call it.
const CONTEXT: &str = "the intake of reports";

/// Where sessions wait to be recorded: in memory, and in a journal that survives the process.
pub struct ViewQueue {
    sender: mpsc::Sender<Submission>,
    room: Arc<Semaphore>,
}

/// A session that is to be kept.
struct Submission {
    session: ViewSession,
    room: OwnedSemaphorePermit,
    kept: oneshot::Sender<Result<()>>,
}

/// Sessions that are kept until they are recorded.
struct Kept {
    sessions: Vec<ViewSession>,
    lines: Lines,
    _room: Vec<OwnedSemaphorePermit>,
}

impl ViewQueue {
    /// A queue with its journal in `folder`, and who empties it. What processes that died have left there is
    /// recorded first.
    ///
    /// # Errors
    /// `Unavailable` or `Full` when the folder cannot be made.
    pub fn start(records: Arc<dyn Records>, folder: PathBuf) -> Result<(Self, ViewRecorder)> {
        std::fs::create_dir_all(&folder).map_err(|error| disk_error(CONTEXT, error))?;
        let (sender, submissions) = mpsc::channel(CAPACITY);
        let (to_record, kept) = mpsc::unbounded_channel();
        let (stop, late) = (CancellationToken::new(), CancellationToken::new());
        let keeper = Keeper { folder: folder.clone(), journal: None };
        let keeper = tokio::spawn(keeper.run(submissions, to_record, stop.clone()));
        let recorder = Recorder { records, folder, late: late.clone() };
        let recorder = tokio::spawn(recorder.run(kept));
        let room = Arc::new(Semaphore::new(CAPACITY));
        Ok((Self { sender, room }, ViewRecorder { keeper, recorder, stop, late }))
    }
}

#[async_trait]
impl ViewIntake for ViewQueue {
    async fn submit(&self, session: ViewSession) -> Result<()> {
        let refused = |why: &'static str| Error::unavailable(CONTEXT, why);
        let submitted = async {
            let room = self.room.clone().try_acquire_owned();
            let room = room.map_err(|_| refused("too many reports wait"))?;
            let (kept, is_kept) = oneshot::channel();
            let stops = || refused("the service stops");
            self.sender.try_send(Submission { session, room, kept }).map_err(|_| stops())?;
            is_kept.await.map_err(|_| stops())?
        };
        submitted.await.inspect_err(|_| telemetry::views_dropped())
    }

    fn waiting(&self) -> usize {
        CAPACITY - self.room.available_permits()
    }
}

/// What records the sessions of a [`ViewQueue`].
pub struct ViewRecorder {
    keeper: JoinHandle<Option<ViewJournal>>,
    recorder: JoinHandle<bool>,
    stop: CancellationToken,
    late: CancellationToken,
}

impl ViewRecorder {
    /// Takes nothing in any more and records what waits. What the database does not take in time waits in the journal
    /// for the next start.
    pub async fn close(self) {
        let Self { keeper, mut recorder, stop, late } = self;
        stop.cancel();
        let journal = keeper.await;
        let in_time = timeout(GRACE, &mut recorder).await;
        late.cancel();
        let recorded = match in_time {
            Ok(recorded) => recorded,
            Err(_) => recorder.await,
        };
        match (journal, recorded) {
            (Ok(None), Ok(true)) => {}
            (Ok(Some(journal)), Ok(true)) => {
                note("an empty journal of views was not removed", journal.remove());
            }
            _ => tracing::warn!("views wait in the journal for the next start"),
        }
    }
}

/// Puts sessions into the journal, those that come at the same time together.
struct Keeper {
    folder: PathBuf,
    journal: Option<ViewJournal>,
}

impl Keeper {
    async fn run(
        mut self,
        mut submissions: mpsc::Receiver<Submission>,
        to_record: mpsc::UnboundedSender<Kept>,
        stop: CancellationToken,
    ) -> Option<ViewJournal> {
        let mut batch = Vec::new();
        loop {
            tokio::select! {
                () = stop.cancelled(), if !submissions.is_closed() => submissions.close(),
                received = submissions.recv_many(&mut batch, BATCH) => {
                    if received == 0 {
                        return self.journal;
                    }
                    self.keep(std::mem::take(&mut batch), &to_record).await;
                }
            }
        }
    }

    async fn keep(&mut self, batch: Vec<Submission>, to_record: &mpsc::UnboundedSender<Kept>) {
        let (mut sessions, mut room, mut senders) = (Vec::new(), Vec::new(), Vec::new());
        for submission in batch {
            sessions.push(submission.session);
            room.push(submission.room);
            senders.push(submission.kept);
        }
        let (journal, folder) = (self.journal.take(), self.folder.clone());
        let written = spawn_blocking(move || {
            let mut journal = match journal {
                Some(journal) if journal.is_in_place() => journal,
                _ => ViewJournal::create(&folder, SystemClock.uuid())?,
            };
            let lines = journal.append(&sessions);
            Ok((journal, lines.map(|lines| (sessions, lines))))
        });
        let written = written.await.map_err(io::Error::from).flatten();
        let written = written.and_then(|(journal, written)| {
            self.journal = Some(journal);
            written
        });
        match written {
            Ok((sessions, lines)) => {
                // The recorder is there as long as this is.
                let _ = to_record.send(Kept { sessions, lines, _room: room });
                for sender in senders {
                    let _ = sender.send(Ok(()));
                }
            }
            Err(error) => {
                tracing::error!(error = error.to_string(), "reports of views cannot be kept");
                for sender in senders {
                    let why = io::Error::new(error.kind(), error.to_string());
                    let _ = sender.send(Err(disk_error(CONTEXT, why)));
                }
            }
        }
    }
}

/// Writes sessions into the database.
struct Recorder {
    records: Arc<dyn Records>,
    folder: PathBuf,
    late: CancellationToken,
}

impl Recorder {
    /// Records what is kept, until no more comes; whether all of it could be recorded.
    async fn run(self, mut kept: mpsc::UnboundedReceiver<Kept>) -> bool {
        let mut all = self.record_abandoned().await;
        let mut batch = Vec::new();
        while kept.recv_many(&mut batch, BATCH).await > 0 {
            let sessions: Vec<_> = batch.iter().flat_map(|kept| &kept.sessions).cloned().collect();
            let recorded = self.record(&sessions).await;
            all &= recorded;
            for kept in batch.drain(..).filter(|_| recorded) {
                note("the journal of views was not cleared", kept.lines.clear());
            }
            sleep(PAUSE).await;
        }
        all
    }

    async fn record_abandoned(&self) -> bool {
        let folder = self.folder.clone();
        let found = spawn_blocking(move || AbandonedJournal::all(&folder)).await;
        let journals = match found.map_err(io::Error::from).flatten() {
            Ok(journals) => journals,
            Err(error) => {
                note("journals of views cannot be read", Err(error));
                return false;
            }
        };
        let mut all = true;
        for journal in journals {
            let recorded = self.record(&journal.sessions).await;
            all &= recorded;
            if recorded {
                tracing::info!(sessions = journal.sessions.len(), "recorded views that were left");
                note("a journal of views was not removed", journal.remove());
            }
        }
        all
    }

    /// Records sessions, however often it takes; `false` when it is too late for that. A session that the database
    /// refuses for itself alone is given up, so that it does not hold up the others.
    async fn record(&self, sessions: &[ViewSession]) -> bool {
        for batch in sessions.chunks(BATCH) {
            while let Err(error) = viewer::record(self.records.as_ref(), batch).await {
                tracing::error!(error = with_causes(&error), "views are not recorded yet");
                if matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Full) {
                    tokio::select! {
                        () = sleep(RETRY) => continue,
                        () = self.late.cancelled() => return false,
                    }
                }
                if let [session] = batch {
                    tracing::error!(?session, "a view session is lost");
                    telemetry::views_dropped();
                    break;
                }
                let (first, second) = batch.split_at(batch.len() / 2);
                let recorded =
                    Box::pin(self.record(first)).await && Box::pin(self.record(second)).await;
                match recorded {
                    true => break,
                    false => return false,
                }
            }
        }
        true
    }
}

fn note(what: &'static str, done: io::Result<()>) {
    if let Err(error) = done {
        tracing::warn!(error = error.to_string(), "{what}");
    }
}
