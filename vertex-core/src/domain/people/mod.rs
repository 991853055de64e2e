//! Companies, their people, and what each may do.

pub mod access;
pub mod audit;
pub mod chat_code;
pub mod company;
pub mod email_confirmation;
pub mod identity;
pub mod invitation;
pub mod password;
pub mod tenant;
pub mod throttle;
pub mod user;
