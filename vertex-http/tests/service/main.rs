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
#[path = "../../../vertex-storage/tests/objects/lying_s3.rs"]
#[expect(dead_code, reason = "the storage tells more lies with it")]
mod lying_s3;
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
#[path = "../../../vertex-storage/tests/objects/s3_server.rs"]
#[expect(dead_code, reason = "the storage tries more on it")]
mod s3_server;
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
#[path = "../../../vertex-storage/tests/objects/yandex_double.rs"]
mod yandex_double;

/// That of `vertex`: what is measured here is what would be taken there.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;
