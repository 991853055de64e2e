//! Nobody waits for the work of others longer than for one turn.

use std::time::{Duration, Instant};

use reqwest::multipart;
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

#[tokio::test]
async fn a_service_that_stops_puts_its_jobs_back_at_once() {
    // Nobody waits for this lease to end: what was running is free because it was put back.
    let lease = ("VERTEX_JOB_LEASE_SECONDS", "86400");
    let service = Service::start_with(&[("VERTEX_WORKERS", "1"), lease]).await;
    let admin = service.admin().await;
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
