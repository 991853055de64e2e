//! However a path is spelled, it counts in the same limits.

use serde_json::json;

use crate::{
    harness::{Service, answer, text},
    raw::Raw,
};

/// The status of a request that is sent as it is written.
async fn status(service: &Service, method: &str, path: &str, body: &str) -> u16 {
    let mut raw = Raw::connect(service).await;
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    raw.send(request).await;
    raw.answer().await.status
}

#[tokio::test]
async fn every_spelling_of_signing_in_counts_in_one_limit() {
    let service = Service::start_with(&[("VERTEX_LIMIT_AUTH_PER_MINUTE", "5")]).await;
    let spellings = [
        "//api/auth/login",
        "/api//auth/login",
        "/api/auth//login",
        "/api/auth/login/",
        "/./api/auth/login",
        "/api/%2e/auth/login",
        "/%61pi/auth/login",
        "/api/auth/lo%67in",
        "/api/%61uth/%6c%6F%67%69%6E//",
        "////api////auth////login////?next=/",
    ];
    let body = json!({"username": "nobody", "password": "wrong"}).to_string();
    let mut statuses = Vec::new();
    for path in spellings {
        statuses.push(status(&service, "POST", path, &body).await);
    }
    assert_eq!(statuses, [[401; 5], [429; 5]].concat());
}

#[tokio::test]
async fn every_spelling_counts_for_its_address() {
    let service = Service::start_with(&[("VERTEX_LIMIT_PER_MINUTE", "4")]).await;
    let mut statuses = Vec::new();
    for path in ["//api/auth/me", "/api//auth/me", "/api/auth/m%65", "/x%2f..", "/api/auth/me"] {
        statuses.push(status(&service, "GET", path, "").await);
    }
    assert_eq!(statuses, [401, 401, 401, 400, 429]);
}

#[tokio::test]
async fn uploads_and_reports_are_counted_however_they_are_spelled() {
    let service = Service::start_with(&[
        ("VERTEX_LIMIT_UPLOADS_PER_MINUTE", "2"),
        ("VERTEX_LIMIT_REPORTS_PER_MINUTE", "2"),
    ])
    .await;
    let admin = service.admin().await;
    let mut statuses = Vec::new();
    for path in ["//api/ar-content", "/api//ar-content", "/%61pi/ar-content/"] {
        let form = reqwest::multipart::Form::new().text("title", "No picture");
        statuses.push(admin.form(path, form).await.0.as_u16());
    }
    assert_eq!(statuses, [422, 422, 429]);
    let report = json!({"device_type": "mobile", "duration_seconds": 5}).to_string();
    let mut statuses = Vec::new();
    for path in [
        "//api/ar/unknown/track-session",
        "/api//ar/unknown//track-session",
        "/api/ar/unknown/track%2dsession",
    ] {
        statuses.push(status(&service, "POST", path, &report).await);
    }
    assert_eq!(statuses, [404, 404, 429]);
}

#[tokio::test]
async fn strangers_send_little_however_they_spell_it() {
    let service = Service::start().await;
    let long = json!({"username": "x".repeat(20_000), "password": "x"}).to_string();
    for path in ["//api/auth/login", "/api//auth/login", "/%61pi/auth/login"] {
        assert_eq!(status(&service, "POST", path, &long).await, 413, "{path}");
    }
}

#[tokio::test]
async fn paths_with_several_meanings_are_refused() {
    let service = Service::start().await;
    for path in [
        "/api%2fauth/login",
        "/api/auth%2Flogin",
        "/api/auth/..%2flogin",
        "/api/ar/../auth/me",
        "/api/%2e%2e/metrics",
        "/assets/..%5c..%5ckeys",
        "/api/auth/me%00",
        "/api/auth/me%zz",
        "/%ff",
    ] {
        let mut raw = Raw::connect(&service).await;
        raw.send(format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n")).await;
        let answer = raw.answer().await;
        assert_eq!(answer.status, 400, "{path}");
        assert!(answer.head.contains("content-type: application/problem+json"), "{}", answer.head);
        assert!(answer.head.contains("x-content-type-options: nosniff"), "{}", answer.head);
        assert_eq!(answer.problem()["code"], "bad_path", "{path}");
    }
}

#[tokio::test]
async fn printed_links_work_with_a_slash_too_many() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    let unique_id = text(&content["unique_id"]);
    for path in [format!("/api/ar/{unique_id}/"), format!("//api/ar/{unique_id}")] {
        let (status, published) = answer(service.get(&path)).await;
        assert_eq!((status.as_u16(), &published["title"]), (200, &json!("Portrait")), "{path}");
    }
}
