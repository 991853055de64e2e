//! Drives the real `vertex` binary over HTTP.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod access_log;
mod analytics;
mod auth;
mod bad_input;
mod caching;
mod chaos;
mod chats;
mod compression;
mod connections;
mod cookies;
mod copies;
mod crash;
mod documents;
mod doubles;
mod email_confirmations;
mod fairness;
mod faults;
mod files;
mod guessing;
mod harness;
mod hostile;
mod lies;
mod limits;
mod links;
mod live;
mod nft;
mod notifications;
mod paths;
mod pictures;
mod plain_pictures;
mod platform;
mod postgres_server;
mod quality;
mod quotas;
mod raw;
mod removals;
mod replacing;
mod rotation;
mod sequences;
mod settings;
mod slow;
mod sockets;
mod storage;
mod sweep;
mod tenants;
mod thread;
mod tus;
mod uploads;
mod versions;
mod walks;

/// That of `vertex`: what is measured here is what would be taken there.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;
