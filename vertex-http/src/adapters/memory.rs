use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::Semaphore;
use vertex_core::ports::{HeldMemory, Memory};

/// The unit that memory is counted in, in bytes.
const UNIT: u64 = 1 << 20;

/// A number of bytes that computations share. Whoever asks first gets first, so that a large one is not passed over for
/// ever.
#[derive(Clone, Debug)]
pub struct MemoryBudget {
    units: Arc<Semaphore>,
    all: u32,
}

impl MemoryBudget {
    /// So many bytes.
    pub fn new(bytes: u64) -> Self {
        let all = u32::try_from(bytes / UNIT).unwrap_or(u32::MAX).max(1);
        Self { units: Arc::new(Semaphore::new(all as usize)), all }
    }
}

#[async_trait]
impl Memory for MemoryBudget {
    async fn hold(&self, bytes: u64) -> HeldMemory {
        let units = u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX).min(self.all);
        // The semaphore is never closed, so there is always room in the end.
        Box::new(self.units.clone().acquire_many_owned(units).await)
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
}
