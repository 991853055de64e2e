//! Trying again, with waits that grow and are partly drawn.

use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};

use opendal::layers::RetryLayer;

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(5);
const MOST: u32 = 4;

/// The same for OpenDAL.
pub(super) fn again() -> RetryLayer {
    RetryLayer::new()
        .with_jitter()
        .with_min_delay(FIRST)
        .with_max_delay(LONGEST)
        .with_max_times(MOST as usize)
}

/// How often something has failed.
#[derive(Default)]
pub(super) struct Attempts(u32);

impl Attempts {
    /// Waits before the next attempt.
    ///
    /// # Errors
    /// The error itself, when time does not heal it or it was the last attempt.
    pub(super) async fn after(&mut self, error: opendal::Error) -> opendal::Result<()> {
        if self.0 >= MOST || !error.is_temporary() {
            return Err(error);
        }
        let wait = (FIRST * 2u32.pow(self.0)).min(LONGEST);
        let drawn = RandomState::new().hash_one(self.0) % 1000;
        self.0 += 1;
        tokio::time::sleep(wait + wait * (drawn as u32) / 1000).await;
        Ok(())
    }
}
