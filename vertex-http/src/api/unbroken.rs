//! Requests that are ended in order when the line is cut.

use futures::TryFutureExt;
use tracing::Instrument;
use vertex_core::{Error, Result};

/// Runs to its end whatever becomes of the connection. A handler is dropped where it stands when its client goes
/// away; what has to be put down again needs this.
pub async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    tokio::spawn(work.in_current_span())
        .map_err(|error| Error::internal("a request panicked", error))
        .await?
}
