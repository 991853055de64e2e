use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::Semaphore;
use vertex_core::ports::{HeldMemory, Memory};

/// The unit that memory is counted in, in bytes.
const UNIT: u64 = 1 << 20;

/// What counts as a small computation, in bytes, and how many such bytes there are beside the others.
const SMALL: u64 = 16 << 20;
const ALL_SMALL: u64 = 64 << 20;

/// A number of bytes that computations share. Whoever asks first gets first, so that a large one is not passed over for
/// ever; small ones have bytes of their own, so that they do not wait for large ones.
#[derive(Clone, Debug)]
pub struct MemoryBudget {
    large: Units,
    small: Units,
}

#[derive(Clone, Debug)]
struct Units {
    free: Arc<Semaphore>,
    all: u32,
}

impl MemoryBudget {
    /// So many bytes for large computations, and 64 MiB for small ones.
    pub fn new(bytes: u64) -> Self {
        Self { large: Units::of(bytes), small: Units::of(ALL_SMALL) }
    }
}

impl Units {
    fn of(bytes: u64) -> Self {
        let all = u32::try_from(bytes / UNIT).unwrap_or(u32::MAX).max(1);
        Self { free: Arc::new(Semaphore::new(all as usize)), all }
    }
}

#[async_trait]
impl Memory for MemoryBudget {
    async fn hold(&self, bytes: u64) -> HeldMemory {
        let Units { free, all } = if bytes <= SMALL { &self.small } else { &self.large };
        let units = u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX).min(*all);
        // The semaphore is never closed, so there is always room in the end.
        Box::new(free.clone().acquire_many_owned(units).await)
    }
}

#[cfg(test)]
mod tests {
    use futures::poll;

    use super::*;

    #[tokio::test]
    async fn what_does_not_fit_waits_until_there_is_room() {
        let budget = MemoryBudget::new(512 << 20);
        let first = budget.hold(200 << 20).await;
        let second = budget.hold(300 << 20).await;
        let mut third = budget.hold(100 << 20);
        assert!(poll!(&mut third).is_pending());
        drop(first);
        let third = third.await;
        let mut all = budget.hold(u64::MAX);
        assert!(poll!(&mut all).is_pending());
        drop((second, third));
        all.await;
    }

    #[tokio::test]
    async fn a_small_picture_does_not_wait_for_large_ones() {
        let budget = MemoryBudget::new(256 << 20);
        let _large = budget.hold(u64::MAX).await;
        assert!(poll!(&mut budget.hold(200 << 20)).is_pending());
        let _small = budget.hold(3 << 20).await;
    }
}
