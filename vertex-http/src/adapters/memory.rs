use std::{
    collections::{BTreeMap, VecDeque},
    ops::Bound,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use tokio::sync::oneshot;
use uuid::Uuid;
use vertex_core::{
    ids::CompanyId,
    ports::{HeldMemory, Memory},
};

/// What counts as a small computation, in bytes, and how many such bytes there are beside the others.
const SMALL: u64 = 16 << 20;
const ALL_SMALL: u64 = 64 << 20;

/// A number of bytes that computations share. Companies have their turns; of one of them, whoever asks first gets first, so
/// that a large computation is not passed over for ever. Small ones have bytes of their own and do not wait for large ones.
#[derive(Clone, Debug)]
pub struct MemoryBudget {
    large: Arc<Shared>,
    small: Arc<Shared>,
}

impl MemoryBudget {
    /// So many bytes for large computations, and 64 MiB for small ones.
    pub fn new(bytes: u64) -> Self {
        Self { large: Arc::new(Shared::of(bytes)), small: Arc::new(Shared::of(ALL_SMALL)) }
    }
}

#[async_trait]
impl Memory for MemoryBudget {
    async fn hold(&self, company: CompanyId, bytes: u64) -> HeldMemory {
        let shared = if bytes <= SMALL { &self.small } else { &self.large };
        let (granted, grant) = oneshot::channel();
        let wish = Wish { bytes: bytes.min(shared.all), granted };
        shared.lock().wishes.entry(company).or_default().push_back(wish);
        shared.clone().grant();
        // What is wished is granted in the end, since nobody wishes more than all.
        Box::new(grant.await)
    }
}

/// Bytes that are given out and come back.
#[derive(Debug)]
struct Shared {
    all: u64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    free: u64,
    wishes: BTreeMap<CompanyId, VecDeque<Wish>>,
    served: CompanyId,
}

#[derive(Debug)]
struct Wish {
    bytes: u64,
    granted: oneshot::Sender<Held>,
}

/// Bytes that somebody has until this is dropped.
#[derive(Debug)]
struct Held {
    bytes: u64,
    shared: Arc<Shared>,
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.bytes > 0 {
            self.shared.lock().free += self.bytes;
            self.shared.clone().grant();
        }
    }
}

impl Shared {
    fn of(all: u64) -> Self {
        let served = CompanyId(Uuid::nil());
        Self { all, state: Mutex::new(State { free: all, wishes: BTreeMap::new(), served }) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives out what is free.
    fn grant(self: Arc<Self>) {
        loop {
            let Some(Wish { bytes, granted }) = self.lock().next() else { return };
            if let Err(mut gone) = granted.send(Held { bytes, shared: self.clone() }) {
                self.lock().free += std::mem::take(&mut gone.bytes);
            }
        }
    }
}

impl State {
    /// The wish whose turn it is, if there is room for it. Those of whoever went away are forgotten.
    fn next(&mut self) -> Option<Wish> {
        self.wishes.retain(|_, wishes| {
            while wishes.front().is_some_and(|wish| wish.granted.is_closed()) {
                wishes.pop_front();
            }
            !wishes.is_empty()
        });
        let after = (Bound::Excluded(self.served), Bound::Unbounded);
        let next = self.wishes.range(after).next().or_else(|| self.wishes.first_key_value());
        let company = *next?.0;
        let wishes = self.wishes.get_mut(&company)?;
        let wish = wishes.pop_front_if(|wish| wish.bytes <= self.free)?;
        if wishes.is_empty() {
            self.wishes.remove(&company);
        }
        self.free -= wish.bytes;
        self.served = company;
        Some(wish)
    }
}

#[cfg(test)]
mod tests {
    use futures::poll;

    use super::*;

    const ANNA: CompanyId = CompanyId(Uuid::from_u128(1));
    const BERTA: CompanyId = CompanyId(Uuid::from_u128(2));

    #[tokio::test]
    async fn what_does_not_fit_waits_until_there_is_room() {
        let budget = MemoryBudget::new(512 << 20);
        let first = budget.hold(ANNA, 200 << 20).await;
        let second = budget.hold(ANNA, 300 << 20).await;
        let mut third = budget.hold(ANNA, 100 << 20);
        assert!(poll!(&mut third).is_pending());
        drop(first);
        let third = third.await;
        let mut all = budget.hold(ANNA, u64::MAX);
        assert!(poll!(&mut all).is_pending());
        drop((second, third));
        all.await;
    }

    #[tokio::test]
    async fn a_small_picture_does_not_wait_for_large_ones() {
        let budget = MemoryBudget::new(256 << 20);
        let _large = budget.hold(ANNA, u64::MAX).await;
        assert!(poll!(&mut budget.hold(ANNA, 200 << 20)).is_pending());
        let _small = budget.hold(ANNA, 3 << 20).await;
    }

    #[tokio::test]
    async fn companies_have_their_turns() {
        let budget = MemoryBudget::new(256 << 20);
        let large = 200 << 20;
        let first = budget.hold(ANNA, large).await;
        let mut second = budget.hold(ANNA, large);
        let mut third = budget.hold(ANNA, large);
        let mut other = budget.hold(BERTA, large);
        for waiting in [&mut second, &mut third, &mut other] {
            assert!(poll!(waiting).is_pending());
        }
        drop(first);
        assert!(poll!(&mut second).is_pending() && poll!(&mut third).is_pending());
        drop(other.await);
        drop(third);
        second.await;
    }

    #[tokio::test]
    async fn however_many_go_away_the_next_is_served() {
        let budget = MemoryBudget::new(256 << 20);
        let first = budget.hold(ANNA, u64::MAX).await;
        for _ in 0..100_000 {
            assert!(poll!(budget.hold(ANNA, u64::MAX)).is_pending());
        }
        let mut small = budget.hold(ANNA, 20 << 20);
        assert!(poll!(&mut small).is_pending());
        drop(first);
        small.await;
    }

    #[tokio::test]
    async fn who_goes_away_leaves_room() {
        let budget = MemoryBudget::new(256 << 20);
        let first = budget.hold(ANNA, u64::MAX).await;
        {
            let mut gone = budget.hold(ANNA, u64::MAX);
            assert!(poll!(&mut gone).is_pending());
        }
        let next = budget.hold(BERTA, u64::MAX);
        drop(first);
        next.await;
        budget.hold(ANNA, u64::MAX).await;
    }
}
