//! The sequences of calls that the product's documents draw, step by step.

use reqwest::{Method, multipart};
use serde_json::{Value, json};

use crate::harness::{Service, User, answer, clip, is_ready, part, picture, text};

async fn studio(service: &Service) -> (User<'_>, Value) {
    let admin = service.admin().await;
    let client = json!({"name": "Анна Ковалёва", "phone": "+7 912 345-67-89"});
    let (status, client) = admin.post("/api/clients", client).await;
    assert_eq!(status, 201, "{client}");
    (admin, client)
}

/// A portrait with a video: sign in, upload the portrait, upload the video, read the portrait.
#[tokio::test]
async fn a_studio_makes_a_portrait_with_a_video() {
    let service = Service::start().await;
    let (admin, client) = studio(&service).await;

    let form = multipart::Form::new()
        .part("image", picture())
        .text("client_id", text(&client["id"]).to_owned())
        .text("folder_id", "");
    let (status, portrait) = admin.form("/api/portraits/", form).await;
    assert_eq!(status, 201, "{portrait}");
    let id = text(&portrait["id"]);
    assert_eq!(text(&portrait["permanent_link"]), format!("portrait_{id}"));
    assert!(text(&portrait["qr_code_base64"]).starts_with("data:image/png;base64,iVBOR"));
    for (field, media_type) in [("image_url", "image/png"), ("preview_url", "image/webp")] {
        let url = text(&portrait[field]);
        assert!(url.starts_with("http://"), "{field} is a whole address: {url}");
        let file = service.http.get(url.replace("localhost", "127.0.0.1")).send().await.unwrap();
        assert_eq!(file.headers()["content-type"], media_type, "{field}");
    }

    let form = multipart::Form::new()
        .part("video", part(clip("clip.mp4"), "dance.mp4"))
        .text("portrait_id", id.to_owned())
        .text("is_active", "true");
    let (status, video) = admin.form("/api/videos/", form).await;
    assert_eq!(status, 201, "{video}");
    assert_eq!((&video["portrait_id"], &video["is_active"]), (&portrait["id"], &json!(true)));
    assert!(video["file_size_mb"].as_f64().is_some(), "{video}");
    assert!(text(&video["video_url"]).starts_with("http://"), "{video}");
    assert!(video["preview_url"].is_string(), "{video}");

    let (status, read) = admin.get(&format!("/api/portraits/{id}")).await;
    assert_eq!(status, 200);
    for field in
        ["client_id", "folder_id", "permanent_link", "image_path", "view_count", "created_at"]
    {
        assert_eq!(read[field], portrait[field], "{field}");
    }
    assert_eq!(read["client_id"], client["id"]);

    for printed in [format!("portrait_{id}"), text(&portrait["unique_id"]).to_owned()] {
        let printed = service.http.get(service.url(&format!("/portrait/{printed}")));
        let page = printed.send().await.unwrap();
        assert_eq!(page.url().path(), format!("/ar/{}", text(&portrait["unique_id"])));
        assert_eq!(page.url().query(), Some("engine=arjs"));
    }
    let (_, playing) =
        answer(service.get(&format!("/api/ar/{}/active-video", text(&portrait["unique_id"]))))
            .await;
    assert_eq!(playing["video"]["id"], video["id"]);
    let unknown = service.get("/portrait/portrait_unknown").send().await.unwrap();
    assert_ne!(unknown.status(), 200);
}

/// Markers are made again: the answer tells how large they are.
#[tokio::test]
async fn a_studio_regenerates_markers() {
    let service = Service::start().await;
    let (admin, client) = studio(&service).await;
    let form = multipart::Form::new()
        .part("image", picture())
        .text("client_id", text(&client["id"]).to_owned());
    let (_, portrait) = admin.form("/api/portraits/", form).await;
    let path = format!("/api/portraits/{}/regenerate-marker", text(&portrait["id"]));
    let (status, done) = admin.post(&path, json!({})).await;
    assert_eq!((status.as_u16(), &done["status"]), (200, &json!("success")), "{done}");
    assert_eq!(done["message"], "Markers regenerated successfully");
    assert!(text(&done["marker_sizes"]["mind"]).ends_with(" KB"), "{done}");
    assert!(text(&done["total_size"]).ends_with(" KB"), "{done}");
    assert!(text(&done["marker_updated_at"]) > text(&portrait["marker_updated_at"]), "{done}");
}

/// An agency's content: pending, then ready by the worker, then videos, then the whole content; and the
/// video that plays follows the rule from day to day.
#[tokio::test]
async fn an_agency_makes_a_content_and_schedules_it() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let content = admin.upload_picture("Poster").await;
    assert!(["pending", "processing"].contains(&text(&content["marker_status"])), "{content}");
    let id = text(&content["id"]);
    let ready = admin.content_when(id, is_ready).await;
    for field in ["marker_url", "qr_url", "preview_url"] {
        assert!(ready[field].is_string(), "{field}");
    }
    let videos = [
        admin.upload_video(&content, "clip.mp4").await,
        admin.upload_video(&content, "clip.webm").await,
        admin.upload_video(&content, "clip.mov").await,
    ];
    let public = format!("/api/ar/{}", text(&content["unique_id"]));
    let rule_path = format!("/api/ar-content/{id}/rotation-rule");
    let playing = async |rule: Value| {
        let (status, answered) = admin.put(&rule_path, rule).await;
        assert_eq!(status, 200, "{answered}");
        let (_, playing) = answer(service.get(&format!("{public}/active-video"))).await;
        let plan = admin.get(&format!("{rule_path}/preview?days=1")).await.1;
        assert_eq!(plan["days"][0]["spans"][0]["video_id"], playing["video"]["id"]);
        text(&playing["video"]["id"]).to_owned()
    };
    let [first, second, third] = videos.each_ref().map(|video| text(&video["id"]));
    let today = admin.get(&format!("{rule_path}/preview?days=1")).await.1;
    let today = text(&today["days"][0]["date"]);
    let dated = json!({
        "rotation_type": "date_specific", "default_video_id": third,
        "schedule_config": {"schedules": [
            {"start_date": "2020-01-01", "end_date": "2020-12-31", "video_id": first},
            {"start_date": today, "end_date": today, "video_id": second},
        ]},
    });
    assert_eq!(playing(dated).await, second, "a range of dates that holds today");
    let cycle = json!({
        "rotation_type": "daily_cycle", "start_date": today, "default_video_id": third,
        "schedule_config": {"video_sequence": [first, second]},
    });
    assert_eq!(playing(cycle).await, first, "day 0 of the cycle");
    let drawn = json!({
        "rotation_type": "random_daily", "schedule_config": {"video_pool": [first, second, third]},
    });
    assert_eq!(playing(drawn.clone()).await, playing(drawn).await, "the same draw all day");
    let none = json!({"rotation_type": "none", "default_video_id": third});
    assert_eq!(playing(none).await, third, "the default otherwise");

    let report = json!({"device_type": "mobile", "duration_seconds": 3.5, "video_id": third});
    let track = service.request(Method::POST, &format!("{public}/track-session"));
    assert!(answer(track.json(&report)).await.0.is_success());
}
