//! What a storage complains about, in the domain's words.

use std::{error::Error as StdError, io};

use opendal::ErrorKind;
use vertex_core::Error;

use crate::disks::disk_error;

/// What an S3 that has no room left calls it.
const FULL: [&str; 2] = ["XMinioStorageFull", "the disk is full"];

/// Bytes of what a storage said that are logged.
const MOST_LOGGED: usize = 2048;

/// Why a storage cannot be used: all that the people whose storage it is are told. What it answered itself, and
/// which addresses its name has, is in the operator's log only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Cause {
    /// The address that was typed may not be reached.
    #[error("the address may not be used: it must be one of the public internet, by https://")]
    Address,
    /// The name is unknown, leads inside, or nobody listens there: which of them is not told, lest names of the
    /// operator's own network are asked for here.
    #[error("nobody answers at this address, or it may not be reached from here")]
    Unreachable,
    /// It did not answer, or too slowly.
    #[error("the storage does not answer in time")]
    TimedOut,
    /// It refuses the keys.
    #[error("the storage does not accept the credentials")]
    Credentials,
    /// The owner's consent is gone.
    #[error("its owner has taken the consent back: connect it again")]
    Consent,
    /// It lacks the bucket.
    #[error("there is no such bucket or folder")]
    NoBucket,
    /// It wants fewer requests.
    #[error("the storage asks to slow down")]
    SlowDown,
    /// It does not do what it is asked to with these settings.
    #[error("the storage cannot be used with these settings")]
    Settings,
    /// It answered what no such storage answers.
    #[error("the storage answered something that is not expected of its kind")]
    Odd,
    /// Anything else.
    #[error("the storage answered with an error")]
    Failed,
}

/// An answer that is larger, or another part, than what was asked for.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct OddAnswer(pub(super) &'static str);

/// An address that is not spoken to.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Refused(pub(super) String);

impl From<Cause> for Error {
    fn from(cause: Cause) -> Self {
        match cause {
            Cause::TimedOut | Cause::Unreachable | Cause::SlowDown | Cause::Odd | Cause::Failed => {
                Self::unavailable("the storage", cause)
            }
            _ => Self::internal("the storage failed", cause),
        }
    }
}

pub(super) fn storage_error(error: opendal::Error) -> Error {
    if error.kind() == ErrorKind::NotFound {
        return Error::NotFound("object");
    }
    place_error(error)
}

/// The same where no object was named, so that what is not there is the place.
pub(super) fn place_error(error: opendal::Error) -> Error {
    let cause = cause_of(&error);
    tracing::warn!(error = clipped(&error.to_string()), told = %cause, "a storage failed");
    if let Some(of_disk) = of_local_disk(&error) {
        return disk_error("the storage", of_disk);
    }
    if FULL.iter().any(|words| error.message().contains(words)) {
        return Error::full("the storage", cause);
    }
    cause.into()
}

/// OpenDAL gives what a file system says as it is; other errors come wrapped in more.
fn of_local_disk(error: &opendal::Error) -> Option<io::Error> {
    let source = error.source()?.downcast_ref::<io::Error>()?;
    Some(io::Error::from_raw_os_error(source.raw_os_error()?))
}

/// The same for requests that OpenDAL does not make.
pub(super) fn request_error(error: reqwest::Error) -> Error {
    let error = error.without_url();
    let cause = cause_of_request(&error);
    tracing::warn!(error = &error as &dyn StdError, told = %cause, "a storage failed");
    cause.into()
}

fn cause_of(error: &opendal::Error) -> Cause {
    for cause in causes(error) {
        if cause.is::<Refused>() {
            return Cause::Address;
        }
        if cause.is::<OddAnswer>() {
            return Cause::Odd;
        }
        if let Some(error) = cause.downcast_ref::<reqwest::Error>() {
            return cause_of_request(error);
        }
        // Of whoever keeps the tokens of a disk: what time does not heal is a consent that is gone.
        if let Some(keeper) = cause.downcast_ref::<Error>() {
            let heals = keeper.kind() == vertex_core::ErrorKind::Unavailable;
            return if heals { Cause::Unreachable } else { Cause::Consent };
        }
    }
    match error.kind() {
        ErrorKind::PermissionDenied => Cause::Credentials,
        ErrorKind::RateLimited => Cause::SlowDown,
        ErrorKind::NotFound => Cause::NoBucket,
        ErrorKind::ConfigInvalid if error.to_string().contains("NoSuchBucket") => Cause::NoBucket,
        ErrorKind::ConfigInvalid => Cause::Settings,
        _ if error.message().ends_with("timeout reached") => Cause::TimedOut,
        _ if error.message().starts_with("deserialize") => Cause::Odd,
        _ => Cause::Failed,
    }
}

fn cause_of_request(error: &reqwest::Error) -> Cause {
    if error.is_connect() {
        Cause::Unreachable
    } else if error.is_timeout() {
        Cause::TimedOut
    } else if error.is_decode() {
        Cause::Odd
    } else {
        Cause::Failed
    }
}

/// The beginning of what a storage said.
pub(super) fn clipped(text: &str) -> &str {
    &text[..text.floor_char_boundary(MOST_LOGGED)]
}

type CauseRef<'a> = &'a (dyn StdError + 'static);

fn causes(error: &opendal::Error) -> impl Iterator<Item = CauseRef<'_>> {
    fn next<'a>(cause: &CauseRef<'a>) -> Option<CauseRef<'a>> {
        (*cause).source()
    }
    std::iter::successors(error.source(), next)
}
