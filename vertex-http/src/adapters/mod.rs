//! The adapters that are too small for a crate of their own.

mod clock;
mod compute;
mod events;
mod keys;
mod passwords;
mod tokens;
mod videos;

pub use clock::SystemClock;
pub use compute::ComputePool;
pub use events::InProcessEvents;
pub use keys::Keys;
pub use passwords::Argon2Passwords;
pub use tokens::JwtTokens;
pub use videos::FileInspector;
