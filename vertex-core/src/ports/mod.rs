//! What the domain needs done for it. Adapters implement these traits.

mod clock;
mod compute;
mod events;
mod jobs;
mod objects;
mod records;
mod secrets;
mod video;

pub use clock::Clock;
pub use compute::{Compute, ComputeExt};
pub use events::{Event, Events};
pub use jobs::JobQueue;
pub use objects::{ByteRange, ByteStream, ObjectMeta, ObjectWriter, Objects, StorageCapabilities};
pub use records::{
    AuthRecords, CompanyRecords, ContentFilter, ContentRecords, EntryRecords, ProjectRecords,
    Records, RefreshOutcome, UserRecords, VideoRecords, ViewSessionRecords,
};
pub use secrets::{AccessClaims, AccessTokens, Passwords};
pub use video::VideoInspector;
