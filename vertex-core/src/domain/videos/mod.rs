//! Videos and what is known of their files.

pub mod video;
pub mod video_history;
