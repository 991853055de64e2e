//! An S3 on loopback that answers what it likes: it keeps objects in memory, checks no signature, and tells the lie
//! that it was told to tell.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures::{
    StreamExt,
    stream::{self, BoxStream, Stream},
};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Body, Frame, Incoming},
    http::request::Parts,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpListener, task::JoinHandle};

/// The name of the only bucket.
pub const LYING_BUCKET: &str = "lies";
/// Keys on a page of a listing.
const PAGE: usize = 3;
/// How far apart the bytes of an answer that trickles come.
const DRIP: Duration = Duration::from_millis(50);

/// What is said instead of the truth.
#[derive(Clone, Debug, Default)]
pub struct Lie {
    /// To listings.
    pub listing: Listing,
    /// To questions about an object.
    pub head: Head,
    /// To reads.
    pub get: Get,
    /// To writes.
    pub put: Said,
    /// To removals.
    pub delete: Said,
}

/// What a listing says.
#[derive(Clone, Debug, Default)]
pub enum Listing {
    #[default]
    /// What is so.
    Truth,
    /// These keys, too, on every page.
    With(Vec<String>),
    /// Keys of objects that are not there, for ever; `%` stands for a number.
    Endless(String),
    /// The first page, again and again.
    Circle,
    /// Pages without keys, for ever.
    Empty,
    /// Every object twice, 600 MB long.
    Twice,
    /// The first page and then an error.
    Breaks,
    /// Something else altogether.
    /// Something else than an answer.
    Said(Said),
}

/// What is said of an object.
#[derive(Clone, Debug, Default)]
pub enum Head {
    #[default]
    /// What is so.
    Truth,
    /// So long.
    Length(u64),
    /// It is not there.
    Missing,
    /// Nothing to validate it by.
    Bare,
    /// A validator that could not stand in a header of ours.
    OddTag,
    /// Something else than an answer.
    Said(Said),
}

/// What is sent of an object.
#[derive(Clone, Debug, Default)]
pub enum Get {
    #[default]
    /// What is so.
    Truth,
    /// Half of what was asked for, as if that were all.
    Short,
    /// What was asked for and as much again, for ever.
    Endless,
    /// The whole, whatever was asked for.
    Whole,
    /// As many bytes from somewhere else.
    Elsewhere,
    /// As many other bytes.
    Other,
    /// It is not there.
    Missing,
    /// Something else than an answer.
    Said(Said),
}

/// An answer that has nothing to do with what was asked.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Said {
    #[default]
    /// What is so.
    Truth,
    /// All is well, without anything having been done.
    Nothing,
    /// A body without end.
    Flood,
    /// An error with a body without end.
    FloodOfError,
    /// An error that tells a secret.
    Secret,
    /// That somebody else is to be asked.
    Redirect,
    /// No S3 speaks so.
    Gibberish,
    /// A byte now and then.
    Drip,
}

/// What an error of this server tells that is none of the tenant's business.
pub const SECRET: &str = "INTERNAL SECRET BODY 12345";

/// The same series of numbers for every run.
struct Draw(u64);

impl Draw {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % most
    }

    fn said(&mut self) -> Said {
        match self.below(20) {
            0..4 => Said::Flood,
            4..8 => Said::FloodOfError,
            8..11 => Said::Secret,
            11..14 => Said::Redirect,
            14..17 => Said::Gibberish,
            17..19 => Said::Nothing,
            _ => Said::Drip,
        }
    }
}

impl Lie {
    /// The lie of this number about a bucket that speaks of these foreign keys.
    pub fn drawn(number: u64, foreign: &[String]) -> Self {
        let mut draw = Draw(number.wrapping_mul(0xd134_2543_de82_ef95));
        let listing = match draw.below(10) {
            0..2 => Listing::Truth,
            2..5 => Listing::With(foreign.to_vec()),
            5 => Listing::Circle,
            6 => Listing::Twice,
            7 => Listing::Breaks,
            8 if number.is_multiple_of(4) => Listing::Empty,
            _ => Listing::Said(draw.said()),
        };
        let lengths = [0, 1, 600 << 20, u64::MAX, draw.below(1 << 20)];
        let head = match draw.below(10) {
            0..4 => Head::Truth,
            4..6 => Head::Length(lengths[draw.below(5) as usize]),
            6 => Head::Missing,
            7 => Head::Bare,
            8 => Head::OddTag,
            _ => Head::Said(draw.said()),
        };
        let get = match draw.below(12) {
            0..3 => Get::Truth,
            3 => Get::Short,
            4 => Get::Endless,
            5 => Get::Whole,
            6 => Get::Elsewhere,
            7..9 => Get::Other,
            9 => Get::Missing,
            _ => Get::Said(draw.said()),
        };
        let mut sometimes = || if draw.below(3) == 0 { draw.said() } else { Said::Truth };
        Self { listing, head, get, put: sometimes(), delete: sometimes() }
    }
}

#[derive(Default)]
struct Bucket {
    objects: BTreeMap<String, Bytes>,
    parts: BTreeMap<(String, u32), Bytes>,
    lie: Lie,
}

/// A running server with one empty bucket, which tells the truth until it is told to lie.
pub struct LyingS3 {
    /// Where it listens.
    pub address: SocketAddr,
    bucket: Arc<Mutex<Bucket>>,
    task: JoinHandle<()>,
}

impl Drop for LyingS3 {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl LyingS3 {
    /// One that has nothing and tells the truth.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let bucket = Arc::new(Mutex::new(Bucket::default()));
        let shared = bucket.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let bucket = shared.clone();
                let serve = service_fn(move |request| answer(bucket.clone(), request));
                let connection = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), serve);
                tokio::spawn(async move { drop(connection.await) });
            }
        });
        Self { address, bucket, task }
    }

    /// Its address as a storage is given it.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on this is said; the truth again with the default.
    pub fn tell(&self, lie: Lie) {
        self.bucket.lock().unwrap().lie = lie;
    }

    /// Everything that it holds.
    pub fn objects(&self) -> BTreeMap<String, Bytes> {
        self.bucket.lock().unwrap().objects.clone()
    }

    /// Makes it hold this and nothing else.
    pub fn restore(&self, objects: &BTreeMap<String, Bytes>) {
        self.bucket.lock().unwrap().objects.clone_from(objects);
    }
}

/// Pieces of a body as they come.
struct Sent(BoxStream<'static, Bytes>);

impl Sent {
    fn whole(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self(stream::iter((!bytes.is_empty()).then_some(bytes)).boxed())
    }

    fn flood() -> Self {
        Self(stream::repeat(Bytes::from_static(&[b'x'; 1 << 16])).boxed())
    }

    fn drip() -> Self {
        let drop = |()| async {
            tokio::time::sleep(DRIP).await;
            Bytes::from_static(b"x")
        };
        Self(stream::repeat(()).then(drop).boxed())
    }
}

impl Body for Sent {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Pin::new(&mut self.0)
            .poll_next(context)
            .map(|piece| piece.map(|piece| Ok(Frame::data(piece))))
    }
}

type Query = BTreeMap<String, String>;

async fn answer(
    bucket: Arc<Mutex<Bucket>>,
    request: Request<Incoming>,
) -> Result<Response<Sent>, Infallible> {
    let (parts, body) = request.into_parts();
    let mut body = s3s::Body::from(body);
    let body = body.store_all_limited(usize::MAX).await.unwrap_or_default();
    let query = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let query: Query = query.into_owned().collect();
    let path = parts.uri.path().trim_start_matches('/');
    let key = path.strip_prefix(LYING_BUCKET).unwrap_or(path).trim_start_matches('/').to_owned();
    let mut bucket = bucket.lock().unwrap();
    Ok(match parts.method {
        Method::GET if query.contains_key("list-type") => bucket.list(&query),
        Method::GET => bucket.get(&key, &parts),
        Method::HEAD => bucket.head(&key),
        Method::PUT | Method::POST => bucket.put(key, &query, body),
        Method::DELETE => bucket.delete(&key, &query),
        _ => status(StatusCode::METHOD_NOT_ALLOWED),
    })
}

impl Said {
    fn response(self) -> Option<Response<Sent>> {
        let error = |body| with(StatusCode::INTERNAL_SERVER_ERROR, body);
        Some(match self {
            Self::Truth => return None,
            Self::Nothing => status(StatusCode::OK),
            Self::Flood => with(StatusCode::OK, Sent::flood()),
            Self::FloodOfError => error(Sent::flood()),
            Self::Secret => error(Sent::whole(SECRET)),
            Self::Redirect => {
                let mut response = status(StatusCode::TEMPORARY_REDIRECT);
                let to = "http://127.0.0.1:9/elsewhere".parse().unwrap();
                response.headers_mut().insert("location", to);
                response
            }
            Self::Gibberish => with(StatusCode::OK, Sent::whole("<a><b>&c;</a>")),
            Self::Drip => with(StatusCode::OK, Sent::drip()),
        })
    }
}

impl Bucket {
    fn list(&self, query: &Query) -> Response<Sent> {
        let text = |name: &str| query.get(name).map_or("", String::as_str);
        let (prefix, token) = (text("prefix"), text("continuation-token"));
        let page: usize = token.parse().unwrap_or_default();
        let honest = self.objects.iter().filter(|(key, _)| key.starts_with(prefix));
        let honest: Vec<_> = honest.map(|(key, bytes)| (key.clone(), bytes.len() as u64)).collect();
        let mut keys: Vec<_> = honest.iter().skip(page * PAGE).take(PAGE).cloned().collect();
        let mut next = (honest.len() > (page + 1) * PAGE).then_some(page + 1);
        match &self.lie.listing {
            Listing::Truth => {}
            Listing::With(more) => keys.extend(more.iter().map(|key| (key.clone(), 7))),
            Listing::Endless(pattern) => {
                let numbers = (page * 1000)..((page + 1) * 1000);
                let made = |n: usize| (pattern.replace('%', &format!("{n:012x}")), 7);
                keys = numbers.map(made).collect();
                next = Some(page + 1);
            }
            Listing::Circle => next = Some(0),
            Listing::Empty => (keys, next) = (Vec::new(), Some(page + 1)),
            Listing::Twice => {
                let twice = keys.iter().flat_map(|(key, _)| [key, key]);
                keys = twice.map(|key| (key.clone(), 600 << 20)).collect();
            }
            Listing::Breaks if page > 0 => return with(StatusCode::FORBIDDEN, Sent::whole(SECRET)),
            Listing::Breaks => next = Some(1),
            Listing::Said(said) => {
                if let Some(response) = said.response() {
                    return response;
                }
            }
        }
        with(StatusCode::OK, Sent::whole(page_of(&keys, next)))
    }

    fn get(&self, key: &str, request: &Parts) -> Response<Sent> {
        if let Get::Said(said) = self.lie.get
            && let Some(response) = said.response()
        {
            return response;
        }
        let Some(object) = self.objects.get(key).filter(|_| !matches!(self.lie.get, Get::Missing))
        else {
            return no_such_key();
        };
        let range = request.headers.get("range").and_then(|range| range.to_str().ok());
        let range = range.and_then(|range| range.strip_prefix("bytes=")?.split_once('-'));
        let Some((start, last)) = range.filter(|_| !matches!(self.lie.get, Get::Whole)) else {
            return with(StatusCode::OK, Sent::whole(object.clone()));
        };
        let start: usize = start.parse().unwrap();
        if start >= object.len() {
            return status(StatusCode::RANGE_NOT_SATISFIABLE);
        }
        let last = last.parse().unwrap_or(usize::MAX);
        let end = last.saturating_add(1).min(object.len());
        let part = object.slice(start..end);
        let (from, sent) = match self.lie.get {
            Get::Short => (start, Sent::whole(part.slice(..part.len() / 2))),
            Get::Endless => {
                let more = stream::repeat(Bytes::from_static(&[7; 1 << 16]));
                (start, Sent(stream::iter([part]).chain(more).boxed()))
            }
            Get::Elsewhere => (start + 1, Sent::whole(part)),
            Get::Other => (start, Sent::whole(vec![b'E'; part.len()])),
            _ => (start, Sent::whole(part)),
        };
        let mut response = with(StatusCode::PARTIAL_CONTENT, sent);
        let range = format!("bytes {from}-{}/{}", end - 1, object.len());
        response.headers_mut().insert("content-range", range.parse().unwrap());
        response
    }

    fn head(&self, key: &str) -> Response<Sent> {
        if let Head::Said(said) = self.lie.head
            && let Some(response) = said.response()
        {
            return response;
        }
        let Some(object) =
            self.objects.get(key).filter(|_| !matches!(self.lie.head, Head::Missing))
        else {
            return status(StatusCode::NOT_FOUND);
        };
        let length = match self.lie.head {
            Head::Length(length) => length,
            _ => object.len() as u64,
        };
        let mut response = status(StatusCode::OK);
        let headers = response.headers_mut();
        headers.insert("content-length", length.to_string().parse().unwrap());
        if matches!(self.lie.head, Head::Bare) {
            return response;
        }
        let tag = match self.lie.head {
            Head::OddTag => format!("\"{}\"", "a b,<c>".repeat(100)),
            _ => tag_of(object),
        };
        headers.insert("etag", tag.parse().unwrap());
        headers.insert("last-modified", "Sat, 21 Nov 2026 12:00:00 GMT".parse().unwrap());
        response
    }

    fn put(&mut self, key: String, query: &Query, body: Bytes) -> Response<Sent> {
        if let Some(response) = self.lie.put.response() {
            return response;
        }
        let tag = tag_of(&body);
        if query.contains_key("uploads") {
            let begun = format!(
                "<InitiateMultipartUploadResult><Bucket>{LYING_BUCKET}</Bucket><Key>{key}</Key>\
                 <UploadId>{key}</UploadId></InitiateMultipartUploadResult>"
            );
            return with(StatusCode::OK, Sent::whole(begun));
        }
        if let Some(number) = query.get("partNumber") {
            self.parts.insert((key, number.parse().unwrap()), body);
        } else if query.contains_key("uploadId") {
            let parts: Vec<_> = self.parts.keys().filter(|(of, _)| *of == key).cloned().collect();
            let parts: Vec<Bytes> =
                parts.iter().filter_map(|part| self.parts.remove(part)).collect();
            let whole = Bytes::from(parts.concat());
            let done = format!(
                "<CompleteMultipartUploadResult><Bucket>{LYING_BUCKET}</Bucket><Key>{key}</Key>\
                 <ETag>{}</ETag></CompleteMultipartUploadResult>",
                tag_of(&whole).trim_matches('"')
            );
            self.objects.insert(key, whole);
            return with(StatusCode::OK, Sent::whole(done));
        } else {
            self.objects.insert(key, body);
        }
        let mut response = status(StatusCode::OK);
        response.headers_mut().insert("etag", tag.parse().unwrap());
        response
    }

    fn delete(&mut self, key: &str, query: &Query) -> Response<Sent> {
        if let Some(response) = self.lie.delete.response() {
            return response;
        }
        match query.contains_key("uploadId") {
            true => self.parts.retain(|(of, _), _| of != key),
            false => drop(self.objects.remove(key)),
        }
        status(StatusCode::NO_CONTENT)
    }
}

fn page_of(keys: &[(String, u64)], next: Option<usize>) -> String {
    let mut page = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult><Name>{LYING_BUCKET}</Name>\
         <IsTruncated>{}</IsTruncated>",
        next.is_some()
    );
    for (key, bytes) in keys {
        page += &format!(
            "<Contents><Key>{key}</Key><LastModified>2026-11-21T12:00:00.000Z</LastModified>\
             <ETag>\"e\"</ETag><Size>{bytes}</Size><StorageClass>STANDARD</StorageClass></Contents>"
        );
    }
    if let Some(next) = next {
        page += &format!("<NextContinuationToken>{next}</NextContinuationToken>");
    }
    page + "</ListBucketResult>"
}

fn tag_of(bytes: &Bytes) -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    format!("\"{:016x}\"", hasher.finish())
}

fn no_such_key() -> Response<Sent> {
    let code = "<Error><Code>NoSuchKey</Code><Message>it is not there</Message></Error>";
    with(StatusCode::NOT_FOUND, Sent::whole(code))
}

fn with(status: StatusCode, body: Sent) -> Response<Sent> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
}

fn status(status: StatusCode) -> Response<Sent> {
    with(status, Sent::whole(""))
}
