//! How guessing passwords is slowed down without shutting anybody out.
//!
//! Two counts, both by the name that is typed, whether somebody has it or not:
//!
//! - **From one network** five wrong passwords in a row may be tried; then each further try has to wait, a minute at
//!   first, twice as long each time, fifteen minutes at most. The right password forgets them.
//! - **From all networks together** from which nobody has signed in with this name lately, fifty tries may be made at
//!   once and then one every twenty seconds. Networks where the name's owner has signed in are not counted and not
//!   slowed, so whoever guesses from a thousand addresses does not keep the owner out.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};

/// Wrong passwords in a row from one network that cost no time.
pub const FREE_FAILURES: u32 = 5;
/// The wait after the last of them; it doubles with each further one.
const FIRST_WAIT: TimeDelta = TimeDelta::minutes(1);
/// The longest wait.
const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(15);
/// Tries for one name from all networks that are not known, at once.
pub const STRANGERS_AT_ONCE: i32 = 50;
/// How long it takes until they may try once more.
pub const STRANGERS_INTERVAL: TimeDelta = TimeDelta::seconds(20);
/// After how long without a try failures are forgotten.
pub const FORGOTTEN_AFTER: TimeDelta = TimeDelta::days(1);
/// How long a network is known after a sign-in from there.
pub const KNOWN_FOR: TimeDelta = TimeDelta::days(90);

/// The tries for one name from one network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FromOne {
    /// Those that failed, or are under way, since the last good one.
    pub failures: u32,
    /// Until when no other is made.
    pub blocked_until: Option<DateTime<Utc>>,
    /// The last one.
    pub tried_at: Option<DateTime<Utc>>,
    /// The last good one.
    pub signed_in_at: Option<DateTime<Utc>>,
}

/// The tries for one name from all networks that are not known: when the last of them would have come, had they come
/// one an interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FromAll(pub Option<DateTime<Utc>>);

/// Counts one more try as if it failed, or says when it may be made.
///
/// # Errors
/// The instant before which it may not.
pub fn admit(
    one: FromOne,
    all: FromAll,
    now: DateTime<Utc>,
) -> Result<(FromOne, FromAll), DateTime<Utc>> {
    if let Some(until) = one.blocked_until.filter(|until| *until > now) {
        return Err(until);
    }
    let within = |instant: Option<DateTime<Utc>>, span| instant.is_some_and(|at| now - at < span);
    let all = match within(one.signed_in_at, KNOWN_FOR) {
        true => all,
        false => {
            let due = all.0.map_or(now, |due| due.max(now));
            let free_at = due - STRANGERS_INTERVAL * (STRANGERS_AT_ONCE - 1);
            if free_at > now {
                return Err(free_at);
            }
            FromAll(Some(due + STRANGERS_INTERVAL))
        }
    };
    let before = if within(one.tried_at, FORGOTTEN_AFTER) { one.failures } else { 0 };
    let failures = before.saturating_add(1);
    let blocked_until = wait_after(failures).map(|wait| now + wait);
    Ok((FromOne { failures, blocked_until, tried_at: Some(now), ..one }, all))
}

/// How long the next try waits after so many failures.
fn wait_after(failures: u32) -> Option<TimeDelta> {
    let doublings = failures.checked_sub(FREE_FAILURES)?.min(8);
    Some((FIRST_WAIT * (1 << doublings)).min(LONGEST_WAIT))
}

/// What an address stands for: the holder of an IPv6 address has a whole block of them.
pub fn network(address: Option<IpAddr>) -> [u8; 16] {
    let Some(address) = address else { return [0; 16] };
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
        IpAddr::V6(address) => {
            let mut octets = address.octets();
            octets[8..].fill(0);
            octets
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        "2026-05-01T12:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::seconds(seconds)
    }

    /// Tries once a second as long as it may; gives how many there were and until when the next waits.
    fn try_on(mut one: FromOne, mut all: FromAll, seconds: i64) -> (u32, FromOne, FromAll) {
        let mut tries = 0;
        for second in 0..seconds {
            if let Ok(counted) = admit(one, all, at(second)) {
                (one, all) = counted;
                tries += 1;
            }
        }
        (tries, one, all)
    }

    #[test]
    fn the_fifth_failure_begins_a_wait_that_doubles_up_to_fifteen_minutes() {
        let minutes = |failures| wait_after(failures).map(|wait| wait.num_minutes());
        let waits: Vec<_> = (4..=10).map(minutes).collect();
        assert_eq!(waits, [None, Some(1), Some(2), Some(4), Some(8), Some(15), Some(15)]);
        assert_eq!(minutes(u32::MAX), Some(15));
        let (tries, one, _) = try_on(FromOne::default(), FromAll::default(), 60);
        assert_eq!((tries, one.blocked_until), (5, Some(at(4 + 60))));
        assert_eq!(admit(one, FromAll::default(), at(63)), Err(at(64)));
        let (one, _) = admit(one, FromAll::default(), at(64)).unwrap();
        assert_eq!(one.blocked_until, Some(at(64 + 120)));
    }

    #[test]
    fn from_one_network_a_day_of_guessing_is_about_a_hundred() {
        let (tries, ..) = try_on(FromOne::default(), FromAll::default(), 86_400);
        assert!((90..=110).contains(&tries), "{tries}");
    }

    #[test]
    fn failures_are_forgotten_after_a_day_without_any() {
        let (_, one, all) = try_on(FromOne::default(), FromAll::default(), 10);
        let (one, _) = admit(one, all, at(4) + FORGOTTEN_AFTER).unwrap();
        assert_eq!((one.failures, one.blocked_until), (1, None));
    }

    #[test]
    fn strangers_share_a_budget_that_fills_again() {
        let mut all = FromAll::default();
        for _ in 0..STRANGERS_AT_ONCE {
            all = admit(FromOne::default(), all, at(0)).unwrap().1;
        }
        assert_eq!(admit(FromOne::default(), all, at(0)), Err(at(20)));
        all = admit(FromOne::default(), all, at(20)).unwrap().1;
        assert_eq!(admit(FromOne::default(), all, at(21)), Err(at(40)));
        let known = FromOne { signed_in_at: Some(at(-100)), ..FromOne::default() };
        assert_eq!(admit(known, all, at(21)).unwrap().1, all, "who was here before is not counted");
        let long_ago = FromOne { signed_in_at: Some(at(0) - KNOWN_FOR), ..FromOne::default() };
        assert!(admit(long_ago, all, at(21)).is_err());
    }

    #[test]
    fn a_network_is_an_address_or_an_ipv6_block() {
        let of = |text: &str| network(Some(text.parse().unwrap()));
        assert_eq!(of("2001:db8:1:2:3::4"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::4"), of("2001:db8:1:3::4"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }
}
