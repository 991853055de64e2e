//! What other services on the network answer, of which nothing is believed.

use reqwest::Response;
use serde::de::DeserializeOwned;
use vertex_core::{Error, Result};

/// Reads an answer of at most `most` bytes as JSON.
///
/// # Errors
/// `Unavailable`, naming the `service`, when the line breaks, more comes or it is something else.
pub async fn json<T: DeserializeOwned>(
    service: &'static str,
    mut answer: Response,
    most: usize,
) -> Result<T> {
    let mut body = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(|error| unavailable(service, error))? {
        if body.len() + piece.len() > most {
            return Err(Error::unavailable(service, "its answer is too long"));
        }
        body.extend_from_slice(&piece);
    }
    serde_json::from_slice(&body).map_err(|error| Error::unavailable(service, error))
}

/// A request that came to nothing. Its address, which may carry a secret, is not in the error.
pub fn unavailable(service: &'static str, error: reqwest::Error) -> Error {
    Error::unavailable(service, error.without_url())
}
