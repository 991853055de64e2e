//! MP4 and MOV, the family of ISO base media files (ISO/IEC 14496-12) and QuickTime.

#[cfg(feature = "h264")]
pub(crate) mod avc;
mod boxes;
mod fragments;
pub(crate) mod identifying;
pub(crate) mod movie;
mod sample_entry;
pub(crate) mod samples;
mod track;
