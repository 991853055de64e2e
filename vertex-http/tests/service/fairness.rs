//! Nobody waits for the work of others longer than for one turn.

use crate::harness::{ADMIN_PASSWORD, Service, User};

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
