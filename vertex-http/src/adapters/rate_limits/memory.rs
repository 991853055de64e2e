use std::{
    collections::HashMap,
    num::NonZeroU32,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DefaultKeyedStateStore,
};
use vertex_core::Result;

use super::{Counted, Counters, Verdict};

type Limiter =
    RateLimiter<String, DefaultKeyedStateStore<String>, DefaultClock, StateInformationMiddleware>;

/// After so many requests, those who have not asked for a minute are forgotten.
const TIDY_AFTER: usize = 10_000;

/// Counts for one process, in its memory.
#[derive(Default)]
pub struct MemoryCounters {
    limiters: Mutex<HashMap<(Counted, NonZeroU32), Arc<Limiter>>>,
    counted: AtomicUsize,
}

impl MemoryCounters {
    fn limiter(&self, counted: Counted, limit: NonZeroU32) -> Arc<Limiter> {
        let mut limiters = self.limiters.lock().unwrap_or_else(PoisonError::into_inner);
        let make = || Arc::new(RateLimiter::keyed(Quota::per_minute(limit)).with_middleware());
        limiters.entry((counted, limit)).or_insert_with(make).clone()
    }
}

#[async_trait]
impl Counters for MemoryCounters {
    async fn count(&self, counted: Counted, who: &str, limit: NonZeroU32) -> Result<Verdict> {
        let limiter = self.limiter(counted, limit);
        if self.counted.fetch_add(1, Ordering::Relaxed) % TIDY_AFTER == TIDY_AFTER - 1 {
            limiter.retain_recent();
        }
        let (remaining, wait) = match limiter.check_key(&who.to_owned()) {
            Ok(state) => (state.remaining_burst_capacity(), None),
            Err(not_yet) => (0, Some(not_yet.wait_time_from(DefaultClock::default().now()))),
        };
        Ok(Verdict { counted, limit, remaining, wait })
    }
}
