//! The adapters that are too small for a crate of their own.

mod cached;
mod clock;
mod compute;
mod events;
mod ffmpeg;
mod keys;
mod marker_cache;
mod measured_objects;
mod passwords;
mod publications;
mod storages;
mod threads;
mod tokens;
mod videos;
mod view_queue;
mod yandex;

pub use clock::SystemClock;
pub use compute::ComputePool;
pub use events::InProcessEvents;
pub use ffmpeg::{Ffmpeg, FfmpegLimits};
pub use keys::{Keys, check_secret_key};
pub use marker_cache::MarkerCache;
pub use measured_objects::MeasuredObjects;
pub use passwords::Argon2Passwords;
pub use publications::CachedPublications;
pub use storages::TenantStorages;
pub use threads::{Priority, lower_engine_priority};
pub use tokens::JwtTokens;
pub use videos::FileInspector;
pub use view_queue::{ViewQueue, ViewRecorder};
pub use yandex::{KeptTokens, YandexConsents, YandexSettings};
