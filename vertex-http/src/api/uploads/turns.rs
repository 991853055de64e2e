//! Who writes which upload.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use poem::Request;
use tokio::sync::OwnedMutexGuard;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use vertex_core::{Error, Result};

/// Sees to it that one request writes an upload at a time. The latest one goes on: the one before it is most
/// likely of a line that was cut, of which nobody has told us.
#[derive(Clone, Debug, Default)]
pub struct Turns(Arc<Mutex<HashMap<Uuid, Latest>>>);

#[derive(Debug)]
struct Latest {
    end: CancellationToken,
    number: u64,
    lock: Arc<tokio::sync::Mutex<()>>,
}

/// The right to write an upload, until it is dropped. It should be when [`Turn::end`] comes.
#[derive(Debug)]
pub struct Turn {
    turns: Turns,
    upload: Uuid,
    number: u64,
    end: CancellationToken,
    _guard: OwnedMutexGuard<()>,
}

impl Turns {
    /// Those of the service that got this request.
    pub fn of(request: &Request) -> Result<&Self> {
        let turns = request.data::<Self>();
        turns.ok_or_else(|| Error::internal("taking a turn", "the service is not wired"))
    }

    /// Ends the turn of whoever writes this upload, waits until they have stopped, and begins another.
    pub async fn take(&self, upload: Uuid) -> Turn {
        let end = CancellationToken::new();
        let (number, lock) = {
            let mut turns = self.lock();
            let latest = turns.entry(upload).or_insert_with(|| Latest {
                end: end.clone(),
                number: 0,
                lock: Arc::default(),
            });
            if latest.number > 0 {
                latest.end.cancel();
            }
            latest.end = end.clone();
            latest.number += 1;
            (latest.number, latest.lock.clone())
        };
        let _guard = lock.lock_owned().await;
        Turn { turns: self.clone(), upload, number, end, _guard }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, Latest>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// Comes when somebody else wants to write.
    pub fn end(&self) -> impl Future<Output = ()> + Send + use<> {
        self.end.clone().cancelled_owned()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut turns = self.turns.lock();
        if turns.get(&self.upload).is_some_and(|latest| latest.number == self.number) {
            turns.remove(&self.upload);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_latest_goes_on() {
        let (turns, upload) = (Turns::default(), Uuid::from_u128(7));
        let first = turns.take(upload).await;
        let other = turns.take(Uuid::from_u128(8)).await;
        let second = tokio::spawn({
            let turns = turns.clone();
            async move { turns.take(upload).await }
        });
        first.end().await;
        assert!(!second.is_finished(), "the first has not stopped yet");
        drop(first);
        drop(second.await.unwrap());
        drop(other);
        assert!(turns.lock().is_empty());
    }
}
