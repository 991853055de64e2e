use bytes::Bytes;
use vertex_core::{
    content::MarkerStatus,
    page::Page,
    paths::ObjectPath,
    ports::Objects,
    usecases::{
        companies::{self, CompanyInput},
        contents, notifications,
    },
    version::Expected,
};
use vertex_testkit::app::TestApp;

use crate::upload;

async fn with_mind_only() -> TestApp {
    let test = TestApp::new().await;
    let input =
        CompanyInput { marker_formats: "mind".to_owned().into(), ..CompanyInput::default() };
    companies::update(&test.app, &test.root, test.home(), &Expected::Any, input).await.unwrap();
    test
}

#[tokio::test]
async fn markers_are_made_before_anything_is_measured() {
    let test = with_mind_only().await;
    let content = upload(&test, &test.root, "Cat").await.unwrap();
    assert_eq!(content.marker_status, MarkerStatus::Pending);
    assert_eq!(test.work().await, 1);
    let content = contents::get(&test.app, &test.root, content.id).await.unwrap();
    assert_eq!(content.marker_status, MarkerStatus::Ready);
    assert!(content.is_being_measured(test.app.clock.now()) && content.quality.is_none());
    let files = test.app.files.of(content.company_id);
    let marker = ObjectPath::mind_marker(content.company_id, content.id);
    assert!(files.stat(&marker).await.unwrap().is_some_and(|marker| marker.bytes > 10_000));
}

#[tokio::test]
async fn a_picture_that_is_damaged_in_storage_is_given_up_and_told() {
    let test = with_mind_only().await;
    let content = upload(&test, &test.root, "Cat").await.unwrap();
    let files = test.app.files.of(content.company_id);
    files.put(&ObjectPath::portrait(&content), Bytes::from_static(b"junk")).await.unwrap();
    test.work_with_retries().await;
    let content = contents::get(&test.app, &test.root, content.id).await.unwrap();
    assert_eq!(content.marker_status, MarkerStatus::Failed);
    assert!(content.marker_error.is_some());
    let page = Page::new(None, None);
    let told = notifications::list(&test.app, &test.root, true, page).await.unwrap();
    assert_eq!(told.total, 1, "once");
}
