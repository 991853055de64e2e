//! What use cases promise, on parts that answer at once.

#![expect(clippy::unwrap_used, reason = "a test says enough by failing there")]

mod accounts;
mod expiry;
mod markers;
mod quotas;
mod rotation;
mod sweep;

use bytes::Bytes;
use vertex_core::{
    Result,
    content::ArContent,
    identity::Identity,
    ports::ByteStream,
    usecases::{
        contents::{self, NewContent},
        videos::{self, NewVideo},
    },
    video::Video,
};
use vertex_testkit::app::TestApp;

const PICTURE: &[u8] = include_bytes!("../../../vertex-markers/tests/data/astronaut.png");
const CLIP: &[u8] = include_bytes!("../../../vertex-http/tests/data/clip.mp4");

async fn upload(test: &TestApp, who: &Identity, title: &str) -> Result<ArContent> {
    upload_until(test, who, title, None).await
}

async fn upload_until(
    test: &TestApp,
    who: &Identity,
    title: &str,
    last_day: Option<String>,
) -> Result<ArContent> {
    let new = NewContent {
        title: title.to_owned().into(),
        expiry_date: last_day.into(),
        ..NewContent::default()
    };
    contents::create(&test.app, who, new, Some(Bytes::from_static(PICTURE))).await
}

async fn add_video(test: &TestApp, who: &Identity, content: &ArContent, title: &str) -> Video {
    let file: ByteStream = Box::pin(futures::stream::iter([Ok(Bytes::from_static(CLIP))]));
    let received = videos::receive(&test.app, content.company_id, file).await.unwrap();
    let new = NewVideo { title: title.to_owned().into(), ..NewVideo::default() };
    videos::keep(&test.app, who, content, received, new).await.unwrap()
}
