use std::{num::NonZeroU32, time::Duration};

use async_trait::async_trait;
use redis::{
    Client, InfoDict, RedisError, Script,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use vertex_core::{Error, Result};

use super::{Counted, Counters, Verdict};

/// A request waits for Redis no longer than this.
const PATIENCE: Duration = Duration::from_millis(500);

/// The bucket as the instant at which it would be full again, in microseconds of Redis' own clock.
/// Gives what is left and, when that is nothing, how long to wait.
const COUNT: &str = "
    local now = redis.call('TIME')
    now = now[1] * 1000000 + now[2]
    local limit = tonumber(ARGV[1])
    local step = 60000000 / limit
    local full = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now) + step
    local wait = full - now - limit * step
    if wait > 0 then
        return {0, math.ceil(wait)}
    end
    redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000))
    return {math.floor(-wait / step + 0.000001), 0}
";

/// Counts for several processes together, in Redis.
pub struct RedisCounters {
    connection: ConnectionManager,
    script: Script,
}

impl RedisCounters {
    /// Connects to `redis://` or `rediss://`. A connection that breaks later is made again by itself.
    ///
    /// # Errors
    /// `Invalid` on the field `REDIS_URL` when it is no such URL, `Unavailable` when nobody answers.
    pub async fn connect(url: &str) -> Result<Self> {
        let client =
            Client::open(url).map_err(|error| Error::field("REDIS_URL", error.to_string()))?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        let place = client.get_connection_info().addr().to_string();
        let connect = async {
            let mut connection = client.get_connection_manager_with_config(config).await?;
            // A server that wants a password lets everybody connect.
            let _: String = redis::cmd("PING").query_async(&mut connection).await?;
            Ok(connection)
        };
        let connection = connect.await.map_err(|error: RedisError| {
            Error::unavailable("the Redis of REDIS_URL", format!("{place}: {}", cause(&error)))
        })?;
        Ok(Self { connection, script: Script::new(COUNT) })
    }
}

#[async_trait]
impl Counters for RedisCounters {
    async fn count(&self, counted: Counted, who: &str, limit: NonZeroU32) -> Result<Verdict> {
        let mut connection = self.connection.clone();
        let (remaining, wait): (u32, u64) = self
            .script
            .key(format!("vertex:limit:{}:{who}", counted.as_str()))
            .arg(limit.get())
            .invoke_async(&mut connection)
            .await
            .map_err(unavailable)?;
        let wait = (wait > 0).then(|| Duration::from_micros(wait));
        Ok(Verdict { counted, limit, remaining, wait })
    }

    async fn redis_clients(&self) -> Option<u64> {
        let mut connection = self.connection.clone();
        let info: InfoDict =
            redis::cmd("INFO").arg("clients").query_async(&mut connection).await.ok()?;
        info.get("connected_clients")
    }
}

fn cause(error: &RedisError) -> String {
    if error.is_timeout() {
        format!("no answer within {} ms", PATIENCE.as_millis())
    } else if error.is_connection_refusal() {
        "connection refused: nothing listens there".to_owned()
    } else {
        error.to_string()
    }
}

fn unavailable(error: RedisError) -> Error {
    Error::unavailable("Redis", error)
}
