//! An S3 that is slow, busy, cuts connections and sends half of what it promises.

use std::sync::Arc;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use uuid::Uuid;
use vertex_core::{
    ids::{CompanyId, VideoId},
    paths::ObjectPath,
    ports::Objects,
    video::Container,
};

use vertex_testkit::s3_server::S3Server;

use crate::s3;

#[tokio::test(flavor = "multi_thread")]
async fn no_acknowledged_object_is_lost() {
    let server = S3Server::start().await;
    let objects: Arc<dyn Objects> = Arc::new(s3::objects(&server));
    let company = CompanyId(Uuid::from_u128(1));
    let upload = |number: u32| {
        let objects = objects.clone();
        async move {
            let id = VideoId(Uuid::from_u128(number.into()));
            let path = ObjectPath::video(company, id, Container::Mp4);
            // Some are larger than one part.
            let length = if number.is_multiple_of(20) { 9 << 20 } else { 1000 * number };
            let content: Bytes = (0..length).map(|at| (at ^ number) as u8).collect();
            let acknowledged = objects.put(&path, content.clone()).await.is_ok();
            (path, content, acknowledged)
        }
    };
    server.misbehave(25);
    let uploads: Vec<_> = stream::iter(0..200).map(upload).buffer_unordered(16).collect().await;
    let troubles = server.troubles();
    assert!(troubles > 50, "only {troubles} requests went wrong");

    let mut kept = 0;
    for (path, content, _) in uploads.iter().filter(|(_, _, acknowledged)| *acknowledged) {
        assert_eq!(objects.get(path, content.len() as u64).await.unwrap(), content, "{path}");
        kept += 1;
    }
    assert!(kept >= 195, "{kept} of 200 were acknowledged: what passes is tried again");

    server.misbehave(0);
    let listed: Vec<_> = objects.list(company).await.unwrap().try_collect().await.unwrap();
    for (path, bytes) in &listed {
        let (_, content, _) = uploads.iter().find(|(known, ..)| known == path).unwrap();
        assert_eq!(*bytes, content.len() as u64, "half an object at {path}");
    }
    assert!(listed.len() >= kept);
}
