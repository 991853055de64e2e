//! How often somebody may ask, and how much they may hold at once.

mod holder;
mod memory;
mod redis;
mod shares;

use std::{fmt, num::NonZeroU32, sync::Arc, time::Duration};

use async_trait::async_trait;
use poem::http::{HeaderMap, HeaderValue, header};
use vertex_core::{Result, error::with_causes};

pub use self::{
    holder::Holder,
    memory::MemoryCounters,
    redis::RedisCounters,
    shares::{Scarce, Share, Shares},
};

/// Whose requests are counted. Each kind has a limit of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Counted {
    /// What nobody signed in asks of the API from one address, and links that lead nowhere.
    Address,
    /// Signing in and registering from one address.
    Auth,
    /// Files sent by one user.
    Uploads,
    /// What viewers ask from one address.
    Viewers,
    /// Viewings reported from one address.
    Reports,
    /// Files read from one address.
    Files,
    /// Everything of one user.
    User,
    /// Everything of one company's users together.
    Company,
}

impl Counted {
    /// The kind's name in headers and keys.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Auth => "auth",
            Self::Uploads => "uploads",
            Self::Viewers => "viewers",
            Self::Reports => "reports",
            Self::Files => "files",
            Self::User => "user",
            Self::Company => "company",
        }
    }
}

/// What became of a request that was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whom it was counted for.
    pub counted: Counted,
    /// The limit a minute.
    pub limit: NonZeroU32,
    /// How many more may come at once.
    pub remaining: u32,
    /// How long to wait for the next one, when this one was too many.
    pub wait: Option<Duration>,
}

impl Verdict {
    /// The seconds to wait, when this one was too many.
    pub fn retry_after(&self) -> Option<u64> {
        self.wait.map(|wait| wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
    }

    /// The value of `RateLimit-Policy`.
    pub fn policy_header(&self) -> String {
        format!("\"{}\";q={};w=60", self.counted.as_str(), self.limit)
    }

    /// The value of `RateLimit`: what is left, and when one more will be.
    pub fn state_header(&self) -> String {
        let next = self.retry_after().unwrap_or_else(|| 60u64.div_ceil(self.limit.get().into()));
        format!("\"{}\";r={};t={next}", self.counted.as_str(), self.remaining)
    }

    /// Says in an answer how much is left and, when nothing is, how long to wait.
    pub fn announce(&self, headers: &mut HeaderMap) {
        if let Some(seconds) = self.retry_after() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        for (name, value) in
            [("ratelimit-policy", self.policy_header()), ("ratelimit", self.state_header())]
        {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
    }
}

/// Remembers how often somebody asked: a bucket of as many tokens as the limit says, filled evenly
/// within a minute.
#[async_trait]
pub trait Counters: Send + Sync {
    /// Counts one more of `who`.
    async fn count(&self, counted: Counted, who: &str, limit: NonZeroU32) -> Result<Verdict>;

    /// How many are connected to the Redis that counts, if one does.
    async fn redis_clients(&self) -> Option<u64> {
        None
    }
}

/// The limit of each kind a minute; a kind without one is not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quotas {
    /// See [`Counted::Address`].
    pub address: Option<NonZeroU32>,
    /// See [`Counted::Auth`].
    pub auth: Option<NonZeroU32>,
    /// See [`Counted::Uploads`].
    pub uploads: Option<NonZeroU32>,
    /// See [`Counted::Viewers`].
    pub viewers: Option<NonZeroU32>,
    /// See [`Counted::Reports`].
    pub reports: Option<NonZeroU32>,
    /// See [`Counted::Files`].
    pub files: Option<NonZeroU32>,
    /// See [`Counted::User`].
    pub user: Option<NonZeroU32>,
    /// See [`Counted::Company`].
    pub company: Option<NonZeroU32>,
}

impl Quotas {
    /// The limit of a kind.
    pub fn of(&self, counted: Counted) -> Option<NonZeroU32> {
        match counted {
            Counted::Address => self.address,
            Counted::Auth => self.auth,
            Counted::Uploads => self.uploads,
            Counted::Viewers => self.viewers,
            Counted::Reports => self.reports,
            Counted::Files => self.files,
            Counted::User => self.user,
            Counted::Company => self.company,
        }
    }
}

/// The limits of the service.
#[derive(Clone)]
pub struct Limits {
    quotas: Quotas,
    counters: Arc<dyn Counters>,
}

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limits").field("quotas", &self.quotas).finish_non_exhaustive()
    }
}

impl Limits {
    /// Limits that are counted by `counters`.
    pub fn new(quotas: Quotas, counters: Arc<dyn Counters>) -> Self {
        Self { quotas, counters }
    }

    /// How many are connected to the Redis that counts, if one does.
    pub async fn redis_clients(&self) -> Option<u64> {
        self.counters.redis_clients().await
    }

    /// Counts a request of a holder under one kind; `None` where that is not limited.
    ///
    /// When the counters do not answer, the request is let through: a service without limits is better
    /// than none.
    pub async fn count(&self, counted: Counted, holder: Holder) -> Option<Verdict> {
        let limit = self.quotas.of(counted)?;
        match self.counters.count(counted, &holder.to_string(), limit).await {
            Ok(verdict) => Some(verdict),
            Err(error) => {
                tracing::warn!(error = with_causes(&error), "requests are not counted");
                None
            }
        }
    }
}

/// The verdict that refuses, else the one that leaves less.
pub fn tightest(one: Option<Verdict>, other: Option<Verdict>) -> Option<Verdict> {
    let tightness = |verdict: &Verdict| (verdict.wait.is_none(), verdict.remaining);
    one.into_iter().chain(other).min_by_key(tightness)
}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn headers_say_what_is_left_and_when_more_will_be() {
        let limit = NonZeroU32::new(100).unwrap();
        let mut verdict = Verdict { counted: Counted::Address, limit, remaining: 7, wait: None };
        assert_eq!(verdict.policy_header(), "\"address\";q=100;w=60");
        assert_eq!(verdict.state_header(), "\"address\";r=7;t=1");
        verdict.wait = Some(Duration::from_millis(2100));
        assert_eq!(
            (verdict.retry_after(), verdict.state_header()),
            (Some(3), "\"address\";r=7;t=3".into())
        );
    }

    async fn behaves(counters: &dyn Counters) {
        let limit = NonZeroU32::new(3).unwrap();
        let who = format!("somebody-{}", std::process::id());
        let mut remaining = Vec::new();
        for _ in 0..3 {
            let verdict = counters.count(Counted::Auth, &who, limit).await.unwrap();
            assert_eq!(verdict.wait, None);
            remaining.push(verdict.remaining);
        }
        assert_eq!(remaining, [2, 1, 0]);
        let refused = counters.count(Counted::Auth, &who, limit).await.unwrap();
        let wait = refused.wait.expect("the fourth is too many");
        assert!(wait <= Duration::from_secs(20) && wait > Duration::from_secs(10), "{wait:?}");
        let other = counters.count(Counted::Uploads, &who, limit).await.unwrap();
        assert_eq!(other.wait, None, "kinds are counted apart");
        let other = counters.count(Counted::Auth, "somebody else", limit).await.unwrap();
        assert_eq!(other.wait, None);
    }

    #[tokio::test]
    async fn counters_in_memory_behave() {
        behaves(&MemoryCounters::default()).await;
    }

    /// The Redis of the tests; `None` where there is none and none is demanded.
    fn test_redis() -> Option<String> {
        let url = std::env::var("VERTEX_TEST_REDIS").ok();
        assert!(url.is_some() || std::env::var_os("CI").is_none(), "VERTEX_TEST_REDIS is not set");
        url
    }

    /// What the operator reads when a Redis at this address does not do.
    async fn complaint(address: &str) -> String {
        let url = format!("redis://:hunter2@{address}");
        let error = RedisCounters::connect(&url).await.err().unwrap();
        let line = with_causes(&error);
        assert!(line.starts_with("the Redis of REDIS_URL is not available: "), "{line}");
        assert!(!line.contains("hunter2"), "{line}");
        line
    }

    #[tokio::test]
    async fn a_redis_that_cannot_be_reached_is_named() {
        let refused = complaint("127.0.0.1:1").await;
        assert!(refused.contains("127.0.0.1:1: connection refused"), "{refused}");
        let unknown = complaint("nowhere.invalid").await;
        assert!(unknown.contains("nowhere.invalid:6379: "), "{unknown}");
    }

    #[tokio::test]
    async fn a_redis_that_refuses_the_password_is_named() {
        let Some(url) = test_redis() else { return };
        let address = url.trim_start_matches("redis://").trim_end_matches('/');
        let refused = complaint(address).await;
        assert!(
            refused.contains(address) && refused.contains("Password authentication failed"),
            "{refused}"
        );
    }

    #[tokio::test]
    async fn counters_in_redis_behave() {
        let Some(url) = test_redis() else { return };
        behaves(&RedisCounters::connect(&url).await.unwrap()).await;
    }
}
