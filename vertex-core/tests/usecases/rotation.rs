use vertex_core::{
    ErrorKind,
    usecases::{videos, viewer},
    version::Expected,
};
use vertex_testkit::app::TestApp;

use crate::{add_video, upload};

#[tokio::test]
async fn the_first_video_plays_until_another_is_activated_or_it_is_removed() {
    let test = TestApp::new().await;
    let content = upload(&test, &test.root, "Portrait").await.unwrap();
    let unique_id = content.unique_id.to_string();
    let plays = async || {
        let found = viewer::find(&test.app, &unique_id).await.unwrap();
        found.active_video().map(|video| video.id)
    };
    assert_eq!(plays().await, None);
    let first = add_video(&test, &test.root, &content, "First").await;
    let second = add_video(&test, &test.root, &content, "Second").await;
    assert_eq!(plays().await, Some(first.id));
    videos::activate(&test.app, &test.root, second.id, &Expected::Any).await.unwrap();
    assert_eq!(plays().await, Some(second.id));
    videos::delete(&test.app, &test.root, second.id, &Expected::Any, false).await.unwrap();
    let gone = videos::get(&test.app, &test.root, second.id).await.unwrap_err();
    assert_eq!((gone.kind(), plays().await == Some(second.id)), (ErrorKind::NotFound, false));
}
