//! What the tests of several crates run against: the use cases on parts that answer at once ([`app::TestApp`]), an S3 and a Yandex Disk that answer on the wire, an S3 that lies, and a
//! database of their own. For tests only.

#![expect(clippy::unwrap_used, reason = "a test says enough by failing there")]

pub mod app;
pub mod lying_s3;
pub mod postgres;
pub mod s3_server;
pub mod yandex_double;
