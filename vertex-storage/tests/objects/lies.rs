//! A storage is believed about nothing: whatever it says, what comes of it is bounded, exact or an error in our words.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::TimeDelta;
use futures::{StreamExt, TryStreamExt};
use tokio::time::Instant;
use uuid::Uuid;
use vertex_core::{
    Error, Result,
    error::with_causes,
    ids::{CompanyId, ContentId},
    paths::ObjectPath,
    ports::{
        ByteRange, ByteStream, CompanyFiles, ObjectMeta, ObjectStream, ObjectWriter, Objects,
        StorageCapabilities,
    },
    storage::{Bucket, Endpoint},
};
use vertex_storage::{OpenDalObjects, Outbound, Patience, SystemResolver, TimeLimited};

use vertex_testkit::lying_s3::{Get, Head, LYING_BUCKET, Lie, Listing, LyingS3, SECRET, Said};

use crate::{bytes, path, s3::loopback};

/// What is waited for a liar, in tests.
const SHORT: Patience =
    Patience { attempt: Duration::from_secs(1), operation: Duration::from_secs(3) };

/// The objects of the server, waited for as long as that.
pub fn objects(server: &LyingS3, patience: Patience) -> TimeLimited<OpenDalObjects> {
    let bucket = Bucket {
        endpoint: Endpoint::parse(server.endpoint(), &loopback()).unwrap(),
        region: "us-east-1".to_owned(),
        name: LYING_BUCKET.to_owned(),
        prefix: "some/studio".to_owned(),
        virtual_host: false,
        direct_links: false,
    };
    let outbound = Outbound::new(loopback(), Arc::new(SystemResolver)).unwrap();
    let outbound = outbound.with_patience(patience);
    OpenDalObjects::s3(&outbound, &bucket, "any", "any").unwrap()
}

/// Each company's files by a view of its own, as the service reaches them.
pub struct ByCompany(pub Arc<dyn Objects>);

impl ByCompany {
    fn of(&self, company: CompanyId) -> CompanyFiles {
        CompanyFiles::new(company, self.0.clone())
    }
}

#[async_trait]
impl Objects for ByCompany {
    fn capabilities(&self) -> StorageCapabilities {
        self.0.capabilities()
    }

    async fn writer(&self, path: &ObjectPath) -> Result<Box<dyn ObjectWriter>> {
        self.of(path.company()).writer(path).await
    }

    async fn stat(&self, path: &ObjectPath) -> Result<Option<ObjectMeta>> {
        self.of(path.company()).stat(path).await
    }

    async fn read(&self, path: &ObjectPath, range: ByteRange) -> Result<ByteStream> {
        self.of(path.company()).read(path, range).await
    }

    async fn delete(&self, path: &ObjectPath) -> Result<()> {
        self.of(path.company()).delete(path).await
    }

    async fn list(&self, company: CompanyId) -> Result<ObjectStream> {
        self.of(company).list(company).await
    }

    async fn presign(&self, path: &ObjectPath, ttl: TimeDelta) -> Result<Option<String>> {
        self.of(path.company()).presign(path, ttl).await
    }
}

/// Keys that no company asked for: of another company, of nobody, outside of the prefix, climbing.
pub fn foreign() -> Vec<String> {
    let other = ObjectPath::qr_code(CompanyId(Uuid::from_u128(99)), ContentId(Uuid::nil()));
    let own = path();
    vec![
        format!("some/studio/{other}"),
        other.to_string(),
        own.to_string(),
        format!("some/studio/{}", own.as_str().to_uppercase()),
        format!("some/studio/content/../{other}"),
        format!("some/studio/{own}/more"),
        "some/studio/content/readme.txt".to_owned(),
        "x".to_owned(),
        "ы".to_owned(),
    ]
}

async fn written(server: &LyingS3) -> TimeLimited<OpenDalObjects> {
    let objects = objects(server, SHORT);
    objects.put(&path(), bytes(3000)).await.unwrap();
    objects
}

async fn read(objects: &dyn Objects) -> Result<Vec<u8>> {
    let pieces: Vec<Bytes> = objects.read_whole(&path(), 3000).await?.try_collect().await?;
    Ok(pieces.concat())
}

/// Bytes of memory that this process has.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_is_what_its_row_says_or_an_error() {
    let server = LyingS3::start().await;
    let objects = written(&server).await;
    for length in [0, 1, 2999, 3001, 600 << 20, u64::MAX] {
        server.tell(Lie { head: Head::Length(length), ..Lie::default() });
        if let Ok(read) = read(&objects).await {
            assert_eq!(read, bytes(3000), "{length}");
        }
    }
    for get in [
        Get::Short,
        Get::Endless,
        Get::Elsewhere,
        Get::Missing,
        Get::Said(Said::Flood),
        Get::Said(Said::Nothing),
        Get::Said(Said::Gibberish),
        Get::Said(Said::Drip),
    ] {
        server.tell(Lie { get: get.clone(), ..Lie::default() });
        assert!(read(&objects).await.is_err(), "{get:?}");
    }
    server.tell(Lie { get: Get::Whole, ..Lie::default() });
    if let Ok(read) = read(&objects).await {
        assert_eq!(read, bytes(3000), "the whole is the part from its start");
    }
    let part = objects.read(&path(), 10..20).await.unwrap();
    assert!(part.try_collect::<Vec<_>>().await.is_err(), "the whole is no part from elsewhere");
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_bounded_in_bytes_and_time_and_tell_nobody_what_they_say() {
    let server = LyingS3::start().await;
    let objects = written(&server).await;
    let before = resident();
    for said in [
        Said::Flood,
        Said::FloodOfError,
        Said::Secret,
        Said::Redirect,
        Said::Gibberish,
        Said::Nothing,
        Said::Drip,
    ] {
        let lie = Lie {
            listing: Listing::Said(said),
            head: Head::Said(said),
            get: Get::Said(said),
            put: said,
            delete: said,
        };
        server.tell(lie);
        let begun = Instant::now();
        let said_back = |error: Option<Error>| error.map_or(String::new(), |e| with_causes(&e));
        let told = [
            said_back(objects.put(&path(), bytes(10)).await.err()),
            said_back(objects.stat(&path()).await.err()),
            said_back(objects.get(&path(), 3000).await.err()),
            said_back(objects.delete(&path()).await.err()),
            said_back(match objects.list(path().company()).await {
                Ok(listed) => listed.try_collect::<Vec<_>>().await.err(),
                Err(error) => Some(error),
            }),
        ];
        let told = told.join("\n");
        assert!(!told.contains(SECRET) && !told.contains("127.0.0.1"), "{said:?}: {told}");
        assert!(begun.elapsed() < Duration::from_secs(60), "{said:?}: {:?}", begun.elapsed());
    }
    let grown = resident().saturating_sub(before);
    assert!(grown < 64 << 20, "memory grew by {grown} bytes");
}

#[tokio::test(flavor = "multi_thread")]
async fn listings_end_and_hold_what_is_ours_alone() {
    let server = LyingS3::start().await;
    let objects = ByCompany(Arc::new(written(&server).await));
    let company = path().company();
    let list = async || match objects.list(company).await {
        Ok(listed) => listed.map_ok(|(path, _)| path).try_collect::<Vec<_>>().await,
        Err(error) => Err(error),
    };
    let before = resident();
    server.tell(Lie { listing: Listing::With(foreign()), ..Lie::default() });
    assert_eq!(list().await.unwrap(), [path()]);
    let own = path().as_str().rsplit_once("000000000002").unwrap().0.to_owned();
    let other = own.replace(&company.to_string(), &Uuid::from_u128(99).to_string());
    for listing in [
        Listing::Endless(format!("some/studio/{other}%.mp4")),
        Listing::Endless("some/studio/content/%".to_owned()),
        Listing::Endless("%".to_owned()),
        Listing::Empty,
    ] {
        server.tell(Lie { listing: listing.clone(), ..Lie::default() });
        let begun = Instant::now();
        assert!(list().await.is_err(), "{listing:?}");
        assert!(begun.elapsed() < Duration::from_secs(60), "{listing:?}");
    }
    // What may be ours has no end but the one that its reader sets.
    let lie = Listing::Endless(format!("some/studio/{own}%.mp4"));
    server.tell(Lie { listing: lie, ..Lie::default() });
    let listed = objects.list(company).await.unwrap().take(20_000);
    assert_eq!(listed.filter(|item| std::future::ready(item.is_ok())).count().await, 20_000);
    let grown = resident().saturating_sub(before);
    assert!(grown < 64 << 20, "memory grew by {grown} bytes");
}

#[tokio::test(flavor = "multi_thread")]
async fn validators_of_any_kind_can_stand_in_a_header() {
    let server = LyingS3::start().await;
    let objects = written(&server).await;
    for head in [Head::OddTag, Head::Bare] {
        server.tell(Lie { head: head.clone(), ..Lie::default() });
        let meta = objects.stat(&path()).await.unwrap().unwrap();
        let plain = meta.etag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        assert!(plain && (1..=128).contains(&meta.etag.len()), "{head:?}: {meta:?}");
    }
}
