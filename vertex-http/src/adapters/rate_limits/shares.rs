//! What there is so much of, and of which each holder gets so much at once.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};

/// Why there is none to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scarce {
    /// The holder has all that one may have.
    Own,
    /// Everybody together has all there is.
    All,
}

/// So much for all, and so much of it for each holder.
#[derive(Debug)]
pub struct Shares<K> {
    all: Arc<Semaphore>,
    each: usize,
    holders: Mutex<HashMap<K, Arc<Semaphore>>>,
}

/// What somebody holds, until it is dropped.
#[derive(Debug)]
pub struct Share<K: Hash + Eq> {
    shares: Arc<Shares<K>>,
    holder: K,
    own: Option<OwnedSemaphorePermit>,
    _of_all: OwnedSemaphorePermit,
}

impl<K: Hash + Eq + Clone> Shares<K> {
    /// `all` for everybody together and `each` for one; 0 for no limit.
    pub fn new(all: usize, each: usize) -> Arc<Self> {
        let limit = |most| if most == 0 { Semaphore::MAX_PERMITS } else { most };
        let (all, each) = (limit(all).min(Semaphore::MAX_PERMITS), limit(each));
        Arc::new(Self { all: Arc::new(Semaphore::new(all)), each, holders: Mutex::default() })
    }

    /// Takes so much at once, or nothing.
    ///
    /// # Errors
    /// Whose limit is in the way.
    pub fn try_take(self: &Arc<Self>, holder: K, much: u32) -> Result<Share<K>, Scarce> {
        let (own, of_all) = match self.semaphore(&holder).try_acquire_many_owned(much) {
            Ok(own) => (Ok(own), self.all.clone().try_acquire_many_owned(much)),
            Err(none) => (Err(none), Err(TryAcquireError::NoPermits)),
        };
        self.share(holder, own.map_err(|_| Scarce::Own), of_all.map_err(|_| Scarce::All))
    }

    /// The same, waiting so long for others to give back what they hold.
    ///
    /// # Errors
    /// Whose limit is in the way.
    pub async fn take(
        self: &Arc<Self>,
        holder: K,
        much: u32,
        patience: Duration,
    ) -> Result<Share<K>, Scarce> {
        let deadline = tokio::time::Instant::now() + patience;
        let own = self.semaphore(&holder).acquire_many_owned(much);
        let own = tokio::time::timeout_at(deadline, own).await.map_err(|_| Scarce::Own);
        let own = own.and_then(|own| own.map_err(|_| Scarce::Own));
        let of_all = match &own {
            Ok(_) => {
                let of_all = self.all.clone().acquire_many_owned(much);
                let of_all = tokio::time::timeout_at(deadline, of_all).await;
                of_all.map_err(|_| Scarce::All).and_then(|all| all.map_err(|_| Scarce::All))
            }
            Err(_) => Err(Scarce::All),
        };
        self.share(holder, own, of_all)
    }

    fn share(
        self: &Arc<Self>,
        holder: K,
        own: Result<OwnedSemaphorePermit, Scarce>,
        of_all: Result<OwnedSemaphorePermit, Scarce>,
    ) -> Result<Share<K>, Scarce> {
        match (own, of_all) {
            (Ok(own), Ok(of_all)) => {
                Ok(Share { shares: self.clone(), holder, own: Some(own), _of_all: of_all })
            }
            (own, of_all) => {
                let why = own.as_ref().err().or(of_all.as_ref().err()).copied();
                drop((own, of_all));
                self.forget(&holder);
                Err(why.unwrap_or(Scarce::All))
            }
        }
    }

    fn semaphore(&self, holder: &K) -> Arc<Semaphore> {
        let each = self.each.min(Semaphore::MAX_PERMITS);
        let mut holders = self.lock();
        holders.entry(holder.clone()).or_insert_with(|| Arc::new(Semaphore::new(each))).clone()
    }
}

impl<K: Hash + Eq> Shares<K> {
    fn forget(&self, holder: &K) {
        let mut holders = self.lock();
        // Nobody else can begin to use it while the lock is held.
        if holders.get(holder).is_some_and(|own| Arc::strong_count(own) == 1) {
            holders.remove(holder);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Arc<Semaphore>>> {
        self.holders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Hash + Eq> Drop for Share<K> {
    fn drop(&mut self) {
        drop(self.own.take());
        self.shares.forget(&self.holder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_gets_a_share_and_all_share_the_whole() {
        let shares = Shares::new(5, 3);
        let first = shares.try_take("a", 3).unwrap();
        assert_eq!(shares.try_take("a", 1).unwrap_err(), Scarce::Own);
        let other = shares.try_take("b", 2).unwrap();
        assert_eq!(shares.try_take("c", 1).unwrap_err(), Scarce::All);
        let patience = Duration::from_millis(20);
        assert_eq!(shares.take("a", 1, patience).await.unwrap_err(), Scarce::Own);
        assert_eq!(shares.take("c", 1, patience).await.unwrap_err(), Scarce::All);
        let waits = shares.take("a", 1, Duration::from_secs(60));
        let (given, ()) = tokio::join!(waits, async { drop(first) });
        drop((given, other));
        assert!(shares.lock().is_empty(), "nobody is remembered");
        assert_eq!(shares.all.available_permits(), 5);
    }

    #[test]
    fn nothing_is_limited_by_zero() {
        let shares = Shares::new(0, 0);
        let held: Vec<_> = (0..1000).map(|_| shares.try_take("a", u32::MAX >> 8)).collect();
        assert!(held.iter().all(Result::is_ok));
    }
}
