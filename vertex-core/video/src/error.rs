use std::io;

/// Why a video was refused. Each variant is one kind of failure; the message is fit for the person who uploaded it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VideoError {
    /// The first bytes are not those of a container we accept.
    #[error("this is not an MP4, MOV or WebM video")]
    NotVideo,
    /// The container is sound but holds no moving picture, for example sound only.
    #[error("the file has no picture track")]
    NoPicture,
    /// The file ends early, as after an interrupted upload or recording.
    #[error("the file is cut short: {0}")]
    Truncated(&'static str),
    /// The structure contradicts itself.
    #[error("the file is damaged: {0}")]
    Damaged(&'static str),
    /// A size or a count is beyond what this reader accepts.
    #[error("the video exceeds a limit: {0}")]
    TooLarge(&'static str),
    /// Pictures of a kind (named here) that this crate does not decode.
    #[error("pictures in {0} cannot be decoded here")]
    Unsupported(String),
    /// The caller has asked to stop.
    #[error("the reading of the video was stopped")]
    Stopped,
    /// The bytes could not be fetched; the file itself may be sound.
    #[error("the video could not be read: {0}")]
    Read(#[source] io::Error),
}

impl From<io::Error> for VideoError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Truncated("it ends inside a structure"),
            _ => Self::Read(error),
        }
    }
}
