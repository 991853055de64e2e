//! One log line a request, when its answer has gone out.

use std::{
    io,
    net::IpAddr,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Instant,
};

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use hyper::body::{Body, Frame, SizeHint};
use poem::{
    Endpoint, IntoResponse, PathPattern, Request, Response, Result,
    http::{Method, header},
};
use poem_openapi::OperationId;
use tracing::Span;

use super::{Next, client::ClientAddress, facts::Facts};
use crate::api::problem::Refusal;

/// Longest path that is written.
const LONGEST: usize = 1024;

/// What a line is made of. `docs/operating.md` says what its keys mean.
struct Line {
    begun: Instant,
    span: Span,
    client: Option<IpAddr>,
    method: Method,
    path: String,
    facts: Facts,
    answer: Option<Answer>,
    bytes: u64,
    is_whole: bool,
}

struct Answer {
    milliseconds: f64,
    status: u16,
    route: Option<PathPattern>,
    operation: Option<OperationId>,
    refusal: Option<Refusal>,
    /// Its length, where that is known.
    bytes: Option<u64>,
}

/// Writes who asked for what, what was answered and how long it took. Query strings stay out, since links are signed
/// there and sign-ins carry secrets; so does whatever else a client sent but its path.
pub async fn log_access(next: Next, request: Request) -> Result<Response> {
    let mut line = Line {
        begun: Instant::now(),
        span: Span::current(),
        client: ClientAddress::of(&request),
        method: request.method().clone(),
        path: request.uri().path().chars().take(LONGEST).collect(),
        facts: Facts::of(&request),
        answer: None,
        bytes: 0,
        is_whole: false,
    };
    let mut response = next.call(request).await?.into_response();
    let body = response.take_body();
    let length =
        response.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    line.answer = Some(Answer {
        milliseconds: milliseconds(line.begun),
        status: response.status().as_u16(),
        route: response.data().cloned(),
        operation: response.data().copied(),
        refusal: response.data().cloned(),
        bytes: length.and_then(|length| length.parse().ok()),
    });
    line.is_whole = body.is_empty() || line.method == Method::HEAD;
    response.set_body(BoxBody::new(Counted { body: body.into(), line }));
    Ok(response)
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

impl Drop for Line {
    fn drop(&mut self) {
        let answer = self.answer.as_ref();
        let caller = self.facts.caller();
        let refusal = answer.and_then(|answer| answer.refusal.as_ref());
        let fields =
            refusal.map(|refusal| refusal.fields.join(",")).filter(|fields| !fields.is_empty());
        let is_whole =
            self.is_whole || answer.is_some_and(|answer| answer.bytes == Some(self.bytes));
        tracing::info!(
            parent: &self.span,
            client = self.client.map(display),
            user_id = caller.map(|(user, _)| display(user)),
            company_id = caller.map(|(_, company)| display(company)),
            method = %self.method,
            path = self.path,
            route = answer.and_then(|answer| answer.route.as_ref()).map(|route| route.0.as_ref()),
            operation = answer.and_then(|answer| answer.operation).map(|operation| operation.0),
            status = answer.map(|answer| answer.status),
            code = refusal.map(|refusal| refusal.code),
            fields,
            bytes = self.bytes,
            is_whole,
            milliseconds = answer.map(|answer| answer.milliseconds),
            total_milliseconds = milliseconds(self.begun),
            "served"
        );
    }
}

/// A body whose bytes are counted.
struct Counted {
    body: BoxBody<Bytes, io::Error>,
    line: Line,
}

impl Body for Counted {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        match &frame {
            Some(Ok(frame)) => {
                self.line.bytes += frame.data_ref().map_or(0, |piece| piece.len() as u64);
                self.line.is_whole |= self.body.is_end_stream();
            }
            Some(Err(_)) => {}
            None => self.line.is_whole = true,
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
