//! A Yandex Disk and its OAuth on loopback: what their documents say of the requests we make.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    convert::Infallible,
    hash::{DefaultHasher, Hash, Hasher},
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use hyper::{
    Method, Request, Response, StatusCode, body::Incoming, header::HeaderMap, service::service_fn,
};
use hyper_util::rt::TokioIo;
use s3s::Body;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

/// What the disk of the only account holds, and who may open it.
#[derive(Default)]
pub struct Disk {
    /// The files by path.
    pub files: BTreeMap<String, Bytes>,
    folders: BTreeSet<String>,
    access: HashSet<String>,
    refresh: HashSet<String>,
    codes: BTreeMap<String, String>,
    drawn: u64,
    /// How long new tokens hold.
    pub lifetime: i64,
    /// How often tokens were renewed.
    pub renewals: u64,
    /// How many of the next requests fail.
    pub failures: u32,
}

impl Disk {
    fn draw(&mut self, what: &str) -> String {
        self.drawn += 1;
        format!("{what}-{}", self.drawn)
    }

    /// A pair of tokens that open it.
    pub fn tokens(&mut self) -> (String, String) {
        let pair = (self.draw("access"), self.draw("refresh"));
        self.access.insert(pair.0.clone());
        self.refresh.insert(pair.1.clone());
        pair
    }

    /// The owner consents on the page: gives the code that the browser comes back with.
    pub fn consent(&mut self, challenge: &str) -> String {
        let code = self.draw("code");
        self.codes.insert(code.clone(), challenge.to_owned());
        code
    }

    /// The owner takes every consent back.
    pub fn withdraw(&mut self) {
        self.access.clear();
        self.refresh.clear();
    }

    /// Access tokens end; they can be renewed.
    pub fn expire(&mut self) {
        self.access.clear();
    }
}

/// A running double.
pub struct YandexDouble {
    /// Where it listens.
    pub address: SocketAddr,
    /// What it has.
    pub disk: Arc<Mutex<Disk>>,
    task: JoinHandle<()>,
}

impl Drop for YandexDouble {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl YandexDouble {
    /// One with an empty disk.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let disk = Arc::new(Mutex::new(Disk { lifetime: 31_536_000, ..Disk::default() }));
        let shared = disk.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let disk = shared.clone();
                let serve = service_fn(move |request| answer(disk.clone(), address, request));
                let connection = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), serve);
                tokio::spawn(async move { drop(connection.await) });
            }
        });
        Self { address, disk, task }
    }

    /// The address of its interfaces.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

async fn answer(
    disk: Arc<Mutex<Disk>>,
    address: SocketAddr,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let (parts, body) = request.into_parts();
    let mut body = Body::from(body);
    let bytes = body.store_all_limited(usize::MAX).await.unwrap_or_default();
    let query: BTreeMap<String, String> = form(parts.uri.query().unwrap_or_default().as_bytes());
    let path = query.get("path").map(|path| path.trim_end_matches('/').to_owned());
    let mut disk = disk.lock().unwrap();
    if disk.failures > 0 {
        disk.failures -= 1;
        return Ok(status(StatusCode::SERVICE_UNAVAILABLE));
    }
    let route = parts.uri.path().to_owned();
    if route == "/token" {
        return Ok(token(&mut disk, &form(&bytes)));
    }
    if let Some(stored) = route.strip_prefix("/upload") {
        disk.files.insert(decoded(stored), bytes);
        return Ok(status(StatusCode::CREATED));
    }
    if let Some(stored) = route.strip_prefix("/download") {
        let to = format!("http://{address}/file{stored}");
        let mut redirect = status(StatusCode::FOUND);
        redirect.headers_mut().insert("location", to.parse().unwrap());
        return Ok(redirect);
    }
    if let Some(stored) = route.strip_prefix("/file") {
        return Ok(part(disk.files.get(&decoded(stored)), &parts.headers));
    }
    let token = parts.headers.get("authorization").and_then(|value| value.to_str().ok());
    let opens = token.and_then(|token| token.strip_prefix("OAuth "));
    if !opens.is_some_and(|token| disk.access.contains(token)) {
        return Ok(json_answer(StatusCode::UNAUTHORIZED, &complaint("UnauthorizedError")));
    }
    if route == "/v1/disk/" {
        return Ok(json_answer(
            StatusCode::OK,
            &json!({"user": {"uid": "12345", "login": "anna"}}),
        ));
    }
    let Some(path) = path else { return Ok(status(StatusCode::BAD_REQUEST)) };
    let link = |kind: &str| json!({"href": format!("http://{address}/{kind}{}", encoded(&path))});
    Ok(match (&parts.method, route.as_str()) {
        (&Method::GET, "/v1/disk/resources/upload") => match disk.has_parent_of(&path) {
            true => json_answer(StatusCode::OK, &link("upload")),
            false => json_answer(StatusCode::CONFLICT, &complaint("DiskPathDoesntExistsError")),
        },
        (&Method::GET, "/v1/disk/resources/download") => match disk.files.contains_key(&path) {
            true => json_answer(StatusCode::OK, &link("download")),
            false => not_found(),
        },
        (&Method::GET, "/v1/disk/resources") => disk.describe(&path, &query),
        (&Method::PUT, "/v1/disk/resources") => match disk.folders.insert(path) {
            true => status(StatusCode::CREATED),
            false => json_answer(
                StatusCode::CONFLICT,
                &complaint("DiskPathPointsToExistentDirectoryError"),
            ),
        },
        (&Method::DELETE, "/v1/disk/resources") => match disk.files.remove(&path) {
            Some(_) => status(StatusCode::NO_CONTENT),
            None => not_found(),
        },
        _ => status(StatusCode::METHOD_NOT_ALLOWED),
    })
}

impl Disk {
    fn has_parent_of(&self, path: &str) -> bool {
        path.rsplit_once('/').is_some_and(|(parent, _)| self.folders.contains(parent))
    }

    fn describe(&self, path: &str, query: &BTreeMap<String, String>) -> Response<Body> {
        if let Some(bytes) = self.files.get(path) {
            return json_answer(StatusCode::OK, &file(path, bytes));
        }
        if !self.folders.contains(path) {
            return not_found();
        }
        let within = |other: &str| {
            other
                .strip_prefix(path)
                .and_then(|rest| rest.strip_prefix('/'))
                .is_some_and(|rest| !rest.contains('/'))
        };
        let folders = self.folders.iter().filter(|other| within(other)).map(|other| folder(other));
        let files = self.files.iter().filter(|(other, _)| within(other));
        let items: Vec<Value> =
            folders.chain(files.map(|(path, bytes)| file(path, bytes))).collect();
        let number = |name: &str, default| query.get(name).map_or(default, |n| n.parse().unwrap());
        let page: Vec<&Value> =
            items.iter().skip(number("offset", 0)).take(number("limit", 20)).collect();
        let mut described = folder(path);
        described["_embedded"] = json!({"total": items.len(), "items": page});
        json_answer(StatusCode::OK, &described)
    }
}

fn file(path: &str, bytes: &Bytes) -> Value {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    json!({
        "type": "file", "path": format!("disk:{path}"), "modified": "2026-11-21T12:00:00+00:00",
        "size": bytes.len(), "md5": format!("{:032x}", hasher.finish()),
        "mime_type": "application/octet-stream",
    })
}

fn folder(path: &str) -> Value {
    json!({"type": "dir", "path": format!("disk:{path}"), "modified": "2026-11-21T12:00:00+00:00"})
}

fn token(disk: &mut Disk, form: &BTreeMap<String, String>) -> Response<Body> {
    let given = |name: &str| form.get(name).cloned().unwrap_or_default();
    let is_taken = match given("grant_type").as_str() {
        "authorization_code" => {
            disk.codes.remove(&given("code")) == Some(challenge(&given("code_verifier")))
        }
        "refresh_token" => {
            disk.renewals += 1;
            disk.refresh.remove(&given("refresh_token"))
        }
        _ => false,
    };
    if !is_taken {
        return json_answer(StatusCode::BAD_REQUEST, &json!({"error": "invalid_grant"}));
    }
    let (access, refresh) = disk.tokens();
    let tokens = json!({
        "token_type": "bearer", "access_token": access, "refresh_token": refresh,
        "expires_in": disk.lifetime,
    });
    json_answer(StatusCode::OK, &tokens)
}

fn challenge(verifier: &str) -> String {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    use sha2::{Digest, Sha256};
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

fn part(file: Option<&Bytes>, headers: &HeaderMap) -> Response<Body> {
    let Some(file) = file else { return not_found() };
    let range = headers.get("range").and_then(|range| range.to_str().ok());
    let Some((start, end)) = range.and_then(|r| r.strip_prefix("bytes=")?.split_once('-')) else {
        return Response::new(Body::from(file.clone()));
    };
    let (start, end): (usize, usize) = (start.parse().unwrap(), end.parse().unwrap());
    let mut response = Response::new(Body::from(file.slice(start..(end + 1).min(file.len()))));
    *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    response
}

fn form(bytes: &[u8]) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(bytes).into_owned().collect()
}

fn encoded(path: &str) -> String {
    let mut url = url::Url::parse("http://disk").unwrap();
    url.set_path(path);
    url.path().to_owned()
}

fn decoded(path: &str) -> String {
    form(format!("x={}", path.replace('+', "%2B")).as_bytes()).remove("x").unwrap()
}

fn complaint(error: &str) -> Value {
    json!({"error": error, "message": error, "description": error})
}

fn not_found() -> Response<Body> {
    json_answer(StatusCode::NOT_FOUND, &complaint("DiskNotFoundError"))
}

fn json_answer(status: StatusCode, value: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(Bytes::from(value.to_string())));
    *response.status_mut() = status;
    response
}

fn status(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
