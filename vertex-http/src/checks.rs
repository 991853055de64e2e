//! Whether what the service stands on works, found out by trying it: not more often than twice a second, however many
//! ask, and answered in time, whatever hangs.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use futures::future::BoxFuture;
use tokio::{sync::watch, time::timeout};
use vertex_core::{
    Error, ErrorKind, Result,
    error::with_causes,
    usecases::{App, operator::try_storage},
};

/// How long an answer is given again.
const FRESH: Duration = Duration::from_millis(500);
/// How long somebody who asks waits for an answer.
const PATIENCE: Duration = Duration::from_millis(1300);

/// How a part is: well, or not, and why.
pub type Verdict = std::result::Result<(), String>;

/// The checks of everything that can fail.
#[derive(Clone)]
pub struct Checks {
    database: Arc<Check>,
    storage: Arc<Check>,
}

impl Checks {
    /// Those of an installation.
    pub fn new(app: &App) -> Self {
        let (of_database, of_storage) = (app.clone(), app.clone());
        Self {
            database: Check::new("database", move || {
                let app = of_database.clone();
                Box::pin(async move { app.records.ping().await })
            }),
            storage: Check::new("storage", move || {
                let app = of_storage.clone();
                Box::pin(async move { try_storage(&app).await })
            }),
        }
    }

    /// Whether the database can be written to.
    pub async fn database(&self) -> Verdict {
        self.database.verdict().await
    }

    /// Whether files can be kept at the operator's own places.
    pub async fn storage(&self) -> Verdict {
        self.storage.verdict().await
    }

    /// Whether something failed because one of them is at fault at this moment.
    pub async fn are_to_blame_for(&self, error: &Error) -> bool {
        let may_be = matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Full);
        may_be && (self.storage().await.is_err() || self.database().await.is_err())
    }
}

type Probe = Box<dyn Fn() -> BoxFuture<'static, Result<()>> + Send + Sync>;

struct Check {
    part: &'static str,
    probe: Probe,
    found: watch::Sender<Option<Found>>,
    runs: AtomicBool,
}

#[derive(Clone, Debug)]
struct Found {
    at: Instant,
    verdict: Verdict,
}

impl Check {
    fn new(
        part: &'static str,
        probe: impl Fn() -> BoxFuture<'static, Result<()>> + Send + Sync + 'static,
    ) -> Arc<Self> {
        let probe: Probe = Box::new(probe);
        Arc::new(Self {
            part,
            probe,
            found: watch::Sender::new(None),
            runs: AtomicBool::new(false),
        })
    }

    async fn verdict(self: &Arc<Self>) -> Verdict {
        let is_fresh =
            |found: &Option<Found>| found.as_ref().is_some_and(|found| found.at.elapsed() < FRESH);
        let mut found = self.found.subscribe();
        if !is_fresh(&found.borrow()) && !self.runs.swap(true, Ordering::SeqCst) {
            tokio::spawn(self.clone().run());
        }
        match timeout(PATIENCE, found.wait_for(is_fresh)).await {
            Ok(Ok(found)) => found.as_ref().map_or(Ok(()), |found| found.verdict.clone()),
            Ok(Err(_)) | Err(_) => {
                let why = "it does not answer";
                tracing::error!(part = self.part, error = why, "health check failed");
                Err(why.to_owned())
            }
        }
    }

    async fn run(self: Arc<Self>) {
        // One that panics is over, too.
        let verdict = match tokio::spawn((self.probe)()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => {
                let cause = with_causes(&error);
                tracing::error!(part = self.part, error = cause, "health check failed");
                Err(in_public(&error))
            }
            Err(error) => {
                tracing::error!(part = self.part, error = error.to_string(), "health check failed");
                Err("it cannot be tried".to_owned())
            }
        };
        self.runs.store(false, Ordering::SeqCst);
        self.found.send_replace(Some(Found { at: Instant::now(), verdict }));
    }
}

/// The reason as far as anybody may read it.
fn in_public(error: &Error) -> String {
    error.reason().map_or_else(|| error.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::{future::pending, sync::atomic::AtomicUsize};

    use vertex_core::error::Reason;

    use super::*;

    #[tokio::test]
    async fn however_many_ask_it_is_tried_once() {
        let tries = Arc::new(AtomicUsize::new(0));
        let counted = tries.clone();
        let check = Check::new("part", move || {
            counted.fetch_add(1, Ordering::SeqCst);
            Box::pin(async {
                tokio::task::yield_now().await;
                Err(Error::full("the part", Reason::new("its disk is full")))
            })
        });
        let asked = futures::future::join_all((0..100).map(|_| check.verdict())).await;
        assert!(asked.into_iter().all(|verdict| verdict == Err("its disk is full".to_owned())));
        assert_eq!(tries.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn what_hangs_is_down_and_not_tried_again() {
        let tries = Arc::new(AtomicUsize::new(0));
        let counted = tries.clone();
        let check = Check::new("part", move || {
            counted.fetch_add(1, Ordering::SeqCst);
            Box::pin(pending())
        });
        let asked = futures::future::join_all((0..3).map(|_| check.verdict())).await;
        assert!(asked.into_iter().all(|verdict| verdict == Err("it does not answer".to_owned())));
        assert_eq!(tries.load(Ordering::SeqCst), 1);
    }
}
