//! The one error type of the domain.

use std::{borrow::Cow, error::Error as StdError, fmt};

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// What every fallible function of this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Source = Box<dyn StdError + Send + Sync>;

/// After how many seconds one of too many things may have ended.
const TOO_MANY_WAIT_S: i64 = 30;

/// What went wrong, in words for the person who asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No such row for this caller; another company's row looks the same.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The input breaks a rule; every bad field is named.
    #[error("{} of the input {} not valid", fields(.0), if .0.len() == 1 { "is" } else { "are" })]
    Invalid(Vec<FieldError>),
    /// The change contradicts what is stored.
    #[error("{0}")]
    Conflict(String),
    /// Somebody else changed the row after the caller had read it.
    #[error("this {0} was changed after you read it: read it again, then change it")]
    Stale(&'static str),
    /// Nobody is signed in, or the proof of it does not hold.
    #[error("{0}")]
    Unauthenticated(&'static str),
    /// Somebody is signed in who may not do this.
    #[error("{0}")]
    Forbidden(&'static str),
    /// Somebody locked the account.
    #[error("this account is locked; an administrator can unlock it")]
    Locked,
    /// Too many wrong passwords. Nobody is told whether anybody has the name.
    #[error("too many failed sign-ins: wait {} s, then try again", seconds(.wait))]
    TooManyFailures {
        /// How long no other password is looked at.
        wait: TimeDelta,
    },
    /// Too many emails to one address, for one user or in all.
    #[error("too many emails were asked for lately: wait {} s, then try again", seconds(.wait))]
    TooManyEmails {
        /// After how long one may go for sure.
        wait: TimeDelta,
    },
    /// More bytes than the limit.
    #[error("{field} is larger than the limit of {limit} bytes")]
    TooLarge {
        /// The field that was measured, such as "image".
        field: &'static str,
        /// The limit in bytes.
        limit: u64,
    },
    /// The company has no room for it.
    #[error("{0}")]
    QuotaExceeded(Exceeded),
    /// So much of what somebody has begun is open that nothing more may be.
    #[error("there are {cap} {what} already, and no more may be: wait for one of them to end")]
    TooMany {
        /// What there is, such as "uploads of yours".
        what: &'static str,
        /// How many there may be.
        cap: u32,
    },
    /// A file of a kind this system does not read.
    #[error("{}: {}", .0.field, .0.message)]
    UnsupportedMedia(FieldError),
    /// So much waits already that this would not be done in time.
    #[error("{0}: try again in a few seconds")]
    Busy(&'static str),
    /// A job took longer than it may and was stopped.
    #[error("it took longer than {seconds} s and was stopped")]
    TimedOut {
        /// The limit in seconds.
        seconds: i64,
    },
    /// Something this system depends on did not answer; trying again may help.
    #[error("{context} is not available")]
    Unavailable {
        /// Which part, such as "the database".
        context: &'static str,
        /// What it said.
        #[source]
        source: Source,
    },
    /// A disk that this system writes to is full; room has to be made first.
    #[error("{context} has no room left")]
    Full {
        /// For what, such as "the database".
        context: &'static str,
        /// What it said.
        #[source]
        source: Source,
    },
    /// A fault of this system.
    #[error("{context}")]
    Internal {
        /// What was being done.
        context: &'static str,
        /// The cause.
        #[source]
        source: Source,
    },
}

/// One field that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// Name of the field as the caller wrote it.
    pub field: String,
    /// What is wrong and what would be right.
    pub message: String,
    /// The rule that is broken, where programs tell it from others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Cow<'static, str>>,
}

impl FieldError {
    /// A complaint about `field`.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into(), code: None }
    }

    /// The same, naming the rule for programs.
    #[must_use]
    pub fn coded(self, code: &'static str) -> Self {
        Self { code: Some(Cow::Borrowed(code)), ..self }
    }
}

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Resource {
    /// Bytes of pictures and videos as they were uploaded.
    Bytes,
    /// Pictures and videos.
    Files,
    /// Uploads that are under way.
    Uploads,
}

impl Resource {
    /// The resource's name in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Files => "files",
            Self::Uploads => "uploads",
        }
    }
}

/// A quota that would be exceeded, with the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exceeded {
    /// Of what there is not enough.
    pub resource: Resource,
    /// The most there may be.
    pub limit: u64,
    /// How much is taken, what is on its way in included.
    pub used: u64,
    /// How much more was wanted.
    pub requested: u64,
}

impl Exceeded {
    /// Whether it would not even fit if nothing else were there.
    pub fn never_fits(&self) -> bool {
        self.requested > self.limit
    }
}

impl fmt::Display for Exceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { resource, limit, used, requested } = self;
        match resource {
            Resource::Uploads => {
                write!(f, "the company may have {limit} uploads under way, and {used} are")
            }
            _ => write!(
                f,
                "the company may keep {limit} {}, {used} are taken, and {requested} more do not fit",
                resource.as_str()
            ),
        }
    }
}

/// Why something is not available, in words that anybody may read: they name no place and no secret.
#[derive(Debug, thiserror::Error)]
#[error("{words}")]
pub struct Reason {
    words: &'static str,
    #[source]
    source: Option<Source>,
}

impl Reason {
    /// These words alone.
    pub fn new(words: &'static str) -> Self {
        Self { words, source: None }
    }

    /// These words for what only the log may say.
    pub fn of(words: &'static str, source: impl Into<Source>) -> Self {
        Self { words, source: Some(source.into()) }
    }
}

/// The kinds of [`Error`], for callers that map them to their own world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// See [`Error::NotFound`].
    NotFound,
    /// See [`Error::Invalid`].
    Invalid,
    /// See [`Error::Conflict`].
    Conflict,
    /// See [`Error::Stale`].
    Stale,
    /// See [`Error::Unauthenticated`].
    Unauthenticated,
    /// See [`Error::Forbidden`].
    Forbidden,
    /// See [`Error::Locked`] and [`Error::TooManyFailures`].
    Locked,
    /// See [`Error::TooManyEmails`].
    TooOften,
    /// See [`Error::TooLarge`].
    TooLarge,
    /// See [`Error::QuotaExceeded`].
    QuotaExceeded,
    /// See [`Error::TooMany`].
    TooMany,
    /// See [`Error::UnsupportedMedia`].
    UnsupportedMedia,
    /// See [`Error::Busy`].
    Busy,
    /// See [`Error::TimedOut`].
    TimedOut,
    /// See [`Error::Unavailable`].
    Unavailable,
    /// See [`Error::Full`].
    Full,
    /// See [`Error::Internal`].
    Internal,
}

impl Error {
    /// The kind of this error.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound(_) => ErrorKind::NotFound,
            Self::Invalid(_) => ErrorKind::Invalid,
            Self::Conflict(_) => ErrorKind::Conflict,
            Self::Stale(_) => ErrorKind::Stale,
            Self::Unauthenticated(_) => ErrorKind::Unauthenticated,
            Self::Forbidden(_) => ErrorKind::Forbidden,
            Self::Locked | Self::TooManyFailures { .. } => ErrorKind::Locked,
            Self::TooManyEmails { .. } => ErrorKind::TooOften,
            Self::TooLarge { .. } => ErrorKind::TooLarge,
            Self::QuotaExceeded(_) => ErrorKind::QuotaExceeded,
            Self::TooMany { .. } => ErrorKind::TooMany,
            Self::UnsupportedMedia(_) => ErrorKind::UnsupportedMedia,
            Self::Busy(_) => ErrorKind::Busy,
            Self::TimedOut { .. } => ErrorKind::TimedOut,
            Self::Unavailable { .. } => ErrorKind::Unavailable,
            Self::Full { .. } => ErrorKind::Full,
            Self::Internal { .. } => ErrorKind::Internal,
        }
    }

    /// One bad field.
    pub fn field(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field, message)])
    }

    /// A file in a field that this system does not read.
    pub fn unsupported(field: &'static str, message: impl Into<String>) -> Self {
        Self::UnsupportedMedia(FieldError::new(field, message))
    }

    /// The bad fields, where the fault is in fields.
    pub fn bad_fields(&self) -> Vec<FieldError> {
        match self {
            Self::Invalid(fields) => fields.clone(),
            Self::UnsupportedMedia(field) => vec![field.clone()],
            Self::TooLarge { field, limit } => {
                vec![FieldError::new(*field, format!("is larger than the limit of {limit} bytes"))]
            }
            _ => Vec::new(),
        }
    }

    /// A dependency that did not answer.
    pub fn unavailable(context: &'static str, source: impl Into<Source>) -> Self {
        Self::Unavailable { context, source: source.into() }
    }

    /// A full disk.
    pub fn full(context: &'static str, source: impl Into<Source>) -> Self {
        Self::Full { context, source: source.into() }
    }

    /// A fault of this system.
    pub fn internal(context: &'static str, source: impl Into<Source>) -> Self {
        Self::Internal { context, source: source.into() }
    }

    /// How many seconds the caller should wait, where that is known.
    pub fn retry_after(&self) -> Option<i64> {
        match self {
            Self::TooManyFailures { wait } | Self::TooManyEmails { wait } => Some(seconds(wait)),
            Self::TooMany { .. } => Some(TOO_MANY_WAIT_S),
            _ => None,
        }
    }

    /// Why something is not available, where it may be told to anybody.
    pub fn reason(&self) -> Option<&'static str> {
        match self {
            Self::Unavailable { source, .. } | Self::Full { source, .. } => {
                source.downcast_ref::<Reason>().map(|reason| reason.words)
            }
            _ => None,
        }
    }

    /// Whether the same call may succeed later without another input.
    pub fn is_temporary(&self) -> bool {
        matches!(
            self.kind(),
            ErrorKind::Busy
                | ErrorKind::TooMany
                | ErrorKind::TimedOut
                | ErrorKind::Unavailable
                | ErrorKind::Full
                | ErrorKind::Internal
        )
    }
}

/// An error and its causes in one line.
pub fn with_causes(error: &dyn StdError) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line = format!("{line}: {error}");
        cause = error.source();
    }
    line
}

/// Whole seconds, at least one.
fn seconds(wait: &TimeDelta) -> i64 {
    wait.num_seconds() + 1
}

fn fields(errors: &[FieldError]) -> String {
    let names: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
    names.join(", ")
}
