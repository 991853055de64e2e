//! What a storage complains about, in the domain's words.

use std::error::Error as StdError;

use opendal::ErrorKind;
use vertex_core::Error;

use super::outbound::Refused;

/// A failure of a storage, in a sentence for the people whose storage it is. The log has everything that is known.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Fault(String);

pub(super) fn storage_error(error: opendal::Error) -> Error {
    if error.kind() == ErrorKind::NotFound {
        return Error::NotFound("object");
    }
    place_error(error)
}

/// The same where no object was named, so that what is not there is the place.
pub(super) fn place_error(error: opendal::Error) -> Error {
    // What was tried again to the end is not called temporary any more.
    let passes = matches!(error.kind(), ErrorKind::Unexpected | ErrorKind::RateLimited);
    let fault = Fault(sentence(&error));
    tracing::warn!(%error, "a storage failed");
    if passes {
        Error::unavailable("the storage", fault)
    } else {
        Error::internal("the storage failed", fault)
    }
}

fn sentence(error: &opendal::Error) -> String {
    if let Some(refused) = causes(error).find_map(|cause| cause.downcast_ref::<Refused>()) {
        return refused.to_string();
    }
    if let Some(keeper) = causes(error).find(|cause| cause.is::<Error>()) {
        return keeper.source().unwrap_or(keeper).to_string();
    }
    match error.kind() {
        ErrorKind::PermissionDenied => "the storage does not accept the credentials".to_owned(),
        ErrorKind::RateLimited => "the storage asks to slow down".to_owned(),
        ErrorKind::NotFound => "there is no such bucket or folder".to_owned(),
        ErrorKind::ConfigInvalid if error.to_string().contains("NoSuchBucket") => {
            "there is no such bucket".to_owned()
        }
        ErrorKind::ConfigInvalid => "the storage cannot be used with these settings".to_owned(),
        _ => match causes(error).last() {
            Some(root) => format!("the storage does not answer: {root}"),
            None => format!("the storage failed: {}", error.message()),
        },
    }
}

type Cause<'a> = &'a (dyn StdError + 'static);

fn causes(error: &opendal::Error) -> impl Iterator<Item = Cause<'_>> {
    fn next<'a>(cause: &Cause<'a>) -> Option<Cause<'a>> {
        (*cause).source()
    }
    std::iter::successors(error.source(), next)
}
