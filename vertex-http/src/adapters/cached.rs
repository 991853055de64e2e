//! A cache that never keeps what was changed while it was being loaded.

use std::{
    hash::Hash,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use moka::future::Cache;
use vertex_core::{Error, Result};

/// However a change was missed, it is not missed for longer than this.
const LONGEST: Duration = Duration::from_secs(60);

/// Values by key, each loaded once for all who ask at the same time.
pub struct Cached<K, V> {
    values: Cache<K, V>,
    changes: AtomicU64,
}

enum Miss {
    Nothing,
    Failed(Error),
}

impl<K, V> Cached<K, V>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// A cache of values that together weigh at most `capacity`.
    pub fn new(capacity: u64, weight: impl Fn(&V) -> u32 + Send + Sync + 'static) -> Self {
        let values = Cache::builder()
            .max_capacity(capacity)
            .weigher(move |_, value| weight(value))
            .time_to_live(LONGEST)
            .support_invalidation_closures()
            .build();
        Self { values, changes: AtomicU64::new(0) }
    }

    /// The value of a key: the one at hand, else the one that `load` finds. That there is none is not
    /// remembered.
    ///
    /// # Errors
    /// Those of `load`.
    pub async fn get(
        &self,
        key: &K,
        load: impl Future<Output = Result<Option<V>>>,
    ) -> Result<Option<V>> {
        if let Some(value) = self.values.get(key).await {
            return Ok(Some(value));
        }
        let before = self.changes.load(Ordering::SeqCst);
        let load = async {
            match load.await {
                Ok(Some(value)) => Ok(value),
                Ok(None) => Err(Miss::Nothing),
                Err(error) => Err(Miss::Failed(error)),
            }
        };
        let value = self.values.try_get_with_by_ref(key, load).await;
        if self.changes.load(Ordering::SeqCst) != before {
            self.values.invalidate(key).await;
        }
        match value.map_err(Arc::try_unwrap) {
            Ok(value) => Ok(Some(value)),
            Err(Ok(Miss::Nothing)) => Ok(None),
            Err(Ok(Miss::Failed(error))) => Err(error),
            Err(Err(shared)) => match &*shared {
                Miss::Nothing => Ok(None),
                Miss::Failed(error) => {
                    Err(Error::unavailable("what was asked for", error.to_string()))
                }
            },
        }
    }

    /// Forgets the values that `gone` holds of.
    pub fn forget(&self, gone: impl Fn(&K, &V) -> bool + Send + Sync + 'static) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        // Fails only for a cache that was not made for it.
        if self.values.invalidate_entries_if(gone).is_err() {
            self.values.invalidate_all();
        }
    }

    /// Forgets everything.
    pub fn forget_all(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.values.invalidate_all();
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    async fn get(cache: &Cached<u8, u8>, found: Option<u8>) -> Option<u8> {
        cache.get(&1, async { Ok(found) }).await.unwrap()
    }

    #[tokio::test]
    async fn a_value_is_kept_until_it_is_forgotten() {
        let cache = Cached::new(10, |_| 1);
        assert_eq!(get(&cache, None).await, None);
        assert_eq!(get(&cache, Some(5)).await, Some(5), "that there was none is not remembered");
        assert_eq!(get(&cache, Some(6)).await, Some(5));
        cache.forget(|_, value| *value == 9);
        assert_eq!(get(&cache, Some(6)).await, Some(5));
        cache.forget(|_, value| *value == 5);
        assert_eq!(get(&cache, Some(7)).await, Some(7));
        cache.forget_all();
        assert_eq!(get(&cache, Some(8)).await, Some(8));
    }

    #[tokio::test]
    async fn what_changes_while_it_is_loaded_is_not_kept() {
        let cache = Arc::new(Cached::new(10, |_| 1));
        let (begun, has_begun) = oneshot::channel();
        let (go_on, may_go_on) = oneshot::channel();
        let slow = cache.clone();
        let slow = tokio::spawn(async move {
            let load = async {
                begun.send(()).unwrap();
                may_go_on.await.unwrap();
                Ok(Some(1))
            };
            slow.get(&1, load).await.unwrap()
        });
        has_begun.await.unwrap();
        cache.forget(|_, _| true);
        go_on.send(()).unwrap();
        assert_eq!(slow.await.unwrap(), Some(1));
        assert_eq!(get(&cache, Some(2)).await, Some(2));
    }

    #[tokio::test]
    async fn an_error_is_told_and_not_kept() {
        let cache: Cached<u8, u8> = Cached::new(10, |_| 1);
        let failed = cache.get(&1, async { Err(Error::NotFound("disk")) }).await;
        assert!(failed.is_err());
        assert_eq!(get(&cache, Some(1)).await, Some(1));
    }
}
