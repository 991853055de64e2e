//! Requests to the disk's API, and to the links it hands out.

use std::{sync::Arc, time::Duration};

use http::{HeaderValue, Request, Response, StatusCode, header};
use opendal::{Buffer, ErrorKind, HttpBody, HttpTransport};
use reqwest::Url;
use serde::Deserialize;
use vertex_core::paths::ObjectPath;

use super::DiskAccess;
use crate::objects::outbound::{Outbound, body_of};

/// Links lead to the machine that has the file by way of another.
const REDIRECTS: usize = 3;

type Result<T> = opendal::Result<T>;

/// The API of one disk.
pub(super) struct DiskApi {
    outbound: Outbound,
    endpoint: Url,
    folder: String,
    access: Arc<dyn DiskAccess>,
}

/// What bytes are sent to, or come from.
#[derive(Deserialize)]
struct Link {
    href: String,
}

impl DiskApi {
    pub(super) fn new(
        outbound: Outbound,
        endpoint: Url,
        folder: &str,
        access: Arc<dyn DiskAccess>,
    ) -> Self {
        Self { outbound, endpoint, folder: folder.to_owned(), access }
    }

    /// A link that takes an object.
    pub(super) async fn upload_link(&self, path: &ObjectPath) -> Result<Url> {
        self.link("upload", path).await
    }

    /// A link that gives an object.
    async fn download_link(&self, path: &ObjectPath) -> Result<Url> {
        self.link("download", path).await
    }

    async fn link(&self, kind: &str, path: &ObjectPath) -> Result<Url> {
        let mut url = self.endpoint.clone();
        url.set_path(&format!("/v1/disk/resources/{kind}"));
        let whole = format!("/{}/{path}", self.folder).replace("//", "/");
        url.query_pairs_mut().append_pair("path", &whole).append_pair("overwrite", "true");
        let answer = self.authorized(Request::get(url.as_str())).await?;
        let body = body_of(answer).await?;
        let link: Link = serde_json::from_slice(&body).map_err(|_| odd("the disk gave no link"))?;
        let url = Url::parse(&link.href).map_err(|_| odd("the disk gave an odd link"))?;
        self.outbound
            .check(&url)
            .map_err(|why| odd("the disk gave an odd link").set_source(why))?;
        Ok(url)
    }

    async fn authorized(&self, request: http::request::Builder) -> Result<reqwest::Response> {
        let request = request.body(Buffer::new()).map_err(|_| odd("a request cannot be made"))?;
        let answer = self.send(request).await?;
        if answer.status().is_success() { Ok(answer) } else { Err(refusal(answer.status())) }
    }

    /// Sends a request without a body to the API; once more when the token is refused.
    async fn send(&self, request: Request<Buffer>) -> Result<reqwest::Response> {
        let token = self.access.token().await.map_err(no_access)?;
        let answer = self.send_with(&request, &token).await?;
        if answer.status() != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        let token = self.access.token_after(&token).await.map_err(no_access)?;
        self.send_with(&request, &token).await
    }

    async fn send_with(&self, request: &Request<Buffer>, token: &str) -> Result<reqwest::Response> {
        let mut url = self.endpoint.clone();
        url.set_path(request.uri().path());
        url.set_query(request.uri().query());
        self.outbound.check(&url).map_err(|why| odd("refused").set_source(why))?;
        let mut token = HeaderValue::try_from(format!("OAuth {token}"))
            .map_err(|_| odd("the token cannot be sent"))?;
        token.set_sensitive(true);
        let sent = self.outbound.client().request(request.method().clone(), url);
        sent.header(header::AUTHORIZATION, token)
            .timeout(self.outbound.patience().attempt)
            .send()
            .await
            .map_err(broken)
    }

    /// Sends bytes to a link.
    pub(super) async fn put(
        &self,
        link: Url,
        bytes: reqwest::Body,
        length: u64,
    ) -> Result<StatusCode> {
        // A slow line is given its time: 64 KiB/s and a minute.
        let patience = Duration::from_secs(60 + length / (64 << 10));
        let request = self.outbound.client().put(link).header(header::CONTENT_LENGTH, length);
        let answer = request.body(bytes).timeout(patience).send().await.map_err(broken)?;
        if answer.status().is_success() {
            Ok(answer.status())
        } else {
            Err(refusal(answer.status()))
        }
    }

    /// Asks for bytes from `start` up to `end`.
    pub(super) async fn get(
        &self,
        path: &ObjectPath,
        start: u64,
        end: u64,
    ) -> Result<reqwest::Response> {
        let mut url = self.download_link(path).await?;
        for _ in 0..=REDIRECTS {
            let request = self.outbound.client().get(url.clone());
            let range = format!("bytes={start}-{}", end - 1);
            let answer = request.header(header::RANGE, range).send().await.map_err(broken)?;
            if !answer.status().is_redirection() {
                return checked(answer, start);
            }
            let location = answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
            let next = location.and_then(|to| url.join(to).ok());
            url = next.ok_or_else(|| odd("the disk's link leads nowhere"))?;
            self.outbound.check(&url).map_err(|why| odd("refused").set_source(why))?;
        }
        Err(odd("the disk's link leads on and on"))
    }
}

/// A part that begins elsewhere would be taken for the one that was asked for.
fn checked(answer: reqwest::Response, start: u64) -> Result<reqwest::Response> {
    match answer.status() {
        StatusCode::PARTIAL_CONTENT => Ok(answer),
        StatusCode::OK if start == 0 => Ok(answer),
        StatusCode::OK => Err(odd("the disk gave the whole for a part")),
        status => Err(refusal(status)),
    }
}

fn odd(what: &'static str) -> opendal::Error {
    opendal::Error::new(ErrorKind::Unexpected, what)
}

fn no_access(error: vertex_core::Error) -> opendal::Error {
    let passes = matches!(error, vertex_core::Error::Unavailable { .. });
    let refused = opendal::Error::new(ErrorKind::PermissionDenied, "no access").set_source(error);
    if passes { refused.set_temporary() } else { refused }
}

/// A line that broke: it may hold the next time.
pub(super) fn broken(error: reqwest::Error) -> opendal::Error {
    odd("the line to the disk broke").set_source(error.without_url()).set_temporary()
}

fn refusal(status: StatusCode) -> opendal::Error {
    let (kind, what) = match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            (ErrorKind::PermissionDenied, "the disk refuses access")
        }
        StatusCode::NOT_FOUND => (ErrorKind::NotFound, "the disk has no such file"),
        StatusCode::CONFLICT => (ErrorKind::ConditionNotMatch, "the disk lacks the folder"),
        StatusCode::TOO_MANY_REQUESTS => (ErrorKind::RateLimited, "the disk asks to slow down"),
        StatusCode::INSUFFICIENT_STORAGE => (ErrorKind::Unexpected, "the disk is full"),
        _ => (ErrorKind::Unexpected, "the disk failed"),
    };
    let error = opendal::Error::new(kind, what).with_context("status", status.as_u16());
    let passes = status.is_server_error() && status != StatusCode::INSUFFICIENT_STORAGE;
    if passes || status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::LOCKED {
        error.set_temporary()
    } else {
        error
    }
}

/// OpenDAL's requests, with the token that holds now.
pub(super) struct Authorized(pub(super) Arc<DiskApi>);

impl HttpTransport for Authorized {
    async fn fetch(&self, request: Request<Buffer>) -> Result<Response<HttpBody>> {
        let answer = self.0.send(request).await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let bytes = body_of(answer).await?;
        let length = bytes.len() as u64;
        let body = futures::stream::iter([Ok(Buffer::from(bytes))]);
        let mut response = Response::new(HttpBody::new(body, Some(length)));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}
