//! What becomes of request bodies: each has a pace to keep, small ones have a size, what is collected in memory is
//! bounded for all together, refused ones are read off.

mod incoming;
mod pace;

use std::{path::PathBuf, sync::Arc, time::Duration};

use poem::{Body, Endpoint, Request, Response, Result, http::header};
use vertex_core::Error;

use super::{Next, answered, area::Area, client::ClientAddress, streamed::is_streamed};
use crate::{
    adapters::rate_limits::{Holder, Shares},
    api::Problem,
};

pub use incoming::{BodyError, BodyWatch};
use incoming::{Bounds, Incoming};
pub use pace::Pace;

/// Largest body of a request that is not streamed.
const LIMIT: u64 = 1024 * 1024;
/// The same where anybody may send one.
const PUBLIC_LIMIT: u64 = 16 * 1024;

/// How long a body waits for memory that others hold.
const PATIENCE: Duration = Duration::from_secs(5);

/// How much of a refused body is still read, so that its sender gets to read the answer.
const DRAIN_BYTES: usize = 64 * 1024 * 1024;
/// How long that may take.
const DRAIN_TIME: Duration = Duration::from_secs(10);

/// What the bodies of all requests may take together.
#[derive(Debug)]
pub struct BodyLimits {
    /// Bytes of bodies that are collected in memory, by address.
    pub collected: Arc<Shares<Holder>>,
    /// Forms on their way in, by user.
    pub forms: Arc<Shares<Holder>>,
    /// Bytes of pictures that are whole and in memory, by user.
    pub pictures: Arc<Shares<Holder>>,
    /// Where pictures are while they are not whole.
    pub folder: PathBuf,
}

/// Bounds the body of every request. Those that are streamed have a size of their own.
pub async fn bound_body(
    limits: Arc<BodyLimits>,
    pace: Pace,
    next: Next,
    mut request: Request,
) -> Result<Response> {
    request.set_data(limits.clone());
    let body = request.take_body();
    if body.is_empty() {
        return next.call(request).await.map(poem::IntoResponse::into_response);
    }
    let (most, memory) = match is_streamed(&request) {
        true => (None, None),
        false => {
            let most = if Area::of(&request).is_public() { PUBLIC_LIMIT } else { LIMIT };
            let holder = Holder::at(ClientAddress::of(&request));
            (Some(most), Some((limits.collected.clone(), holder)))
        }
    };
    let bounds = Bounds { pace, most, memory, patience: PATIENCE };
    let incoming = Incoming::new(body, bounds);
    let watch = incoming.watch();
    request.set_data(watch.clone());
    request.set_body(Body::from_bytes_stream(incoming.clone().into_stream()));
    let mut response = answered::response(next.call(request).await);
    if let Some(error) = watch.failure() {
        response = answered::problem(problem(error));
    }
    if !response.is_success() {
        incoming.drain(DRAIN_BYTES, DRAIN_TIME).await;
    }
    if watch.failure() == Some(BodyError::TooSlow) {
        let close = poem::http::HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    Ok(response)
}

fn problem(error: BodyError) -> Problem {
    match error {
        BodyError::TooSlow => Problem::too_slow(),
        BodyError::TooLarge(limit) => Error::TooLarge { field: "body", limit }.into(),
        BodyError::LongHead(_) => {
            Error::field("body", format!("is not a form that is read here: {error}")).into()
        }
        BodyError::NoRoom(scarce) => Problem::scarce(scarce, "bodies on their way in"),
    }
}
