//! Pictures that come alive: their markers, their measured quality, and which video plays when.

pub mod batch;
pub mod content;
pub mod marker_formats;
pub mod quality;
pub mod rotation;
