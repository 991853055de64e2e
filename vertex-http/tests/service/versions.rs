//! Of many changes with the same `If-Match`, one is made.

use futures::future::join_all;
use reqwest::{Method, header};
use serde_json::json;

use crate::harness::{Service, User, text};

const MANY: usize = 20;

/// Sends a change many times at once, with the version that is there now; how often each status came.
async fn send(user: &User<'_>, read: &str, method: Method, path: &str) -> (usize, usize) {
    let found = user.request(Method::GET, read).send().await.unwrap();
    let version = found.headers()[header::ETAG].to_str().unwrap().to_owned();
    let sent = (0..MANY).map(|_| {
        let rule = json!({ "rotation_type": "none" });
        let request = user.request(method.clone(), path).header(header::IF_MATCH, &version);
        request.json(&rule).send()
    });
    let answers = join_all(sent).await.into_iter().map(|answer| answer.unwrap().status());
    let answers: Vec<_> = answers.collect();
    let count = |wanted: fn(u16) -> bool| answers.iter().filter(|a| wanted(a.as_u16())).count();
    (count(|status| matches!(status, 200 | 204)), count(|status| matches!(status, 404 | 412)))
}

#[tokio::test]
async fn of_many_changes_to_one_version_one_is_made() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    let video = admin.upload_video(&content, "clip.mp4").await;
    let second = admin.upload_video(&content, "clip.mp4").await;

    let content = format!("/api/ar-content/{}", text(&content["id"]));
    let rule = format!("{content}/rotation-rule");
    let video = format!("/api/videos/{}", text(&video["id"]));
    let active = format!("/api/videos/{}/active", text(&second["id"]));
    let second = format!("/api/videos/{}", text(&second["id"]));
    for (read, method, path) in [
        (&rule, Method::PUT, &rule),
        (&rule, Method::PUT, &rule),
        (&second, Method::PUT, &active),
        (&video, Method::DELETE, &video),
        (&content, Method::DELETE, &content),
    ] {
        let (made, refused) = send(&admin, read, method.clone(), path).await;
        assert_eq!((made, refused), (1, MANY - 1), "{method} {path}");
    }
}
