//! What the world sees, and what is counted of it.

pub mod analytics;
pub mod publication;
pub mod view_session;
pub mod visitor;
