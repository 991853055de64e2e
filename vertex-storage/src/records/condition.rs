//! Whether the database can be worked with at this moment, as far as this process has seen.

use std::{
    pin::pin,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::{
    sync::{Notify, watch},
    time::timeout,
};

use super::failure::{Cause, Failure};

/// After how long without an answer somebody looks whether the database is still there.
const DOUBT: Duration = Duration::from_millis(300);

/// What everybody who runs statements knows and finds out. Whoever looks after the database says here that
/// nothing need be tried.
#[derive(Debug, Default)]
pub(super) struct Condition {
    outage: watch::Sender<Option<Cause>>,
    suspicion: Notify,
    history: Mutex<History>,
}

/// When something last happened.
#[derive(Clone, Copy, Debug, Default)]
struct History {
    written: Option<Instant>,
    not_written: Option<Instant>,
    spoiled: Option<Instant>,
}

impl Condition {
    /// Why nothing need be tried, if so.
    pub(super) fn outage(&self) -> Option<Cause> {
        *self.outage.borrow()
    }

    /// Begins or ends an outage; whether that is news.
    pub(super) fn set_outage(&self, cause: Option<Cause>) -> bool {
        self.outage.send_if_modified(|known| std::mem::replace(known, cause) != cause)
    }

    /// # Errors
    /// During an outage.
    pub(super) fn require(&self) -> Result<(), Failure> {
        self.outage().map_or(Ok(()), |cause| Err(Failure::Outage(cause)))
    }

    /// Waits for something, until an outage begins.
    ///
    /// # Errors
    /// During an outage; those of the work.
    pub(super) async fn unless_out<T>(
        &self,
        work: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, Failure> {
        let doubted = async {
            let mut work = pin!(work);
            match timeout(DOUBT, &mut work).await {
                Ok(done) => done,
                Err(_) => {
                    self.suspect();
                    work.await
                }
            }
        };
        let mut outage = self.outage.subscribe();
        tokio::select! {
            biased;
            done = doubted => Ok(done?),
            begun = outage.wait_for(Option::is_some) => {
                Err(Failure::Outage(begun.ok().and_then(|cause| *cause).unwrap_or(Cause::Away)))
            }
        }
    }

    /// Asks for a look at the database.
    pub(super) fn suspect(&self) {
        self.suspicion.notify_one();
    }

    /// Returns when a look has been asked for.
    pub(super) async fn suspected(&self) {
        self.suspicion.notified().await;
    }

    /// Notes what came of a write.
    pub(super) fn note_write(&self, done: bool) {
        let now = Some(Instant::now());
        self.change(|history| match done {
            true => history.written = now,
            false => history.not_written = now,
        });
    }

    /// Whether something was written within this time and every write since has succeeded.
    pub(super) fn has_written_within(&self, time: Duration) -> bool {
        let History { written, not_written, .. } = self.change(|history| *history);
        written.is_some_and(|at| at.elapsed() < time && not_written.is_none_or(|no| no < at))
    }

    /// Notes that a connection has taken harm.
    pub(super) fn note_spoiled(&self) {
        self.change(|history| history.spoiled = Some(Instant::now()));
    }

    /// Whether a connection of this age may have taken harm.
    pub(super) fn may_be_spoiled(&self, age: Duration) -> bool {
        let spoiled = self.change(|history| history.spoiled);
        spoiled.is_some_and(|at| at.elapsed() <= age)
    }

    fn change<T>(&self, change: impl FnOnce(&mut History) -> T) -> T {
        change(&mut self.history.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    #[tokio::test]
    async fn who_waits_is_told_of_an_outage() {
        let condition = Condition::default();
        let waits = condition.unless_out(pending::<Result<(), sqlx::Error>>());
        let watcher = async {
            condition.suspected().await;
            assert!(condition.set_outage(Some(Cause::Gone)));
        };
        let (told, ()) = tokio::join!(waits, watcher);
        assert_eq!(told.unwrap_err().cause(), Some(Cause::Gone));
        assert!(condition.require().is_err());
        assert!(!condition.set_outage(Some(Cause::Gone)), "no news");
        assert!(condition.set_outage(None));
        assert!(condition.require().is_ok());
    }

    #[test]
    fn a_write_that_failed_takes_back_what_others_have_shown() {
        let condition = Condition::default();
        assert!(!condition.has_written_within(Duration::MAX));
        condition.note_write(true);
        assert!(condition.has_written_within(Duration::MAX));
        assert!(!condition.has_written_within(Duration::ZERO));
        condition.note_write(false);
        assert!(!condition.has_written_within(Duration::MAX));
    }
}
