//! Entities and their rules. Nothing here knows a port or a use case.
//!
//! Modules are named without the folder they are in.

mod contents;
mod files;
pub mod job;
pub mod notification;
mod people;
mod shared;
mod studio;
mod videos;
mod viewing;

pub use contents::{batch, content, marker_formats, quality, rotation};
pub use files::{caps, links, paths, quota, storage, upload};
pub use people::{
    access, audit, chat_code, company, email_confirmation, identity, invitation, password, tenant,
    throttle, user,
};
pub use shared::{check, error, ids, mac, page, phone, text, version};
pub use studio::{client, folder, order, project};
pub use videos::{video, video_history};
pub use viewing::{analytics, publication, view_session, visitor};
