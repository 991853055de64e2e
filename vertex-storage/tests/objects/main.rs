//! What `vertex_core` expects of its objects, run in memory, on a local disk, on an S3 and on a
//! Yandex Disk on the wire.

#![expect(clippy::unwrap_used, reason = "a test says enough by failing there")]

mod chaos;
mod lies;
mod outbound;
mod s3;
mod yandex;

use std::{future::Future, path::Path, sync::Arc};

use bytes::Bytes;
use chrono::TimeDelta;
use futures::{StreamExt, TryStreamExt};
use uuid::Uuid;
use vertex_core::{
    ErrorKind, Result,
    ids::{CompanyId, ContentId, VideoId},
    paths::ObjectPath,
    ports::{Objects, StorageCapabilities},
    video::Container,
};
use vertex_storage::OpenDalObjects;

/// Makes a test of each case for each storage.
macro_rules! on_each {
    ($($case:ident),+ $(,)?) => {$(
        mod $case {
            #[tokio::test]
            async fn memory() {
                super::$case(super::Arc::new(super::OpenDalObjects::memory())).await;
            }

            #[tokio::test]
            async fn local() {
                super::on_disk(super::$case).await;
            }

            #[tokio::test]
            async fn s3() {
                let server = vertex_testkit::s3_server::S3Server::start().await;
                super::$case(super::Arc::new(super::s3::objects(&server))).await;
            }

            #[tokio::test]
            async fn lying_s3() {
                let server = vertex_testkit::lying_s3::LyingS3::start().await;
                let listing = vertex_testkit::lying_s3::Listing::With(super::lies::foreign());
                server.tell(vertex_testkit::lying_s3::Lie { listing, ..Default::default() });
                let objects = super::lies::objects(&server, Default::default());
                let objects = super::lies::ByCompany(super::Arc::new(objects));
                super::$case(super::Arc::new(objects)).await;
            }

            #[tokio::test]
            async fn yandex_disk() {
                let spool = tempfile::tempdir().unwrap();
                let double = vertex_testkit::yandex_double::YandexDouble::start().await;
                let objects = super::yandex::objects(&double, spool.path());
                super::$case(super::Arc::new(objects)).await;
            }
        }
    )+};
}

on_each!(
    what_is_written_is_read,
    an_empty_object_is_an_object,
    an_object_is_seen_when_it_is_finished,
    an_aborted_object_never_was,
    a_dropped_object_never_was,
    an_object_is_replaced_as_a_whole,
    ranges_are_exact,
    large_objects_come_in_small_pieces,
    what_is_not_there_is_not_found,
    a_removed_object_is_gone,
    too_large_is_refused_before_reading,
    a_list_names_the_objects_of_one_company,
);

async fn on_disk<F: Future<Output = ()>>(case: impl FnOnce(Arc<dyn Objects>) -> F) {
    let root = tempfile::tempdir().unwrap();
    case(Arc::new(OpenDalObjects::local(root.path()).unwrap())).await;
}

fn path() -> ObjectPath {
    let (company, video) = (CompanyId(Uuid::from_u128(1)), VideoId(Uuid::from_u128(2)));
    ObjectPath::video(company, video, Container::Mp4)
}

fn bytes(length: u32) -> Bytes {
    (0..length).map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

async fn read(objects: &Arc<dyn Objects>, range: std::ops::Range<u64>) -> Result<Vec<u8>> {
    let pieces: Vec<Bytes> = objects.read(&path(), range).await?.try_collect().await?;
    Ok(pieces.concat())
}

async fn what_is_written_is_read(objects: Arc<dyn Objects>) {
    let content = bytes(3000);
    let mut writer = objects.writer(&path()).await.unwrap();
    for piece in content.chunks(700) {
        writer.write(Bytes::copy_from_slice(piece)).await.unwrap();
    }
    writer.finish().await.unwrap();

    let meta = objects.stat(&path()).await.unwrap().unwrap();
    assert_eq!(meta.bytes, 3000);
    assert!(meta.etag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'), "{meta:?}");
    assert_eq!(objects.stat(&path()).await.unwrap().unwrap(), meta);
    assert_eq!(read(&objects, 0..3000).await.unwrap(), content);
    assert_eq!(objects.get(&path(), 3000).await.unwrap(), content);
}

async fn an_empty_object_is_an_object(objects: Arc<dyn Objects>) {
    objects.put(&path(), Bytes::new()).await.unwrap();
    assert_eq!(objects.stat(&path()).await.unwrap().unwrap().bytes, 0);
    assert_eq!(objects.get(&path(), 0).await.unwrap(), Bytes::new());
}

async fn an_object_is_seen_when_it_is_finished(objects: Arc<dyn Objects>) {
    let mut writer = objects.writer(&path()).await.unwrap();
    writer.write(bytes(100)).await.unwrap();
    assert_eq!(objects.stat(&path()).await.unwrap(), None);
    assert_eq!(read(&objects, 0..1).await.unwrap_err().kind(), ErrorKind::NotFound);
    writer.finish().await.unwrap();
    assert!(objects.stat(&path()).await.unwrap().is_some());
}

async fn an_aborted_object_never_was(objects: Arc<dyn Objects>) {
    let mut writer = objects.writer(&path()).await.unwrap();
    writer.write(bytes(100)).await.unwrap();
    writer.abort().await;
    assert_eq!(objects.stat(&path()).await.unwrap(), None);

    objects.writer(&path()).await.unwrap().abort().await;
    assert_eq!(objects.stat(&path()).await.unwrap(), None);
}

async fn a_dropped_object_never_was(objects: Arc<dyn Objects>) {
    objects.put(&path(), bytes(10)).await.unwrap();
    let mut writer = objects.writer(&path()).await.unwrap();
    writer.write(bytes(100)).await.unwrap();
    drop(writer);
    assert_eq!(objects.get(&path(), 1000).await.unwrap(), bytes(10));
}

async fn an_object_is_replaced_as_a_whole(objects: Arc<dyn Objects>) {
    objects.put(&path(), bytes(2000)).await.unwrap();
    let before = objects.stat(&path()).await.unwrap().unwrap();
    let mut writer = objects.writer(&path()).await.unwrap();
    writer.write(Bytes::from_static(&[7; 1000])).await.unwrap();
    assert_eq!(objects.get(&path(), 2000).await.unwrap(), bytes(2000));
    writer.write(Bytes::from_static(&[8; 1000])).await.unwrap();
    writer.finish().await.unwrap();

    let after = objects.stat(&path()).await.unwrap().unwrap();
    assert_eq!(after.bytes, before.bytes);
    assert_ne!(after.etag, before.etag);
    assert_eq!(read(&objects, 998..1002).await.unwrap(), [7, 7, 8, 8]);
}

async fn ranges_are_exact(objects: Arc<dyn Objects>) {
    let content = bytes(1000);
    objects.put(&path(), content.clone()).await.unwrap();
    for range in [0..1, 0..1000, 1..999, 500..501, 999..1000] {
        let part = read(&objects, range.clone()).await.unwrap();
        assert_eq!(part, content[range.start as usize..range.end as usize], "{range:?}");
    }
    // What lies behind the end is not there.
    assert_eq!(read(&objects, 990..2000).await.unwrap(), content[990..]);
    for range in [1000..1001, 5..5, u64::MAX - 1..u64::MAX] {
        assert!(read(&objects, range.clone()).await.unwrap().is_empty(), "{range:?}");
    }
}

async fn large_objects_come_in_small_pieces(objects: Arc<dyn Objects>) {
    const MIB: usize = 1 << 20;
    let content = bytes(5 * MIB as u32 + 12_345);
    objects.put(&path(), content.clone()).await.unwrap();
    let mut pieces = objects.read(&path(), 3..content.len() as u64).await.unwrap();
    let mut seen = 3;
    while let Some(piece) = pieces.next().await {
        let piece = piece.unwrap();
        assert!(!piece.is_empty() && piece.len() <= MIB, "a piece of {} bytes", piece.len());
        assert_eq!(piece, content[seen..seen + piece.len()]);
        seen += piece.len();
    }
    assert_eq!(seen, content.len());
}

async fn what_is_not_there_is_not_found(objects: Arc<dyn Objects>) {
    assert_eq!(objects.stat(&path()).await.unwrap(), None);
    assert_eq!(read(&objects, 0..1).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(read(&objects, 0..0).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(objects.get(&path(), 1).await.unwrap_err().kind(), ErrorKind::NotFound);
}

async fn a_removed_object_is_gone(objects: Arc<dyn Objects>) {
    let neighbour = ObjectPath::qr_code(CompanyId(Uuid::nil()), ContentId(Uuid::nil()));
    objects.put(&path(), bytes(10)).await.unwrap();
    objects.put(&neighbour, bytes(11)).await.unwrap();
    objects.delete(&path()).await.unwrap();
    objects.delete(&path()).await.unwrap();
    assert_eq!(objects.stat(&path()).await.unwrap(), None);
    assert_eq!(objects.stat(&neighbour).await.unwrap().unwrap().bytes, 11);
}

async fn too_large_is_refused_before_reading(objects: Arc<dyn Objects>) {
    objects.put(&path(), bytes(1001)).await.unwrap();
    assert_eq!(objects.get(&path(), 1000).await.unwrap_err().kind(), ErrorKind::TooLarge);
}

async fn a_list_names_the_objects_of_one_company(objects: Arc<dyn Objects>) {
    let (own, other) = (CompanyId(Uuid::from_u128(1)), CompanyId(Uuid::from_u128(2)));
    assert_eq!(objects.list(own).await.unwrap().count().await, 0);
    let paths =
        |company| (0..7).map(move |n| ObjectPath::qr_code(company, ContentId(Uuid::from_u128(n))));
    for (length, path) in paths(own).chain(paths(other)).enumerate() {
        objects.put(&path, bytes(length as u32)).await.unwrap();
    }
    let listed = objects.list(own).await.unwrap();
    let mut listed: Vec<_> = listed.try_collect().await.unwrap();
    listed.sort_by_key(|(_, bytes)| *bytes);
    assert_eq!(listed, paths(own).zip(0u64..).collect::<Vec<_>>());
}

#[tokio::test]
async fn only_an_s3_signs_links() {
    let root = tempfile::tempdir().unwrap();
    for objects in [OpenDalObjects::memory(), OpenDalObjects::local(root.path()).unwrap()] {
        let StorageCapabilities { presign, range, .. } = objects.capabilities();
        assert!(range && !presign);
        assert_eq!(objects.presign(&path(), TimeDelta::hours(1)).await.unwrap(), None);
    }
}

fn files_below(directory: &Path) -> Vec<String> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            files.extend(files_below(&entry.path()));
        } else {
            files.push(entry.file_name().into_string().unwrap());
        }
    }
    files.sort();
    files
}

#[tokio::test]
async fn unfinished_files_leave_the_disk() {
    let root = tempfile::tempdir().unwrap();
    let objects = OpenDalObjects::local(root.path()).unwrap();
    assert!(objects.capabilities().multipart);
    let mut aborted = objects.writer(&path()).await.unwrap();
    aborted.write(bytes(100)).await.unwrap();
    assert_eq!(files_below(root.path()).len(), 2);
    aborted.abort().await;
    assert_eq!(files_below(root.path()), ["0.lock"]);

    let mut dropped = objects.writer(&path()).await.unwrap();
    dropped.write(bytes(100)).await.unwrap();
    drop(dropped);
    while files_below(root.path()) != ["0.lock"] {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn the_next_start_removes_what_a_dead_process_left() {
    let root = tempfile::tempdir().unwrap();
    let objects = OpenDalObjects::local(root.path()).unwrap();
    objects.put(&path(), bytes(10)).await.unwrap();
    let slot = root.path().join(".incoming/0");
    std::fs::write(slot.join("half a video"), "x").unwrap();
    drop(objects);

    let objects = OpenDalObjects::local(root.path()).unwrap();
    assert_eq!(std::fs::read_dir(slot).unwrap().count(), 0);
    assert_eq!(objects.get(&path(), 10).await.unwrap(), bytes(10));
}

#[tokio::test]
async fn a_root_that_cannot_be_made_is_unavailable() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let error = OpenDalObjects::local(&file.path().join("below a file")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
}
