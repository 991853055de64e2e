use std::collections::HashMap;

use tokio::time::Instant;

use super::ConnectionLimits;

/// What goes on on a connection.
#[derive(Debug)]
pub struct Activity {
    under_way: usize,
    has_served: bool,
    speaks_http2: bool,
    /// Since when no request is under way.
    idle_since: Instant,
    /// Since when the head of the next request is coming.
    head_since: Option<Instant>,
    /// Since when the socket takes nothing.
    blocked_since: Option<Instant>,
    /// Since when nobody asked for the next piece of an answer.
    owed_since: HashMap<u64, Instant>,
    next: u64,
}

/// Why a connection is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// No request came.
    Idle,
    /// A request did not come to the end of its head.
    SlowHead,
    /// An answer is not read.
    Stalled,
}

impl Over {
    /// Whether the client is told, rather than cut off.
    pub fn is_polite(self) -> bool {
        self == Self::Idle
    }
}

impl Activity {
    /// That of a connection that was made now.
    pub fn new(now: Instant) -> Self {
        Self {
            under_way: 0,
            has_served: false,
            speaks_http2: false,
            idle_since: now,
            head_since: None,
            blocked_since: None,
            owed_since: HashMap::new(),
            next: 0,
        }
    }

    /// Notes that bytes came.
    pub fn received(&mut self, now: Instant) {
        if self.under_way == 0 {
            self.head_since.get_or_insert(now);
        }
    }

    /// Notes whether the socket takes what we send.
    pub fn sent(&mut self, is_blocked: bool, now: Instant) {
        match is_blocked {
            true => drop(self.blocked_since.get_or_insert(now)),
            false => self.blocked_since = None,
        }
    }

    /// Notes that a request has come; its number.
    pub fn begin(&mut self, speaks_http2: bool) -> u64 {
        self.speaks_http2 = speaks_http2;
        self.has_served = true;
        self.head_since = None;
        self.under_way += 1;
        self.next += 1;
        self.next
    }

    /// Notes that something else than HTTP is spoken from here on, which has times of its own.
    pub fn upgrade(&mut self) {
        self.under_way += 1;
    }

    /// Notes that an answer has been taken, or given up.
    pub fn end(&mut self, number: u64, now: Instant) {
        self.owed_since.remove(&number);
        self.under_way -= 1;
        self.head_since = None;
        self.idle_since = now;
    }

    /// Notes that a piece of an answer was handed out, or that the next one is asked for.
    pub fn owed(&mut self, number: u64, since: Option<Instant>) {
        match since {
            Some(since) => drop(self.owed_since.insert(number, since)),
            None => drop(self.owed_since.remove(&number)),
        }
    }

    /// Whether no request is under way.
    pub fn is_idle(&self) -> bool {
        self.under_way == 0
    }

    /// Since when, if so.
    pub fn idle_since(&self) -> Option<Instant> {
        self.is_idle().then_some(self.idle_since)
    }

    /// Why the connection is over, if it is.
    pub fn verdict(&self, limits: &ConnectionLimits, now: Instant) -> Option<Over> {
        let lasts = |since: Instant, time| now.duration_since(since) >= time;
        if self
            .blocked_since
            .iter()
            .chain(self.owed_since.values())
            .any(|at| lasts(*at, limits.stall))
        {
            return Some(Over::Stalled);
        }
        if !self.is_idle() {
            return None;
        }
        // Frames that are no requests come on HTTP/2 at any time.
        let has_head = self.head_since.filter(|_| !self.speaks_http2);
        if has_head.is_some_and(|since| lasts(since, limits.head)) {
            return Some(Over::SlowHead);
        }
        let patience = if self.has_served { limits.idle } else { limits.head };
        lasts(self.idle_since, patience).then_some(match self.has_served {
            true => Over::Idle,
            false => Over::SlowHead,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const LIMITS: ConnectionLimits = ConnectionLimits {
        all: 10,
        each: 10,
        head: Duration::from_secs(20),
        idle: Duration::from_secs(75),
        stall: Duration::from_secs(30),
    };

    #[test]
    fn silence_ends_a_connection() {
        let begun = Instant::now();
        let at = |seconds| begun + Duration::from_secs(seconds);
        let verdict = |activity: &Activity, seconds| activity.verdict(&LIMITS, at(seconds));
        let mut activity = Activity::new(begun);
        assert_eq!(verdict(&activity, 19), None);
        assert_eq!(verdict(&activity, 20), Some(Over::SlowHead), "no request came");
        activity.received(at(10));
        let number = activity.begin(false);
        assert_eq!(verdict(&activity, 1000), None, "it is worked on");
        activity.end(number, at(1000));
        assert_eq!(verdict(&activity, 1074), None);
        assert_eq!(verdict(&activity, 1075), Some(Over::Idle));
        activity.received(at(1010));
        activity.received(at(1029));
        assert_eq!(verdict(&activity, 1029), None);
        assert_eq!(
            verdict(&activity, 1030),
            Some(Over::SlowHead),
            "a byte now and then is no request"
        );
    }

    #[test]
    fn http2_speaks_between_its_requests() {
        let begun = Instant::now();
        let mut activity = Activity::new(begun);
        let number = activity.begin(true);
        activity.end(number, begun);
        activity.received(begun);
        assert_eq!(activity.verdict(&LIMITS, begun + LIMITS.head), None);
        assert_eq!(activity.verdict(&LIMITS, begun + LIMITS.idle), Some(Over::Idle));
    }

    #[test]
    fn an_answer_that_is_not_read_ends_a_connection() {
        let begun = Instant::now();
        let late = begun + LIMITS.stall;
        let mut activity = Activity::new(begun);
        let (one, other) = (activity.begin(true), activity.begin(true));
        activity.owed(one, Some(begun));
        activity.owed(other, Some(begun));
        activity.owed(one, None);
        assert_eq!(activity.verdict(&LIMITS, late), Some(Over::Stalled), "the other is not read");
        activity.owed(other, None);
        assert_eq!(activity.verdict(&LIMITS, late), None);
        activity.sent(true, begun);
        activity.sent(true, late);
        assert_eq!(activity.verdict(&LIMITS, late), Some(Over::Stalled));
        activity.sent(false, late);
        assert_eq!(activity.verdict(&LIMITS, late), None);
    }
}
