use std::time::Duration;

/// How fast a sender has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Over how long it is looked at.
    pub window: Duration,
    /// The least bytes a second, over a window that we waited for the sender.
    pub least: u64,
}

impl Pace {
    fn least_of_window(&self) -> u64 {
        let milliseconds = u64::try_from(self.window.as_millis()).unwrap_or(u64::MAX);
        (self.least.saturating_mul(milliseconds) / 1000).max(1)
    }
}

/// How long we have waited for a sender in this window, and what came of it. The time that we need ourselves
/// does not count.
#[derive(Debug)]
pub struct Waited {
    pace: Pace,
    time: Duration,
    bytes: u64,
}

impl Waited {
    /// Nothing yet.
    pub fn at(pace: Pace) -> Self {
        Self { pace, time: Duration::ZERO, bytes: 0 }
    }

    /// What is left of the window.
    pub fn left(&self) -> Duration {
        self.pace.window.saturating_sub(self.time)
    }

    /// Notes that so much came after so long. `false` when the window is over and too little came in it.
    pub fn note(&mut self, time: Duration, bytes: usize) -> bool {
        self.time += time;
        self.bytes += bytes as u64;
        if self.time < self.pace.window {
            return true;
        }
        let is_enough = self.bytes >= self.pace.least_of_window();
        (self.time, self.bytes) = (Duration::ZERO, 0);
        is_enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_window_has_to_bring_enough() {
        let pace = Pace { window: Duration::from_secs(30), least: 10 };
        let mut waited = Waited::at(pace);
        assert!(waited.note(Duration::from_secs(20), 300));
        assert_eq!(waited.left(), Duration::from_secs(10));
        assert!(waited.note(Duration::from_secs(10), 0), "300 bytes are enough");
        assert!(waited.note(Duration::from_secs(29), 299), "the window is not over");
        assert!(!waited.note(Duration::from_secs(1), 0), "299 bytes are too few");
    }

    #[test]
    fn silence_is_too_slow_at_any_pace() {
        let mut waited = Waited::at(Pace { window: Duration::from_secs(30), least: 0 });
        assert!(!waited.note(Duration::from_secs(30), 0));
        assert!(waited.note(Duration::from_secs(30), 1));
    }
}
