//! An S3 on loopback that checks signatures, and that can be made to misbehave.

use std::{
    convert::Infallible,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use hyper::{
    Request, Response, StatusCode,
    body::{Body, Frame, Incoming, SizeHint},
    header::HeaderValue,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use s3s::{
    auth::SimpleAuth,
    service::{S3Service, S3ServiceBuilder},
};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::{
    net::TcpListener,
    task::{JoinHandle, JoinSet},
};

/// The name of its bucket.
pub const BUCKET: &str = "vertex";
/// Who may use it.
pub const ACCESS_KEY: &str = "AKIATEST";
/// What they sign with.
pub const SECRET_KEY: &str = "a-secret-that-signs";

/// A running server with one empty bucket.
pub struct S3Server {
    /// Where it listens.
    pub address: SocketAddr,
    /// Where its objects lie as files.
    pub directory: TempDir,
    chaos: Arc<Chaos>,
    task: JoinHandle<()>,
}

impl Drop for S3Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl S3Server {
    /// One with an empty bucket.
    pub async fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir(directory.path().join(BUCKET)).unwrap();
        let mut builder = S3ServiceBuilder::new(FileSystem::new(directory.path()).unwrap());
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let service = builder.build();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let chaos = Arc::new(Chaos::default());
        let task = tokio::spawn(serve(listener, service, chaos.clone()));
        Self { address, directory, chaos, task }
    }

    /// Its address as a storage is given it.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on, that many of a hundred requests go wrong, each in one of several ways.
    pub fn misbehave(&self, percent: u32) {
        self.chaos.percent.store(percent, Ordering::Relaxed);
    }

    /// How many requests have gone wrong.
    pub fn troubles(&self) -> u64 {
        self.chaos.troubles.load(Ordering::Relaxed)
    }
}

#[derive(Default)]
struct Chaos {
    percent: AtomicU32,
    requests: AtomicU64,
    troubles: AtomicU64,
}

enum Trouble {
    Slow,
    Unavailable,
    CutBefore,
    CutAfter,
    HalfAnAnswer,
}

impl Chaos {
    /// What happens to the next request; the same series for every server.
    fn next(&self) -> Option<Trouble> {
        let drawn = splitmix(self.requests.fetch_add(1, Ordering::Relaxed));
        if (drawn % 100) as u32 >= self.percent.load(Ordering::Relaxed) {
            return None;
        }
        self.troubles.fetch_add(1, Ordering::Relaxed);
        Some(match (drawn >> 32) % 5 {
            0 => Trouble::Slow,
            1 => Trouble::Unavailable,
            2 => Trouble::CutBefore,
            3 => Trouble::CutAfter,
            _ => Trouble::HalfAnAnswer,
        })
    }
}

fn splitmix(number: u64) -> u64 {
    let mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed ^ (mixed >> 27)
}

async fn serve(listener: TcpListener, service: S3Service, chaos: Arc<Chaos>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (service, chaos) = (service.clone(), chaos.clone());
        let answer = service_fn(move |request| answer(service.clone(), chaos.next(), request));
        let connection = hyper::server::conn::http1::Builder::new()
            .serve_connection(TokioIo::new(stream), answer);
        connections.spawn(async move { drop(connection.await) });
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the connection is cut")]
struct Cut;

async fn answer(
    service: S3Service,
    trouble: Option<Trouble>,
    request: Request<Incoming>,
) -> Result<Response<Cuttable>, Cut> {
    match trouble {
        Some(Trouble::Slow) => tokio::time::sleep(Duration::from_millis(200)).await,
        Some(Trouble::CutBefore) => return Err(Cut),
        Some(Trouble::Unavailable) => {
            let code = "<Error><Code>SlowDown</Code><Message>Reduce your rate</Message></Error>";
            let body = s3s::Body::from(Bytes::from_static(code.as_bytes()));
            let mut busy = Response::new(Cuttable { body, left: u64::MAX });
            *busy.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            return Ok(busy);
        }
        _ => {}
    }
    let mut response = service.call(request.map(s3s::Body::from)).await.map_err(|_| Cut)?;
    if let Some(Trouble::CutAfter) = trouble {
        return Err(Cut);
    }
    response.headers_mut().insert("access-control-allow-origin", HeaderValue::from_static("*"));
    Ok(response.map(|body| {
        let half = body.size_hint().exact().unwrap_or(2) / 2;
        let left = if matches!(trouble, Some(Trouble::HalfAnAnswer)) { half } else { u64::MAX };
        Cuttable { body, left }
    }))
}

/// A body that ends with an error after so many bytes.
struct Cuttable {
    body: s3s::Body,
    left: u64,
}

impl Body for Cuttable {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.left == 0 {
            return Poll::Ready(Some(Err(Cut.into())));
        }
        let polled = Pin::new(&mut self.body).poll_frame(context);
        let Poll::Ready(Some(Ok(frame))) = polled else {
            return polled;
        };
        let Ok(mut data) = frame.into_data() else { return Poll::Ready(None) };
        data.truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
        self.left -= data.len() as u64;
        Poll::Ready(Some(Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        self.left > 0 && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        Body::size_hint(&self.body)
    }
}

/// A server that answers everything with a redirect.
pub async fn redirecting(to: &'static str) -> (SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let answer = move |_: Request<Incoming>| async move {
        let redirect = Response::builder().status(StatusCode::TEMPORARY_REDIRECT);
        Ok::<_, Infallible>(redirect.header("location", to).body(String::new()).unwrap())
    };
    let task = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let connection = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service_fn(answer));
            tokio::spawn(async move { drop(connection.await) });
        }
    });
    (address, task)
}
