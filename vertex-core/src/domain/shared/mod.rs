//! What every other part of the domain speaks in: errors, checks of input, ids, texts, pages.

pub mod check;
pub mod error;
pub mod ids;
pub mod mac;
pub mod page;
pub mod phone;
pub mod text;
pub mod version;
