//! Nobody waits for the work of others longer than for one turn.

use std::time::{Duration, Instant};

use reqwest::{Method, multipart};
use serde_json::json;

use crate::harness::{ADMIN_PASSWORD, Service, User, is_ready, picture, text};

/// Contents whose markers are there.
async fn made(user: &User<'_>) -> u64 {
    let (_, list) = user.get("/api/ar-content?marker_status=ready").await;
    list["total"].as_u64().unwrap()
}

#[tokio::test]
async fn whoever_signs_in_does_not_wait_for_pictures() {
    let service = Service::start_with(&[("VERTEX_WORKERS", "1")]).await;
    let admin = service.admin().await;
    for number in 0..12 {
        admin.upload_picture(&format!("picture {number}")).await;
    }
    let before = made(&admin).await;
    for _ in 0..20 {
        let (status, answer) = service.login("admin", ADMIN_PASSWORD).await;
        assert_eq!(status, 200, "{answer}");
    }
    // A picture is computed in two steps. Had each sign-in waited for one, ten would have been made meanwhile.
    let meanwhile = made(&admin).await - before;
    assert!(meanwhile < 8, "{meanwhile} markers were made while twenty people signed in");
    let (_, waiting) = admin.get("/api/ar-content?marker_status=pending").await;
    assert!(waiting["total"].as_u64() > Some(0), "the worker was busy all the time: {waiting}");
}

/// Uploads the test portrait for a company.
async fn upload_for(root: &User<'_>, company: &str, title: &str) -> String {
    let form = multipart::Form::new()
        .text("title", title.to_owned())
        .text("company_id", company.to_owned())
        .part("image", picture());
    let (status, content) = root.form("/api/ar-content", form).await;
    assert_eq!(status, 201, "{content}");
    text(&content["id"]).to_owned()
}

#[tokio::test]
async fn a_flood_of_one_company_holds_up_no_other() {
    let service = Service::start_with(&[("VERTEX_WORKERS", "1")]).await;
    let root = service.admin().await;
    let mut companies = Vec::new();
    for name in ["Busy", "Quiet"] {
        let (status, company) = root.post("/api/companies", json!({ "name": name })).await;
        assert_eq!(status, 201, "{company}");
        companies.push(text(&company["id"]).to_owned());
    }
    for number in 0..8 {
        let id = upload_for(&root, &companies[0], &format!("picture {number}")).await;
        for formats in ["", "?formats=mind", "?formats=nft", "?formats=mind,nft"] {
            let path = format!("/api/ar-content/{id}/generate-marker{formats}");
            let (status, answer) = root.post(&path, json!({})).await;
            assert_eq!(status, 202, "{answer}");
        }
    }
    let theirs = upload_for(&root, &companies[1], "theirs").await;
    root.content_when(&theirs, is_ready).await;
    let path = format!("/api/ar-content?company_id={}&marker_status=pending", companies[0]);
    let (_, waiting) = root.get(&path).await;
    assert!(waiting["total"].as_u64() >= Some(4), "the others' pictures still wait: {waiting}");
}

/// Sends a request that is one too many.
async fn one_too_many(request: reqwest::RequestBuilder) {
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()["retry-after"], "30");
    let problem: serde_json::Value = response.json().await.unwrap();
    assert_eq!(problem["code"], "too_many_at_once", "{problem}");
}

#[tokio::test]
async fn whoever_asks_for_too_much_is_told_when_to_come_again() {
    let settings =
        [("VERTEX_WORKERS", "1"), ("VERTEX_WAITING_JOBS", "1"), ("VERTEX_UPLOADS_PER_USER", "2")];
    let service = Service::start_with(&settings).await;
    let admin = service.admin().await;
    admin.wants_mind_only().await;
    let ready = admin.upload_picture("ready").await;
    let ready = text(&ready["id"]).to_owned();
    admin.content_when(&ready, |content| content["trackability"].is_number()).await;
    let mut pictures = Vec::new();
    for number in 0..5 {
        let content = admin.upload_picture(&format!("picture {number}")).await;
        pictures.push(text(&content["id"]).to_owned());
    }
    let marker = |id: &str| format!("/api/ar-content/{id}/generate-marker");
    one_too_many(admin.request(Method::POST, &marker(&ready))).await;
    let batch = admin.request(Method::POST, "/api/admin/markers/generate");
    one_too_many(batch.json(&json!({"content_ids": [ready]}))).await;
    let (status, joined) = admin.post(&marker(&pictures[4]), json!({})).await;
    assert_eq!(status, 202, "what waits already is joined: {joined}");
    for id in &pictures {
        admin.content_when(id, is_ready).await;
    }
    assert_eq!(admin.post(&marker(&ready), json!({})).await.0, 202);

    let begin = || {
        let upload = admin.request(Method::POST, "/api/uploads").header("tus-resumable", "1.0.0");
        upload.header("upload-length", 9).header("upload-metadata", "kind cGljdHVyZQ==,title QQ==")
    };
    let mut begun = Vec::new();
    for _ in 0..2 {
        let response = begin().send().await.unwrap();
        assert_eq!(response.status(), 201);
        begun.push(response.headers()["location"].to_str().unwrap().to_owned());
    }
    one_too_many(begin()).await;
    let path = &begun[0][begun[0].find("/api/").unwrap()..];
    let removed = admin.request(Method::DELETE, path).header("tus-resumable", "1.0.0").send().await;
    assert_eq!(removed.unwrap().status(), 204);
    assert_eq!(begin().send().await.unwrap().status(), 201, "what has ended makes room");
}

#[tokio::test]
async fn a_service_that_stops_puts_its_jobs_back_at_once() {
    // Nobody waits for this lease to end: what was running is free because it was put back.
    let lease = ("VERTEX_JOB_LEASE_SECONDS", "86400");
    let service = Service::start_with(&[("VERTEX_WORKERS", "1"), lease]).await;
    let admin = service.admin().await;
    admin.wants_mind_only().await;
    let mut contents = Vec::new();
    for number in 0..4 {
        let content = admin.upload_picture(&format!("picture {number}")).await;
        contents.push(text(&content["id"]).to_owned());
    }
    let begun = Instant::now();
    let service = service.restart().await;
    assert!(begun.elapsed() < Duration::from_secs(20), "it stops within ten seconds, and starts");
    let admin = service.admin().await;
    for id in &contents {
        admin.content_when(id, is_ready).await;
    }
}
