//! Where files are, how many there may be, and how they come in.

pub mod caps;
pub mod links;
pub mod paths;
pub mod quota;
pub mod storage;
pub mod upload;
