//! A bad day at the storage: slow, busy, cut connections, half of what was promised.

use std::collections::HashMap;

use futures::{StreamExt, stream};
use reqwest::{StatusCode, multipart};
use serde_json::{Value, json};

use vertex_testkit::s3_server::S3Server;

use crate::{
    harness::{Service, User, clip, is_ready, part, portrait, text},
    sweep::make_old,
};

const UPLOADS: u32 = 200;

#[tokio::test]
async fn nothing_acknowledged_is_lost_and_every_byte_is_counted() {
    let server = S3Server::start().await;
    let service = Service::start_on(&server).await;
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    let content = admin.content_when(text(&content["id"]), is_ready).await;
    let company = format!("/api/companies/{}", text(&content["company_id"]));
    let room = json!({"max_bytes": 1_u64 << 30, "max_files": 1000});
    assert_eq!(admin.put(&format!("{company}/quota"), room).await.0, 200);

    server.misbehave(25);
    let videos = format!("/api/ar-content/{}/videos", text(&content["id"]));
    let send = |number| send(&admin, &videos, number);
    let answers: Vec<_> = stream::iter(0..UPLOADS).map(send).buffer_unordered(16).collect().await;
    assert!(server.troubles() > 50, "only {} requests went wrong", server.troubles());
    server.misbehave(0);

    let mut acknowledged = HashMap::new();
    for (number, status, answer) in answers {
        if status == StatusCode::CREATED {
            acknowledged.insert(text(&answer["id"]).to_owned(), number);
        } else {
            assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{answer}");
        }
    }
    assert!(acknowledged.len() > 150, "{} of {UPLOADS} were kept", acknowledged.len());

    let rows = all(&admin, &videos).await;
    let mut bytes = portrait().len() as u64;
    for row in &rows {
        let whole = service.get(text(&row["url"])).send().await.unwrap().bytes().await.unwrap();
        bytes += whole.len() as u64;
        assert_eq!(row["bytes"], whole.len(), "{row}");
        if let Some(number) = acknowledged.remove(text(&row["id"])) {
            assert!(whole == numbered(number), "other bytes came back");
        }
    }
    assert!(acknowledged.is_empty(), "lost: {acknowledged:?}");

    let (_, usage) = admin.get(&format!("{company}/usage")).await;
    let counted = ["bytes", "files", "uploads", "reserved_bytes"].map(|figure| &usage[figure]);
    assert_eq!(counted, [&json!(bytes), &json!(rows.len() + 1), &json!(0), &json!(0)]);
    make_old(&service).await;
    let (_, swept) = admin.post(&format!("{company}/sweep"), json!({})).await;
    assert_eq!(swept["row_count"], 0, "rows without objects: {swept}");
}

async fn send(admin: &User<'_>, path: &str, number: u32) -> (u32, StatusCode, Value) {
    let form = multipart::Form::new().part("video", part(numbered(number), "clip.mp4"));
    let (status, answer) = admin.form(path, form).await;
    (number, status, answer)
}

/// A clip that no other is the same as, by a box that players skip.
fn numbered(number: u32) -> Vec<u8> {
    let filler = 1000 * number as usize;
    let mut clip = clip("clip.mp4");
    clip.extend((12 + filler as u32).to_be_bytes());
    clip.extend(b"free");
    clip.extend(number.to_be_bytes());
    clip.resize(clip.len() + filler, number as u8);
    clip
}

async fn all(admin: &User<'_>, path: &str) -> Vec<Value> {
    let mut rows = Vec::new();
    for page in 1.. {
        let (status, list) = admin.get(&format!("{path}?per_page=100&page={page}")).await;
        assert_eq!(status, 200, "{list}");
        let items = list["items"].as_array().unwrap();
        if items.is_empty() {
            break;
        }
        rows.extend(items.iter().cloned());
    }
    rows
}
