//! The whole path: a picture and a video go in, a viewer gets them out.

use serde_json::json;

use crate::harness::{Service, answer, clip, is_ready, portrait, postgres_database, text};

/// What is deleted is removed without a time to think it over.
const PURGE_AT_ONCE: (&str, &str) = ("VERTEX_PURGE_DAYS", "0");

#[tokio::test]
async fn a_picture_comes_alive_on_sqlite() {
    walk(Service::start_with(&[PURGE_AT_ONCE]).await).await;
}

#[tokio::test]
async fn a_picture_comes_alive_on_postgres() {
    let Some(url) = postgres_database().await else { return };
    walk(Service::start_with(&[PURGE_AT_ONCE, ("DATABASE_URL", &url)]).await).await;
}

async fn walk(service: Service) {
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait of Anna").await;
    assert_eq!(
        content["image"],
        json!({"width": 512, "height": 512, "format": "png", "bytes": portrait().len()})
    );
    assert_eq!(content["analysis"]["band"], "good", "{}", content["analysis"]);
    let id = text(&content["id"]).to_owned();
    let content = admin.content_when(&id, is_ready).await;

    let marker =
        service.get(text(&content["marker_url"])).send().await.unwrap().bytes().await.unwrap();
    let marker = vertex_markers::MindFile::decode(&marker).unwrap();
    assert_eq!((marker.targets[0].width, marker.targets[0].height), (512, 512));
    let preview = service.get(text(&content["preview_url"])).send().await.unwrap();
    assert_eq!(preview.headers()["content-type"], "image/webp");
    let preview = image::load_from_memory(&preview.bytes().await.unwrap()).unwrap();
    assert_eq!((preview.width(), preview.height()), (300, 300));
    let original = service.get(text(&content["image_url"])).send().await.unwrap();
    assert_eq!(original.bytes().await.unwrap(), portrait(), "the original is kept as it came");
    assert_eq!(scan(&service, text(&content["qr_url"])).await, text(&content["viewer_url"]));

    let public = format!("/api/ar/{}", text(&content["unique_id"]));
    let (_, silent) = answer(service.get(&format!("{public}/active-video"))).await;
    assert_eq!(silent, json!({"state": "ready", "video": null}));

    let first = admin.upload_video(&content, "clip.mp4").await;
    assert_eq!((&first["media_type"], &first["is_active"]), (&json!("video/mp4"), &json!(true)));
    assert!(text(&first["codec"]).starts_with("avc1"), "{first}");
    assert!(first["duration_seconds"].as_f64().unwrap() > 1.0, "{first}");
    let second = admin.upload_video(&content, "clip.webm").await;
    assert_eq!(
        (&second["media_type"], &second["is_active"]),
        (&json!("video/webm"), &json!(false))
    );

    let video = format!("/api/videos/{}", text(&first["id"]));
    let previewed = admin.when(&video, |video| !video["preview_url"].is_null()).await;
    let poster = service.get(text(&previewed["preview_url"])).send().await.unwrap();
    image::load_from_memory(&poster.bytes().await.unwrap()).unwrap();

    let (status, published) = answer(service.get(&public)).await;
    assert_eq!((status.as_u16(), &published["state"]), (200, &json!("ready")));
    let (_, playing) = answer(service.get(&format!("{public}/active-video"))).await;
    assert_eq!(playing["video"]["id"], first["id"]);
    let file = service.get(text(&playing["video"]["url"])).send().await.unwrap();
    assert_eq!(file.bytes().await.unwrap(), clip("clip.mp4"));

    let second_path = format!("/api/videos/{}", text(&second["id"]));
    let (status, _) = admin.put(&format!("{second_path}/active"), json!({})).await;
    assert_eq!(status, 200);
    let (_, playing) = answer(service.get(&format!("{public}/active-video"))).await;
    assert_eq!(playing["video"]["id"], second["id"]);
    let rule = json!({
        "rotation_type": "daily_cycle",
        "schedule_config": {"video_sequence": [first["id"], second["id"]]},
    });
    let (status, rule) = admin.put(&format!("/api/ar-content/{id}/rotation-rule"), rule).await;
    assert_eq!(status, 200, "{rule}");
    let (_, playing) = answer(service.get(&format!("{public}/active-video"))).await;
    assert_eq!(playing["video"]["id"], first["id"], "the first of the cycle plays today");

    let report = json!({
        "device_type": "mobile", "browser": "Chrome 156", "avg_fps": 27.5, "duration_seconds": 12.0,
        "video_id": first["id"],
    });
    let track = service.request(reqwest::Method::POST, &format!("{public}/track-session"));
    let (status, session) = answer(track.json(&report)).await;
    assert_eq!(status, 202, "{session}");
    let content = admin.content_when(&id, |content| content["view_count"] == 1).await;
    assert_eq!(content["video_count"], 2);

    let change = json!({"expiry_date": "2020-01-31"});
    let (status, _) = admin.put(&format!("/api/ar-content/{id}"), change).await;
    assert_eq!(status, 200);
    let (_, playing) = answer(service.get(&format!("{public}/active-video"))).await;
    assert_eq!(playing, json!({"state": "expired", "video": null}));

    let (status, _) = admin.delete(&format!("/api/ar-content/{id}")).await;
    assert_eq!(status, 204);
    assert_eq!(admin.get(&format!("/api/ar-content/{id}")).await.0, 404);
    assert_eq!(answer(service.get(&public)).await.0, 404);
    service.stored_when(<[_]>::is_empty).await;
    assert!(service.stop().await.success());
}

/// What a phone reads in the picture of a QR code.
async fn scan(service: &Service, url: &str) -> String {
    let png = service.get(url).send().await.unwrap().bytes().await.unwrap();
    let picture = image::load_from_memory(&png).unwrap().to_luma8();
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let grey = |x: usize, y: usize| picture.as_raw()[y * width + x];
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, grey);
    prepared.detect_grids()[0].decode().unwrap().1
}
