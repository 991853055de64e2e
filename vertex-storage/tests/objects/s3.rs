//! What only an S3 does.

use std::sync::Arc;

use vertex_core::{
    ports::Objects,
    storage::{Bucket, Endpoint, Reach},
};
use vertex_storage::{OpenDalObjects, Outbound, SystemResolver, TimeLimited};

use vertex_testkit::s3_server::{ACCESS_KEY, BUCKET, S3Server, SECRET_KEY};

use crate::{bytes, path};

pub fn loopback() -> Reach {
    Reach { http: true, inside: vec!["127.0.0.0/8".parse().unwrap()] }
}

pub fn bucket(server: &S3Server) -> Bucket {
    Bucket {
        endpoint: Endpoint::parse(server.endpoint(), &loopback()).unwrap(),
        region: "us-east-1".to_owned(),
        name: BUCKET.to_owned(),
        prefix: "some/studio".to_owned(),
        virtual_host: false,
        direct_links: true,
    }
}

pub fn objects(server: &S3Server) -> TimeLimited<OpenDalObjects> {
    let outbound = Outbound::new(loopback(), Arc::new(SystemResolver)).unwrap();
    OpenDalObjects::s3(&outbound, &bucket(server), ACCESS_KEY, SECRET_KEY).unwrap()
}

#[tokio::test]
async fn a_presigned_link_reads_and_does_nothing_else() {
    let server = S3Server::start().await;
    let objects = objects(&server);
    objects.put(&path(), bytes(1000)).await.unwrap();
    let link = objects.presign(&path(), chrono::TimeDelta::hours(1)).await.unwrap().unwrap();

    let http = reqwest::Client::new();
    let answer = http.get(&link).header("range", "bytes=10-19").send().await.unwrap();
    assert_eq!(answer.status(), 206);
    assert_eq!(answer.bytes().await.unwrap(), bytes(1000)[10..20]);

    let other_object = link.replace("videos", "portraits");
    let longer = link.replace("X-Amz-Expires=3600", "X-Amz-Expires=36000");
    assert_ne!(longer, link);
    for request in [
        http.delete(&link),
        http.put(&link).body("overwritten"),
        http.get(&other_object),
        http.get(&longer),
        http.get(link.split_once('?').unwrap().0),
    ] {
        assert_eq!(request.send().await.unwrap().status(), 403);
    }
    assert_eq!(objects.get(&path(), 1000).await.unwrap(), bytes(1000));
}

#[tokio::test]
async fn wrong_keys_are_told_without_being_shown() {
    let server = S3Server::start().await;
    let outbound = Outbound::new(loopback(), Arc::new(SystemResolver)).unwrap();
    let objects =
        OpenDalObjects::s3(&outbound, &bucket(&server), ACCESS_KEY, "another secret").unwrap();
    let error = objects.put(&path(), bytes(10)).await.unwrap_err();
    let said = vertex_core::error::with_causes(&error);
    assert!(said.contains("does not accept the credentials"), "{said}");
    assert!(!said.contains("another secret") && !format!("{objects:?}").contains("another secret"));
}

#[tokio::test]
async fn a_large_object_goes_up_in_parts() {
    let server = S3Server::start().await;
    let objects = objects(&server);
    let piece = bytes(1 << 20);
    let mut writer = objects.writer(&path()).await.unwrap();
    for _ in 0..20 {
        writer.write(piece.clone()).await.unwrap();
    }
    writer.finish().await.unwrap();
    let meta = objects.stat(&path()).await.unwrap().unwrap();
    assert_eq!(meta.bytes, 20 << 20);
    let whole = objects.get(&path(), 20 << 20).await.unwrap();
    assert!(whole.chunks(1 << 20).all(|part| part == piece));
}
