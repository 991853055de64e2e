//! Drives the real `vertex` binary over HTTP.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod analytics;
mod auth;
mod bad_input;
mod chaos;
mod copies;
mod crash;
mod documents;
mod doubles;
mod fairness;
mod files;
mod guessing;
mod harness;
mod hostile;
mod limits;
mod links;
mod live;
mod nft;
mod notifications;
mod pictures;
mod platform;
mod quality;
mod quotas;
mod removals;
mod rotation;
#[path = "../../../vertex-storage/tests/objects/s3_server.rs"]
#[expect(dead_code, reason = "the storage tries more on it")]
mod s3_server;
mod sequences;
mod settings;
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
