//! The domain of Vertex AR: entities, rules, ports and use cases.
//!
//! Somebody uploads a picture and videos; whoever points a phone's browser at the printed picture sees a
//! video play on it. This crate knows what that means and nothing of how it is stored, queued or served:
//! effects go through the traits of [`ports`], time and randomness come from [`ports::Clock`].
//!
//! The heart is a pure function, [`rotation::resolve`]: which video plays today.

pub mod domain;
pub mod ports;
pub mod usecases;

pub use domain::{
    access, analytics, audit, batch, caps, chat_code, check, client, company, content,
    email_confirmation, error, folder, identity, ids, invitation, job, links, mac, marker_formats,
    notification, order, page, password, paths, phone, project, publication, quality, quota,
    rotation, storage, tenant, text, throttle, upload, user, version, video, video_history,
    view_session, visitor,
};
pub use error::{Error, ErrorKind, Result};
pub use tenant::{Actor, TenantScope};
