//! Viewings are counted once, listed, added up and exported; programs are not viewers.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Service, User, answer, is_ready, postgres_database, text};

#[tokio::test]
async fn views_are_counted_on_sqlite() {
    count(Service::start().await).await;
}

#[tokio::test]
async fn views_are_counted_on_postgres() {
    let Some(url) = postgres_database().await else { return };
    count(Service::start_with(&[("DATABASE_URL", &url)]).await).await;
}

fn report(number: u32, device: &str, video: &Value) -> Value {
    json!({
        "session_id": format!("00000000-0000-4000-8000-{number:012}"), "device_type": device,
        "browser": "=HYPERLINK(1)", "avg_fps": 10 * (number % 50), "duration_seconds": number, "video_id": video,
    })
}

async fn count(service: Service) {
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait of Anna").await;
    let content = admin.content_when(text(&content["id"]), is_ready).await;
    let video = admin.upload_video(&content, "clip.mp4").await;
    let other = admin.upload_picture("Poster").await;
    let id = text(&content["id"]);
    let track = |content: &Value| {
        let path = format!("/api/ar/{}/track-session", text(&content["unique_id"]));
        service.request(Method::POST, &path)
    };

    for (number, device) in [(1, "mobile"), (2, "mobile"), (3, "desktop")] {
        let report = report(number, device, &video["id"]);
        assert_eq!(answer(track(&content).json(&report)).await.0, 202);
        assert_eq!(answer(track(&content).json(&report)).await.0, 202, "the same again");
    }
    let program = track(&content).header("user-agent", "Googlebot/2.1");
    assert_eq!(answer(program.json(&report(4, "mobile", &video["id"]))).await.0, 202);
    let silent = json!({"device_type": "tablet", "duration_seconds": 8.5});
    assert_eq!(answer(track(&other).json(&silent)).await.0, 202);
    assert_eq!(answer(track(&other).json(&silent)).await.0, 202, "the same sender and figures");

    let overview =
        admin.when("/api/analytics/overview", |overview| overview["total"]["views"] == 4).await;
    assert_eq!(overview["by_day"].as_array().unwrap().len(), 30);
    assert_eq!(overview["by_day"][29]["views"], 4);
    let devices: Vec<_> =
        overview["by_device"].as_array().unwrap().iter().map(|d| &d["views"]).collect();
    assert_eq!(devices, [2, 1, 1]);
    assert_eq!(overview["total"]["avg_fps"], 20.0, "what was not measured does not count");
    assert_eq!(overview["total"]["total_duration_seconds"], 14.5);
    let top = &overview["top_contents"];
    assert_eq!((&top[0]["content_id"], &top[0]["views"]), (&content["id"], &json!(3)));
    assert_eq!((&top[1]["title"], &top[1]["views"]), (&json!("Poster"), &json!(1)));

    let (status, figures) = admin.get(&format!("/api/analytics/content/{id}")).await;
    assert_eq!((status.as_u16(), &figures["total"]["views"]), (200, &json!(3)));
    assert_eq!(figures["view_count"], 3);
    assert_eq!(figures["by_video"][0]["title"], "Portrait of Anna");

    lists(&admin, &content, &video).await;

    let (status, _) = admin.delete(&format!("/api/ar-content/{id}")).await;
    assert_eq!(status, 204);
    assert!(service.stop().await.success());
}

async fn lists(admin: &User<'_>, content: &Value, video: &Value) {
    for (query, total) in [
        ("".to_owned(), 4),
        ("?device_type=mobile".to_owned(), 2),
        (format!("?content_id={}", text(&content["id"])), 3),
        (format!("?video_id={}&device_type=desktop", text(&video["id"])), 1),
        ("?from=2020-01-01&to=2020-12-31".to_owned(), 0),
    ] {
        let (status, list) = admin.get(&format!("/api/analytics/sessions{query}")).await;
        assert_eq!((status.as_u16(), &list["total"]), (200, &json!(total)), "{query}: {list}");
        assert_eq!(list["items"].as_array().unwrap().len(), total, "{query}");
        let path = format!("/api/analytics/sessions/export{query}");
        let csv = admin.request(Method::GET, &path).send().await.unwrap().text().await.unwrap();
        assert_eq!(csv.lines().count(), total + 1, "{csv}");
        assert!(!csv.contains(",=HYPERLINK"), "a formula would be run: {csv}");
    }
    for (query, field) in [
        ("from=2026-02-01&to=2026-01-31", "to"),
        ("from=2020-01-01&to=2026-01-31", "to"),
        ("page=1000&per_page=100", "page"),
        ("from=yesterday", "from"),
        ("device_type=watch", "device_type"),
    ] {
        let (status, problem) = admin.get(&format!("/api/analytics/sessions?{query}")).await;
        assert_eq!(
            (status.as_u16(), &problem["errors"][0]["field"]),
            (422, &json!(field)),
            "{problem}"
        );
    }
    let nobody = "00000000-0000-4000-8000-000000000009";
    for path in ["content/", "sessions?content_id=", "sessions?video_id=", "overview?company_id="] {
        let (status, _) = admin.get(&format!("/api/analytics/{path}{nobody}")).await;
        assert_eq!(status, 404, "{path}");
    }
}

#[tokio::test]
async fn nothing_taken_in_is_lost_when_the_service_stops() {
    let Some(url) = postgres_database().await else { return };
    for settings in [vec![], vec![("DATABASE_URL", url.as_str())]] {
        let service = Service::start_with(&settings).await;
        let content = service.admin().await.upload_picture("Portrait").await;
        let path = format!("/api/ar/{}/track-session", text(&content["unique_id"]));
        for number in 0..200 {
            let report = report(number, "mobile", &Value::Null);
            let taken = answer(service.request(Method::POST, &path).json(&report)).await;
            assert_eq!(taken.0, 202);
        }
        let service = service.restart().await;
        let path = format!("/api/ar-content/{}", text(&content["id"]));
        let (_, content) = service.admin().await.get(&path).await;
        assert_eq!(content["view_count"], 200);
    }
}

#[tokio::test]
async fn the_viewers_answers_are_revalidated_and_never_stale() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    let content = admin.content_when(text(&content["id"]), is_ready).await;
    let public = format!("/api/ar/{}/active-video", text(&content["unique_id"]));
    let first = admin.upload_video(&content, "clip.mp4").await;
    let second = admin.upload_video(&content, "video-faststart.mp4").await;
    for video in [&first, &second] {
        let path = format!("/api/videos/{}", text(&video["id"]));
        admin.when(&path, |video| !video["preview_url"].is_null()).await;
    }
    let fresh = service.get(&public).send().await.unwrap();
    assert_eq!(fresh.headers()["cache-control"], "no-cache");
    let etag = fresh.headers()["etag"].clone();
    let again = service.get(&public).header("if-none-match", &etag).send().await.unwrap();
    assert_eq!(again.status(), 304);
    assert!(again.bytes().await.unwrap().is_empty());

    let steps = [
        (Method::PUT, format!("/api/videos/{}/active", text(&second["id"])), json!({})),
        (Method::PUT, format!("/api/videos/{}", text(&second["id"])), json!({"title": "New"})),
        (Method::DELETE, format!("/api/videos/{}", text(&second["id"])), json!({})),
        (
            Method::PUT,
            format!("/api/ar-content/{}", text(&content["id"])),
            json!({"is_active": false}),
        ),
    ];
    let mut seen = vec![first["id"].clone()];
    for (method, path, change) in steps {
        let (status, problem) = answer(admin.request(method, &path).json(&change)).await;
        assert!(status.is_success(), "{problem}");
        let (_, playing) = answer(service.get(&public)).await;
        let what = json!([playing["state"], playing["video"]["id"], playing["video"]["title"]]);
        assert!(!seen.contains(&what), "{path} did not show: {what}");
        seen.push(what);
    }
}
