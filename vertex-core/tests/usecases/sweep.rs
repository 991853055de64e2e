use bytes::Bytes;
use chrono::TimeDelta;
use vertex_core::{
    paths::ObjectPath,
    ports::Objects,
    usecases::{contents, sweep},
    version::Expected,
};
use vertex_testkit::app::TestApp;

use crate::{PICTURE, add_video, upload};

#[tokio::test]
async fn a_picture_that_another_replaced_is_found_when_a_crash_left_it() {
    let test = TestApp::new().await;
    let before = upload(&test, &test.root, "Portrait").await.unwrap();
    add_video(&test, &test.root, &before, "Clip").await;
    let picture = Some(Bytes::from_static(PICTURE));
    let after =
        contents::replace_picture(&test.app, &test.root, before.id, &Expected::Any, picture);
    let after = after.await.unwrap();
    let files = test.app.files.of(test.home());
    let old = ObjectPath::portrait(&before);
    files.put(&old, Bytes::from_static(PICTURE)).await.unwrap();
    let strays = async |remove| {
        let swept = sweep::run(&test.app, &test.root, test.home(), remove).await.unwrap();
        assert!(swept.rows.is_empty() && swept.complete);
        swept.objects.into_iter().map(|stray| stray.path).collect::<Vec<_>>()
    };
    assert_eq!(strays(true).await, [], "somebody may still read it");
    test.clock.advance(TimeDelta::days(365));
    assert_eq!(strays(true).await, std::slice::from_ref(&old));
    assert_eq!(strays(true).await, []);
    assert!(files.stat(&old).await.unwrap().is_none());
    assert!(files.stat(&ObjectPath::portrait(&after)).await.unwrap().is_some());
}
