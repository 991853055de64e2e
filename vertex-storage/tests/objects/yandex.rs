//! What only a Yandex Disk does.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use futures::TryStreamExt;
use vertex_core::{ErrorKind, Result, error::with_causes, ports::Objects};
use vertex_storage::{
    DiskAccess, Outbound, Reserve, SystemResolver, TimeLimited, YandexDiskObjects,
};

use vertex_testkit::yandex_double::{Disk, YandexDouble};

use crate::{bytes, path, s3::loopback};

/// Asks the double for another token when the old one is refused.
struct Owner {
    disk: Arc<Mutex<Disk>>,
    token: Mutex<String>,
}

#[async_trait]
impl DiskAccess for Owner {
    async fn token(&self) -> Result<String> {
        Ok(self.token.lock().unwrap().clone())
    }

    async fn token_after(&self, refused: &str) -> Result<String> {
        let mut token = self.token.lock().unwrap();
        assert_eq!(*token, refused);
        *token = self.disk.lock().unwrap().tokens().0;
        Ok(token.clone())
    }
}

pub fn objects(double: &YandexDouble, spool: &std::path::Path) -> TimeLimited<YandexDiskObjects> {
    let outbound = Outbound::new(loopback(), Arc::new(SystemResolver)).unwrap();
    let token = Mutex::new(double.disk.lock().unwrap().tokens().0);
    let owner = Arc::new(Owner { disk: double.disk.clone(), token });
    let url = double.url().parse().unwrap();
    YandexDiskObjects::open(&outbound, &url, "Vertex AR", owner, spool, Reserve::default()).unwrap()
}

#[tokio::test]
async fn files_lie_in_the_folder_that_was_chosen() {
    let (double, spool) = (YandexDouble::start().await, tempfile::tempdir().unwrap());
    let objects = objects(&double, spool.path());
    objects.put(&path(), bytes(10)).await.unwrap();
    let files: Vec<String> = double.disk.lock().unwrap().files.keys().cloned().collect();
    assert_eq!(files, [format!("/Vertex AR/{}", path())]);
    assert_eq!(std::fs::read_dir(spool.path()).unwrap().count(), 0, "nothing stays here");
}

#[tokio::test]
async fn a_token_that_is_refused_is_renewed() {
    let (double, spool) = (YandexDouble::start().await, tempfile::tempdir().unwrap());
    let objects = objects(&double, spool.path());
    objects.put(&path(), bytes(10)).await.unwrap();
    double.disk.lock().unwrap().expire();
    assert_eq!(objects.get(&path(), 10).await.unwrap(), bytes(10));
    double.disk.lock().unwrap().expire();
    objects.put(&path(), bytes(20)).await.unwrap();
}

#[tokio::test]
async fn what_fails_for_the_moment_is_tried_again() {
    let (double, spool) = (YandexDouble::start().await, tempfile::tempdir().unwrap());
    let objects = objects(&double, spool.path());
    double.disk.lock().unwrap().failures = 3;
    objects.put(&path(), bytes(3000)).await.unwrap();
    let pieces = objects.read(&path(), 0..3000).await.unwrap();
    double.disk.lock().unwrap().failures = 2;
    let pieces: Vec<bytes::Bytes> = pieces.try_collect().await.unwrap();
    assert_eq!(pieces.concat(), bytes(3000));
    double.disk.lock().unwrap().failures = u32::MAX;
    let error = objects.put(&path(), bytes(10)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{}", with_causes(&error));
}
