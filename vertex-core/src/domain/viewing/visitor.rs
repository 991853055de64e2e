//! Who reports a viewing: people count, programs and repeated reports do not.

use std::{
    collections::HashSet,
    hash::{BuildHasher, Hash, RandomState},
    mem,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};

/// What a report says of its sender by the way it came. Used to tell senders apart, never kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Visitor {
    /// Where the report came from.
    pub address: Option<IpAddr>,
    /// What the sender calls itself.
    pub user_agent: Option<String>,
}

/// Parts of the names that crawlers, previewers, scripts and monitors give themselves, in lower case.
const PROGRAMS: [&str; 34] = [
    "bot",
    "crawl",
    "spider",
    "slurp",
    "archiver",
    "scrape",
    "preview",
    "fetch",
    "monitor",
    "uptime",
    "pingdom",
    "lighthouse",
    "pagespeed",
    "headless",
    "phantomjs",
    "selenium",
    "puppeteer",
    "playwright",
    "facebookexternalhit",
    "whatsapp",
    "telegram",
    "embedly",
    "bingpreview",
    "mediapartners",
    "curl/",
    "wget",
    "python",
    "httpx",
    "aiohttp",
    "java/",
    "okhttp",
    "go-http-client",
    "node-fetch",
    "postman",
];

impl Visitor {
    /// Whether the sender is a program. Every browser says what it is, so one that does not is none.
    pub fn is_program(&self) -> bool {
        let Some(agent) = self.user_agent.as_deref() else { return true };
        let agent = agent.to_ascii_lowercase();
        agent.trim().is_empty() || PROGRAMS.iter().any(|program| agent.contains(program))
    }
}

/// How many reports are remembered at least, where so many came.
const REMEMBERED: usize = 65_536;
/// How long a report is remembered at least, unless more than [`REMEMBERED`] others came.
const MEMORY: TimeDelta = TimeDelta::minutes(10);

/// Remembers which reports came lately. Of each only a keyed hash is kept, and only in memory.
#[derive(Debug, Default)]
pub struct Doubles {
    hasher: RandomState,
    seen: Mutex<Seen>,
}

/// Two generations: the older one is dropped when the younger is full or old.
#[derive(Debug, Default)]
struct Seen {
    young: HashSet<u64>,
    old: HashSet<u64>,
    since: DateTime<Utc>,
}

impl Doubles {
    /// Notes a report; `false` when the same one came before.
    pub fn note(&self, report: &impl Hash, now: DateTime<Utc>) -> bool {
        let key = self.hasher.hash_one(report);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.young.len() >= REMEMBERED || now - seen.since >= MEMORY {
            seen.old = mem::take(&mut seen.young);
            seen.since = now;
        }
        !seen.old.contains(&key) && seen.young.insert(key)
    }

    /// Forgets a report that could not be taken in, so that its sender may try again.
    pub fn forget(&self, report: &impl Hash) {
        let key = self.hasher.hash_one(report);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.young.remove(&key);
        seen.old.remove(&key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agent(text: &str) -> Visitor {
        Visitor { user_agent: Some(text.to_owned()), ..Visitor::default() }
    }

    #[test]
    fn programs_are_told_from_browsers() {
        for program in [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/131.0.0.0 Safari/537.36",
            "curl/8.5.0",
            "python-requests/2.32",
            "WhatsApp/2.24",
            " ",
        ] {
            assert!(agent(program).is_program(), "{program}");
        }
        assert!(Visitor::default().is_program());
        for browser in [
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
             Version/18.0 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) \
             Chrome/131.0.0.0 Mobile Safari/537.36",
            "Mozilla/5.0 (Linux; arm_64; Android 13) AppleWebKit/537.36 Chrome/126 YaBrowser/24.7 Mobile Safari/537.36",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:133.0) Gecko/20100101 Firefox/133.0",
        ] {
            assert!(!agent(browser).is_program(), "{browser}");
        }
    }

    #[test]
    fn a_report_counts_once_until_it_is_forgotten() {
        let (doubles, now) = (Doubles::default(), DateTime::UNIX_EPOCH + TimeDelta::days(20_000));
        assert!(doubles.note(&1, now));
        assert!(!doubles.note(&1, now + TimeDelta::minutes(9)));
        assert!(!doubles.note(&1, now + TimeDelta::minutes(11)), "it is in the older generation");
        assert!(doubles.note(&2, now));
        doubles.forget(&2);
        assert!(doubles.note(&2, now));
        assert!(doubles.note(&1, now + TimeDelta::minutes(40)), "long ago");
    }

    #[test]
    fn however_many_come_the_memory_is_bounded() {
        let (doubles, now) = (Doubles::default(), DateTime::UNIX_EPOCH);
        assert!((0..300_000).all(|report| doubles.note(&report, now)));
        let seen = doubles.seen.lock().unwrap();
        assert!(seen.young.len() + seen.old.len() <= 2 * REMEMBERED);
        drop(seen);
        assert!(!doubles.note(&299_999, now));
    }
}
