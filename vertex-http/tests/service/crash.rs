//! `kill -9`: nothing that was acknowledged is lost, and what was begun is finished.

use crate::harness::{Service, is_ready, portrait, text};

#[tokio::test]
async fn markers_are_finished_after_kill_9() {
    // A short lease, so that the dead worker's jobs are taken over soon.
    let mut service = Service::start_with(&[("VERTEX_JOB_LEASE_SECONDS", "2")]).await;
    let mut acknowledged = Vec::new();
    for round in 0..3 {
        let admin = service.admin().await;
        for number in 0..4 {
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
