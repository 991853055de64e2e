use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Time and chance: everything a rule may not take from thin air.
pub trait Clock: Send + Sync {
    /// The instant it is, to the microsecond.
    fn now(&self) -> DateTime<Utc>;

    /// A new UUIDv7.
    fn uuid(&self) -> Uuid;

    /// Fills `bytes` with randomness that nobody can guess.
    fn fill_random(&self, bytes: &mut [u8]);
}

impl dyn Clock {
    /// So many random bytes that nobody can guess.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill_random(&mut bytes);
        bytes
    }
}
