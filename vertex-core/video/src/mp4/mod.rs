//! MP4 and MOV, the family of ISO base media files (ISO/IEC 14496-12) and QuickTime.

mod boxes;
mod fragments;
mod headers;
pub(crate) mod identifying;
pub(crate) mod movie;
pub(crate) mod sample_entry;
pub(crate) mod samples;
pub(crate) mod timeline;
mod track;
