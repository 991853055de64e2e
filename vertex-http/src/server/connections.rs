use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{ConnectionLimits, activity::Activity};
use crate::adapters::rate_limits::Holder;

/// Every connection that is open.
#[derive(Debug)]
pub struct Connections {
    limits: ConnectionLimits,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    connections: HashMap<u64, Weak<Connection>>,
    from: HashMap<Holder, usize>,
    next: u64,
}

/// An open connection, as long as anybody has its socket.
#[derive(Debug)]
pub struct Connection {
    number: u64,
    connections: Arc<Connections>,
    /// Whom it counts for.
    from: Mutex<Option<Holder>>,
    activity: Mutex<Activity>,
    evicted: CancellationToken,
}

/// A request that is under way on a connection, until it is dropped.
#[derive(Debug)]
pub struct UnderWay {
    connection: Arc<Connection>,
    number: u64,
}

impl Connections {
    /// None yet.
    pub fn new(limits: ConnectionLimits) -> Arc<Self> {
        Arc::new(Self { limits, open: Mutex::default() })
    }

    /// A new connection from there. When there are too many, those that have waited longest for a request make room
    /// for it; `None` when nobody waits.
    pub fn admit(self: &Arc<Self>, peer: IpAddr) -> Option<Arc<Connection>> {
        let from = Holder::at(Some(peer));
        if self.limits.each > 0
            && self.lock().from.get(&from).is_some_and(|open| *open >= self.limits.each)
        {
            self.evict(Some(from));
        }
        if self.lock().connections.len() >= self.limits.all {
            self.evict(None);
        }
        let mut open = self.lock();
        let open = &mut *open;
        let from_there = open.from.get(&from).copied().unwrap_or_default();
        let is_full = open.connections.len() >= self.limits.all;
        if is_full || (self.limits.each > 0 && from_there >= self.limits.each) {
            return None;
        }
        let connection = Arc::new(Connection {
            number: open.next,
            connections: self.clone(),
            from: Mutex::new(Some(from)),
            activity: Mutex::new(Activity::new(Instant::now())),
            evicted: CancellationToken::new(),
        });
        open.connections.insert(open.next, Arc::downgrade(&connection));
        open.next += 1;
        *open.from.entry(from).or_default() += 1;
        Some(connection)
    }

    /// Closes some of the connections that have waited longest for a request: of this holder, or of all.
    pub fn evict(&self, of: Option<Holder>) {
        let connections: Vec<_> =
            self.lock().connections.values().filter_map(Weak::upgrade).collect();
        let mut idle: Vec<_> = connections
            .iter()
            .filter(|connection| of.is_none() || *connection.counts_for() == of)
            .filter_map(|connection| Some((connection.activity().idle_since()?, connection)))
            .collect();
        idle.sort_by_key(|(since, _)| *since);
        // Several at once: looking for them takes time.
        for (_, connection) in idle.iter().take(idle.len().div_ceil(16)) {
            connection.evicted.cancel();
            connection.leave();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connection {
    /// What goes on on it.
    pub fn activity(&self) -> MutexGuard<'_, Activity> {
        self.activity.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Comes when it has to make room.
    pub async fn evicted(&self) {
        self.evicted.cancelled().await;
    }

    /// Begins a request. From the first one that a proxy brings on, the connection counts for nobody's address.
    pub fn begin(self: &Arc<Self>, speaks_http2: bool, is_of_proxy: bool) -> UnderWay {
        if is_of_proxy {
            self.leave_address();
        }
        let number = self.activity().begin(speaks_http2);
        UnderWay { connection: self.clone(), number }
    }

    fn counts_for(&self) -> MutexGuard<'_, Option<Holder>> {
        self.from.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn leave_address(&self) {
        let Some(from) = self.counts_for().take() else { return };
        let mut open = self.connections.lock();
        if let Some(count) = open.from.get_mut(&from) {
            *count -= 1;
            if *count == 0 {
                open.from.remove(&from);
            }
        }
    }

    fn leave(&self) {
        self.leave_address();
        self.connections.lock().connections.remove(&self.number);
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.leave();
    }
}

impl UnderWay {
    /// Notes that a piece of the answer was handed out, or that the next one is asked for.
    pub fn owed(&self, since: Option<Instant>) {
        self.connection.activity().owed(self.number, since);
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.connection.activity().end(self.number, Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn connections(all: usize, each: usize) -> Arc<Connections> {
        let time = Duration::from_secs(1);
        Connections::new(ConnectionLimits { all, each, head: time, idle: time, stall: time })
    }

    fn address(last: u8) -> IpAddr {
        [192, 0, 2, last].into()
    }

    #[test]
    fn idle_connections_make_room_and_busy_ones_do_not() {
        let connections = connections(3, 2);
        let idle = connections.admit(address(1)).unwrap();
        let busy = connections.admit(address(1)).unwrap();
        let request = busy.begin(false, false);
        let newer = connections.admit(address(1)).expect("the address has an idle one");
        assert!(idle.evicted.is_cancelled() && !busy.evicted.is_cancelled());
        let of_newer = newer.begin(false, false);
        assert!(connections.admit(address(1)).is_none(), "it has two busy ones");
        let other = connections.admit(address(2)).unwrap();
        let third = connections.admit(address(3)).expect("one of all is idle");
        assert!(other.evicted.is_cancelled());
        let of_third = third.begin(false, false);
        assert!(connections.admit(address(4)).is_none());
        drop((request, of_newer, of_third, busy));
        assert!(connections.admit(address(4)).is_some(), "one has ended");
        drop((idle, newer, other, third));
        assert!(connections.lock().from.is_empty() && connections.lock().connections.is_empty());
    }

    #[test]
    fn what_a_proxy_brings_counts_for_no_address() {
        let connections = connections(10, 1);
        let proxied: Vec<_> = (0..3)
            .map(|_| connections.admit(address(1)).map(|new| (new.begin(false, true), new)))
            .collect();
        assert!(proxied.iter().all(Option::is_some));
    }
}
