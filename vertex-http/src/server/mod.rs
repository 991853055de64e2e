//! HTTP/1.1 and HTTP/2 over TCP, with an end to connections that do nothing and a bound on how many there are.

mod activity;
mod answer;
mod connections;
mod descriptors;
mod socket;

use std::{
    convert::Infallible,
    io,
    pin::{Pin, pin},
    sync::Arc,
    time::Duration,
};

use hyper::{Request, Response, StatusCode, Version, body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
};
use poem::{
    Endpoint,
    http::uri::Scheme,
    web::{LocalAddr, RemoteAddr},
};
use socket2::SockRef;
use tokio::{
    net::{TcpListener, TcpStream},
    time::{Instant, interval, sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::middleware::client::{self, Proxies};
use answer::Answer;
use connections::{Connection, Connections};
pub use descriptors::raise_descriptors;
use socket::Socket;

/// Requests that one HTTP/2 connection may have under way.
const STREAMS: u32 = 128;
/// Bytes of a request's head, and what is kept of an answer that is not taken.
const BUFFER: usize = 64 * 1024;
/// Bytes of a request that HTTP/2 takes ahead of its reader.
const WINDOW: u32 = 256 * 1024;
/// Bytes of an answer that the kernel keeps unsent: what progress is seen by.
const UNSENT: u32 = 128 * 1024;
/// How often an HTTP/2 client is asked whether it is there, and how long it may think.
const PING: Duration = Duration::from_secs(20);
/// How long a connection that is to end may take.
const FAREWELL: Duration = Duration::from_secs(2);
/// How long nothing is accepted when the machine has no descriptors left.
const REST: Duration = Duration::from_millis(50);
/// What those get for whom there is no connection.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nretry-after: 5\r\n\
    connection: close\r\n\r\n";

/// How many connections there may be, and how long they may do nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Open at once.
    pub all: usize,
    /// Open at once from one address that is no proxy's; 0 for no limit.
    pub each: usize,
    /// How long the head of a request may take.
    pub head: Duration,
    /// How long a connection may wait for its next request.
    pub idle: Duration,
    /// How long a client may take no byte of an answer.
    pub stall: Duration,
}

impl ConnectionLimits {
    /// How often it is looked whether a time is over.
    fn tick(&self) -> Duration {
        let shortest = self.head.min(self.idle).min(self.stall);
        (shortest / 4).clamp(Duration::from_millis(20), Duration::from_secs(5))
    }
}

/// Serves until `stop`, then gives open requests `grace`.
pub async fn serve(
    listener: TcpListener,
    service: impl Endpoint<Output = poem::Response> + 'static,
    limits: ConnectionLimits,
    proxies: Proxies,
    stop: CancellationToken,
    grace: Duration,
) {
    let server = Arc::new(Server { service, limits, proxies, stop: stop.clone() });
    let connections = Connections::new(limits);
    let tasks = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) if is_of_one_connection(&error) => continue,
            Err(error) => {
                tracing::warn!(%error, "no connection can be accepted: idle ones are closed");
                connections.evict(None);
                sleep(REST).await;
                continue;
            }
        };
        match connections.admit(peer.ip().to_canonical()) {
            Some(connection) => {
                tasks.spawn(server.clone().converse(stream, peer.into(), connection));
            }
            // It fits into the socket's buffer; who does not get it is no worse off.
            None => drop(stream.try_write(FULL)),
        }
    }
    drop(listener);
    tasks.close();
    if timeout(grace, tasks.wait()).await.is_err() {
        tracing::warn!("open requests are given up");
    }
}

/// Errors of `accept` that say nothing about the next connection (accept(2)).
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

struct Server<E> {
    service: E,
    limits: ConnectionLimits,
    proxies: Proxies,
    stop: CancellationToken,
}

impl<E: Endpoint<Output = poem::Response> + 'static> Server<E> {
    async fn converse(
        self: Arc<Self>,
        stream: TcpStream,
        peer: poem::Addr,
        connection: Arc<Connection>,
    ) {
        prepare(&stream);
        // Those who say nothing cost little: what a conversation needs is taken when it begins.
        if self.begins(&stream, &connection).await {
            Box::pin(self.talk(stream, peer, connection)).await;
        }
    }

    /// Waits for the first byte; `false` when the connection is to end before.
    async fn begins(&self, stream: &TcpStream, connection: &Connection) -> bool {
        let mut ticks = interval(self.limits.tick());
        loop {
            tokio::select! {
                readable = stream.readable() => return readable.is_ok(),
                () = self.stop.cancelled() => return false,
                () = connection.evicted() => return false,
                _ = ticks.tick() => {
                    if connection.activity().verdict(&self.limits, Instant::now()).is_some() {
                        return false;
                    }
                }
            }
        }
    }

    async fn talk(
        self: Arc<Self>,
        stream: TcpStream,
        peer: poem::Addr,
        connection: Arc<Connection>,
    ) {
        let local =
            stream.local_addr().map(|address| LocalAddr(address.into())).unwrap_or_default();
        let remote = RemoteAddr(peer);
        let answer = {
            let (server, connection) = (self.clone(), connection.clone());
            move |request: Request<Incoming>| {
                let (server, connection) = (server.clone(), connection.clone());
                let (local, remote) = (local.clone(), remote.clone());
                async move {
                    Ok::<_, Infallible>(server.answer(request, local, remote, &connection).await)
                }
            }
        };
        let socket = TokioIo::new(Socket::new(stream, connection.clone()));
        let builder = self.builder();
        let conversation = builder.serve_connection_with_upgrades(socket, service_fn(answer));
        let mut conversation = pin!(conversation);
        let mut ticks = interval(self.limits.tick());
        let is_over = loop {
            tokio::select! {
                _ = conversation.as_mut() => break true,
                () = self.stop.cancelled() => break false,
                () = connection.evicted() => break false,
                _ = ticks.tick() => match connection.activity().verdict(&self.limits, Instant::now()) {
                    None => {}
                    Some(over) => {
                        tracing::debug!(?over, "a connection is closed");
                        match over.is_polite() {
                            true => break false,
                            false => return,
                        }
                    }
                },
            }
        };
        if !is_over {
            conversation.as_mut().graceful_shutdown();
            self.finish(conversation, &connection).await;
        }
    }

    /// Lets what was begun come to its end, as long as it goes on.
    async fn finish(
        &self,
        mut conversation: Pin<&mut (impl Future + Send)>,
        connection: &Connection,
    ) {
        let mut ticks = interval(self.limits.tick());
        let begun = Instant::now();
        loop {
            tokio::select! {
                _ = conversation.as_mut() => return,
                _ = ticks.tick() => {
                    let activity = connection.activity();
                    let is_idle = activity.is_idle() && begun.elapsed() > FAREWELL;
                    if is_idle || activity.verdict(&self.limits, Instant::now()).is_some() {
                        return;
                    }
                }
            }
        }
    }

    async fn answer(
        &self,
        request: Request<Incoming>,
        local: LocalAddr,
        remote: RemoteAddr,
        connection: &Arc<Connection>,
    ) -> Response<Answer> {
        let is_of_proxy = self.is_of_proxy(&request, &remote);
        let under_way = connection.begin(request.version() == Version::HTTP_2, is_of_proxy);
        let response =
            self.service.get_response((request, local, remote, Scheme::HTTP).into()).await;
        let response: Response<_> = response.into();
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            connection.activity().upgrade();
        }
        response.map(|body| Answer::new(body, under_way))
    }

    /// Whether one of our proxies brings a request of somebody else.
    fn is_of_proxy(&self, request: &Request<Incoming>, remote: &RemoteAddr) -> bool {
        client::peer(remote).is_some_and(|peer| self.proxies.trusts(peer))
            && request.headers().contains_key(&self.proxies.header)
    }

    fn builder(&self) -> auto::Builder<TokioExecutor> {
        let mut builder = auto::Builder::new(TokioExecutor::new());
        // Times are kept by `activity`: hyper's would make no difference between a connection that waits for its next
        // request and one whose request does not come to its end.
        builder.http1().timer(TokioTimer::new()).header_read_timeout(None).max_buf_size(BUFFER);
        builder
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS)
            .max_pending_accept_reset_streams(20)
            .max_header_list_size(BUFFER as u32 / 4)
            .max_send_buf_size(BUFFER)
            .initial_stream_window_size(WINDOW)
            .initial_connection_window_size(4 * WINDOW)
            .keep_alive_interval(PING)
            .keep_alive_timeout(PING);
        builder
    }
}

/// Sends what there is at once, and sees what is not taken.
fn prepare(stream: &TcpStream) {
    let set = stream.set_nodelay(true);
    let set = set.and_then(|()| SockRef::from(stream).set_tcp_notsent_lowat(UNSENT));
    if let Err(error) = set {
        tracing::debug!(%error, "a socket keeps its own ways");
    }
}
