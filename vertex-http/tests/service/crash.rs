//! `kill -9`: nothing that was acknowledged is lost, and what was begun is finished.

use futures::future::join_all;
use reqwest::Method;
use serde_json::json;

use crate::harness::{Service, answer, is_ready, portrait, text};

#[tokio::test]
async fn markers_are_finished_after_kill_9() {
    // A short lease, so that the dead worker's jobs are taken over soon.
    let mut service = Service::start_with(&[("VERTEX_JOB_LEASE_SECONDS", "2")]).await;
    let mut acknowledged = Vec::new();
    for round in 0..2 {
        let admin = service.admin().await;
        admin.wants_mind_only().await;
        for number in 0..3 {
            let content = admin.upload_picture(&format!("picture {round}.{number}")).await;
            acknowledged.push(text(&content["id"]).to_owned());
        }
        // The queue is full and a job is running now: there is no better moment.
        service.kill_and_restart().await;
    }
    let admin = service.admin().await;
    for id in &acknowledged {
        let content = admin.content_when(id, is_ready).await;
        let original = service.get(text(&content["image_url"])).send().await.unwrap();
        assert_eq!(original.bytes().await.unwrap(), portrait(), "an acknowledged upload was lost");
        let marker = service.get(text(&content["marker_url"])).send().await.unwrap();
        vertex_markers::MindFile::decode(&marker.bytes().await.unwrap()).unwrap();
    }
    let (_, list) = admin.get("/api/ar-content").await;
    assert_eq!(list["total"], acknowledged.len());
}

#[tokio::test]
async fn views_that_were_acknowledged_are_counted_after_kill_9() {
    let mut service = Service::start().await;
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    let path = format!("/api/ar/{}/track-session", text(&content["unique_id"]));
    let mut acknowledged = 0;
    for round in 0..3 {
        let view = async |number: u32| {
            let report = json!({
                "session_id": format!("00000000-0000-4000-800{round}-{number:012}"),
                "device_type": "mobile",
                "duration_seconds": 1,
            });
            answer(service.request(Method::POST, &path).json(&report)).await.0
        };
        let answers = join_all((0..200).map(view)).await;
        assert!(answers.iter().all(|status| *status == 202), "{answers:?}");
        acknowledged += answers.len();
        service.kill_and_restart().await;
    }
    let admin = service.admin().await;
    let counted = |overview: &serde_json::Value| {
        let views = overview["total"]["views"].as_u64().unwrap() as usize;
        assert!(views <= acknowledged, "{views} were counted");
        views == acknowledged
    };
    admin.when("/api/analytics/overview", counted).await;
}
