use bytes::Bytes;
use vertex_core::{
    Error, ErrorKind,
    ports::{Disk, Purpose},
    usecases::{
        contents::{self, NewContent},
        quotas::{self, NewQuota},
    },
    user::Role,
};
use vertex_testkit::app::TestApp;

use crate::{PICTURE, upload};

#[tokio::test]
async fn a_company_keeps_no_more_than_it_may() {
    let test = TestApp::new().await;
    let studio = test.company("studio").await;
    let anna = test.user(&studio, "anna", Role::User).await;
    let size = PICTURE.len() as i64;
    let quota = NewQuota { max_bytes: (2 * size + 1).into(), ..NewQuota::default() };
    quotas::replace(&test.app, &test.root, studio.id, quota).await.unwrap();

    upload(&test, &anna, "One").await.unwrap();
    upload(&test, &anna, "Two").await.unwrap();
    let Err(Error::QuotaExceeded(exceeded)) = upload(&test, &anna, "Three").await else {
        panic!("it was taken");
    };
    assert_eq!((exceeded.used, exceeded.limit), (2 * size as u64, 2 * size as u64 + 1));
    upload(&test, &test.root, "Another company's").await.unwrap();
    let allowance = quotas::usage(&test.app, &anna, studio.id).await.unwrap();
    let usage = allowance.usage;
    assert_eq!((usage.files, usage.uploads, usage.reserved_bytes), (2, 0, 0), "room is given back");
    let denied = quotas::reset(&test.app, &anna, studio.id).await.unwrap_err();
    assert_eq!(denied.kind(), ErrorKind::Forbidden);
}

#[tokio::test]
async fn what_is_refused_takes_no_room() {
    let test = TestApp::new().await;
    let damaged = Some(Bytes::from(PICTURE[..PICTURE.len() / 2].to_vec()));
    let new = NewContent { title: "Cut".to_owned().into(), ..NewContent::default() };
    let refused = contents::create(&test.app, &test.root, new, damaged).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Invalid);
    let usage = quotas::usage(&test.app, &test.root, test.home()).await.unwrap().usage;
    assert_eq!((usage.files, usage.uploads, usage.reserved_bytes), (0, 0, 0));
}

#[tokio::test]
async fn nothing_is_expected_that_the_disk_has_no_room_for() {
    let test = TestApp::new().await;
    let disk = |free| Disk { purposes: vec![Purpose::Files], total: 1 << 40, free, reserve: 1000 };
    test.disks.set(vec![disk(1999)]);
    let refused = quotas::expect(&test.app, &test.root, 1000).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Full);
    test.disks.set(vec![disk(2000)]);
    quotas::expect(&test.app, &test.root, 1000).await.unwrap();
}
