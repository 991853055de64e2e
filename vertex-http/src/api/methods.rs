//! What is answered to the methods that a path does not have.

use std::collections::HashMap;

use poem::{
    EndpointExt, IntoResponse, Response,
    endpoint::{BoxEndpoint, make_sync},
    http::{HeaderValue, Method, StatusCode, header},
};

use super::Problem;

/// Methods that requests come with.
const KNOWN: [&[u8]; 7] = [b"GET", b"POST", b"PUT", b"PATCH", b"DELETE", b"TRACE", b"QUERY"];

/// Completes the methods of a path: every other one is refused with `Allow`, which `OPTIONS` answers as well.
pub fn complete(methods: &mut HashMap<Method, BoxEndpoint<'static>>) {
    let allow = allow(methods);
    for method in KNOWN.into_iter().flat_map(Method::from_bytes) {
        let allow = allow.clone();
        let refuse = move |_| with_allow(refusal(), allow.clone());
        methods.entry(method).or_insert_with(|| make_sync(refuse).map_to_response().boxed());
    }
    let tell = move |_| with_allow(StatusCode::NO_CONTENT.into_response(), allow.clone());
    methods.entry(Method::OPTIONS).or_insert_with(|| make_sync(tell).map_to_response().boxed());
}

fn allow(methods: &HashMap<Method, BoxEndpoint<'static>>) -> Option<HeaderValue> {
    let mut names: Vec<&str> = methods.keys().map(Method::as_str).collect();
    if methods.contains_key(&Method::GET) && !methods.contains_key(&Method::HEAD) {
        names.push("HEAD");
    }
    if !methods.contains_key(&Method::OPTIONS) {
        names.push("OPTIONS");
    }
    names.sort_unstable();
    HeaderValue::from_str(&names.join(", ")).ok()
}

fn refusal() -> Response {
    let detail = "this path has no such method: `Allow` names those it has".to_owned();
    Problem::from_status(StatusCode::METHOD_NOT_ALLOWED, detail).into_response()
}

fn with_allow(mut response: Response, allow: Option<HeaderValue>) -> Response {
    if let Some(allow) = allow {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}
