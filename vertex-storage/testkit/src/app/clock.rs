use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;
use vertex_core::ports::Clock;

/// Noon of 1 May 2026.
const BEGINNING: i64 = 1_777_636_800_000_000;

/// A clock that stands still until it is moved. Its ids and random bytes follow one another.
#[derive(Debug)]
pub struct SetClock {
    microseconds: AtomicI64,
    drawn: AtomicU64,
}

impl Default for SetClock {
    fn default() -> Self {
        Self { microseconds: AtomicI64::new(BEGINNING), drawn: AtomicU64::new(1) }
    }
}

impl SetClock {
    /// Lets time pass.
    pub fn advance(&self, by: TimeDelta) {
        self.microseconds.fetch_add(by.num_microseconds().unwrap(), Ordering::SeqCst);
    }

    fn draw(&self) -> u64 {
        self.drawn.fetch_add(1, Ordering::SeqCst)
    }
}

impl Clock for SetClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.microseconds.load(Ordering::SeqCst)).unwrap()
    }

    fn uuid(&self) -> Uuid {
        Uuid::from_u128(self.draw().into())
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        for piece in bytes.chunks_mut(8) {
            let drawn = self.draw().wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
            piece.copy_from_slice(&drawn[..piece.len()]);
        }
    }
}
