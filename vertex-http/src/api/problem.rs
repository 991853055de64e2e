//! Errors as RFC 9457 `application/problem+json`: the only place where errors become answers.

use poem::{
    IntoResponse, Response,
    error::ResponseError,
    http::{StatusCode, header},
};
use poem_openapi::{
    ApiResponse, Object,
    error::{ContentTypeError, ParseParamError, ParsePathError, ParseRequestPayloadError},
    payload::Payload,
    registry::{MetaMediaType, MetaResponse, MetaResponses, Registry},
    types::{ToJSON, Type},
};
use vertex_core::{
    Error, ErrorKind,
    error::{Exceeded, FieldError, with_causes},
};

use crate::{
    adapters::rate_limits::{Scarce, Verdict},
    middleware::{path::PathError, request_id},
};

const MEDIA_TYPE: &str = "application/problem+json; charset=utf-8";

/// One field of a request that breaks a rule.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ProblemField")]
pub struct FieldView {
    /// Name of the field.
    pub field: String,
    /// What is wrong and what would be right.
    pub message: String,
    /// The rule that is broken for programs, such as `password_common`; not every rule has one.
    #[oai(skip_serializing_if_is_none)]
    pub code: Option<String>,
}

impl From<&FieldError> for FieldView {
    fn from(error: &FieldError) -> Self {
        Self {
            field: error.field.clone(),
            message: error.message.clone(),
            code: error.code.as_deref().map(str::to_owned),
        }
    }
}

/// The quota that an upload does not fit into.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ProblemQuota")]
pub struct QuotaView {
    /// `bytes`, `files` or `uploads` (under way at once).
    pub resource: String,
    /// The most there may be.
    pub limit: u64,
    /// How much is taken, what is on its way in included.
    pub used: u64,
    /// How much more was wanted.
    pub requested: u64,
}

impl From<&Exceeded> for QuotaView {
    fn from(exceeded: &Exceeded) -> Self {
        Self {
            resource: exceeded.resource.as_str().to_owned(),
            limit: exceeded.limit,
            used: exceeded.used,
            requested: exceeded.requested,
        }
    }
}

/// An error as RFC 9457 has it.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Problem")]
pub struct ProblemView {
    /// A URI that names the kind of problem.
    #[oai(rename = "type")]
    pub kind: String,
    /// The kind of problem in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What went wrong this time.
    pub detail: String,
    /// The kind of problem for programs, such as `not_found`.
    pub code: String,
    /// Every bad field of the request.
    pub errors: Vec<FieldView>,
    /// The numbers, when a quota has no room.
    #[oai(skip_serializing_if_is_none)]
    pub quota: Option<QuotaView>,
    /// Names this request in the server's log.
    pub request_id: String,
}

/// What the log says of a problem: it is in the data of its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The kind of problem.
    pub code: &'static str,
    /// The fields that were refused: names, never values, and not all of many.
    pub fields: Vec<String>,
}

impl Refusal {
    /// Names may come from outside.
    const LONGEST: usize = 64;
    const MOST: usize = 16;

    fn of(problem: &Problem) -> Self {
        let fields = problem.errors.iter().take(Self::MOST);
        let name = |error: &FieldError| error.field.chars().take(Self::LONGEST).collect();
        Self { code: problem.code, fields: fields.map(name).collect() }
    }
}

/// An error on its way out.
#[derive(Debug, thiserror::Error)]
#[error("{detail}")]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: String,
    errors: Vec<FieldError>,
    quota: Option<Box<Exceeded>>,
    refused: Option<Box<Verdict>>,
    retry_after: Option<i64>,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, title: &'static str, detail: String) -> Self {
        Self {
            status,
            code,
            title,
            detail,
            errors: Vec::new(),
            quota: None,
            refused: None,
            retry_after: None,
        }
    }

    /// Somebody asked too often.
    pub fn too_many(verdict: &Verdict) -> Self {
        let wait = verdict.retry_after().unwrap_or(1);
        let detail = format!("more than {} requests a minute: wait {wait} s", verdict.limit);
        let status = StatusCode::TOO_MANY_REQUESTS;
        let problem = Self::new(status, "too_many_requests", "Too many requests", detail);
        Self { refused: Some(Box::new(*verdict)), ..problem }
    }

    /// Somebody holds too much at once, or everybody does.
    pub fn scarce(scarce: Scarce, what: &str) -> Self {
        match scarce {
            Scarce::Own => {
                let detail = format!("you have too many {what}: wait for them to end");
                let status = StatusCode::TOO_MANY_REQUESTS;
                Self::new(status, "too_many_at_once", "Too many at once", detail)
            }
            Scarce::All => {
                let detail = format!("there are too many {what}: try again");
                let status = StatusCode::SERVICE_UNAVAILABLE;
                Self::new(status, "overloaded", "Too much at once", detail)
            }
        }
    }

    /// The body of a request came more slowly than it may.
    pub fn too_slow() -> Self {
        let detail = "the body came too slowly: send it again, by `/api/uploads` on a bad line";
        Self::new(StatusCode::REQUEST_TIMEOUT, "too_slow", "Too slow", detail.to_owned())
    }

    /// The path of a request has several meanings.
    pub fn bad_path(error: PathError) -> Self {
        let detail = format!("the path {error}");
        Self::new(StatusCode::BAD_REQUEST, "bad_path", "Bad path", detail)
    }

    /// The body of this problem.
    fn view(&self) -> ProblemView {
        ProblemView {
            kind: "about:blank".to_owned(),
            title: self.title.to_owned(),
            status: self.status.as_u16(),
            detail: self.detail.clone(),
            code: self.code.to_owned(),
            errors: self.errors.iter().map(FieldView::from).collect(),
            quota: self.quota.as_deref().map(QuotaView::from),
            request_id: request_id::current(),
        }
    }

    /// Whatever the framework or a handler complains of.
    pub fn from_poem(mut error: poem::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(problem) => return problem,
            Err(other) => error = other,
        }
        if error.is::<ParsePathError>() {
            return Error::NotFound("resource").into();
        }
        if let Some(bad) = error.downcast_ref::<ParseParamError>() {
            return Error::field(bad.name, bad.reason.clone()).into();
        }
        if let Some(bad) = error.downcast_ref::<ParseRequestPayloadError>() {
            return Error::field("body", bad.reason.clone()).into();
        }
        if error.is::<ContentTypeError>() {
            return Error::unsupported("body", error.to_string()).into();
        }
        Self::from_status(error.status(), error.to_string())
    }

    /// For what the framework only gives a status.
    pub fn from_status(status: StatusCode, detail: String) -> Self {
        let (code, title) = match status {
            StatusCode::BAD_REQUEST => return Error::field("body", detail).into(),
            StatusCode::NOT_FOUND => ("not_found", "Not found"),
            StatusCode::PRECONDITION_FAILED => ("precondition", "Precondition failed"),
            StatusCode::METHOD_NOT_ALLOWED => ("method_not_allowed", "Method not allowed"),
            StatusCode::PAYLOAD_TOO_LARGE => ("too_large", "Too large"),
            StatusCode::RANGE_NOT_SATISFIABLE => ("range", "Range not satisfiable"),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => ("unsupported_media", "Unsupported media type"),
            status if status.is_client_error() => ("bad_request", "Bad request"),
            _ => return Error::internal("the request could not be served", detail).into(),
        };
        Self::new(status, code, title, detail)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let (status, code, title) = match error.kind() {
            ErrorKind::NotFound => (StatusCode::NOT_FOUND, "not_found", "Not found"),
            ErrorKind::Invalid => {
                (StatusCode::UNPROCESSABLE_ENTITY, "invalid_input", "Invalid input")
            }
            ErrorKind::Conflict => (StatusCode::CONFLICT, "conflict", "Conflict"),
            ErrorKind::Stale => (StatusCode::PRECONDITION_FAILED, "stale", "Changed meanwhile"),
            ErrorKind::Unauthenticated => {
                (StatusCode::UNAUTHORIZED, "unauthenticated", "Not signed in")
            }
            ErrorKind::Forbidden => (StatusCode::FORBIDDEN, "forbidden", "Not allowed"),
            ErrorKind::Locked => (StatusCode::LOCKED, "locked", "Account locked"),
            ErrorKind::TooOften => {
                (StatusCode::TOO_MANY_REQUESTS, "too_many_requests", "Too many requests")
            }
            ErrorKind::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too_large", "Too large"),
            ErrorKind::QuotaExceeded => {
                (StatusCode::INSUFFICIENT_STORAGE, "quota_exceeded", "No room in the quota")
            }
            ErrorKind::TooMany => {
                (StatusCode::TOO_MANY_REQUESTS, "too_many_at_once", "Too many at once")
            }
            ErrorKind::UnsupportedMedia => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media", "Unsupported media type")
            }
            ErrorKind::Busy => {
                tracing::warn!(error = &error as &dyn std::error::Error, "busy");
                (StatusCode::SERVICE_UNAVAILABLE, "busy", "Too much to do")
            }
            ErrorKind::Unavailable => {
                tracing::error!(error = with_causes(&error), "unavailable");
                (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Temporarily unavailable")
            }
            ErrorKind::Full => {
                tracing::error!(error = with_causes(&error), "full");
                (StatusCode::INSUFFICIENT_STORAGE, "storage_full", "No space left")
            }
            _ => {
                // Not called an error: each of these is in the log, with the request that it names.
                tracing::error!(fault = with_causes(&error), "fault");
                let detail = "something went wrong on our side; the log names it by request_id";
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                return Self::new(status, "internal", "Internal error", detail.to_owned());
            }
        };
        let mut problem = Self::new(status, code, title, error.to_string());
        problem.errors = error.bad_fields();
        problem.retry_after = error.retry_after();
        if let Error::QuotaExceeded(exceeded) = &error {
            problem.quota = Some(Box::new(*exceeded));
            if exceeded.never_fits() {
                problem.status = StatusCode::PAYLOAD_TOO_LARGE;
            }
        }
        problem
    }
}

impl ResponseError for Problem {
    fn status(&self) -> StatusCode {
        self.status
    }

    fn as_response(&self) -> Response {
        let body = self.view().to_json_string();
        let response = Response::builder().status(self.status).content_type(MEDIA_TYPE);
        let response = match self.status {
            StatusCode::UNAUTHORIZED => response.header("www-authenticate", "Bearer"),
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
                response.header("retry-after", "5")
            }
            StatusCode::INSUFFICIENT_STORAGE if self.quota.is_none() => {
                response.header("retry-after", "60")
            }
            _ => response,
        };
        let mut response = response.body(body);
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        if let Some(verdict) = &self.refused {
            verdict.announce(response.headers_mut());
        }
        response.set_data(Refusal::of(self));
        response
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.as_response()
    }
}

impl ApiResponse for Problem {
    fn meta() -> MetaResponses {
        let content = MetaMediaType { content_type: MEDIA_TYPE, schema: ProblemView::schema_ref() };
        MetaResponses {
            responses: vec![MetaResponse {
                description: "Every error, as RFC 9457 has it.",
                status: None,
                status_range: None,
                content: vec![content],
                headers: Vec::new(),
            }],
        }
    }

    fn register(registry: &mut Registry) {
        ProblemView::register(registry);
    }
}

/// The type of every JSON answer: a view, or a problem.
pub type Answer<T> = Result<T, Problem>;

/// Documents the media type once for payloads that are not JSON.
pub(super) fn binary_response(
    description: &'static str,
    status: u16,
    content_types: &[&'static str],
) -> MetaResponse {
    let schema = || poem_openapi::payload::Binary::<Vec<u8>>::schema_ref();
    let content =
        content_types.iter().map(|content_type| MetaMediaType { content_type, schema: schema() });
    MetaResponse {
        description,
        status: Some(status),
        status_range: None,
        content: content.collect(),
        headers: Vec::new(),
    }
}
