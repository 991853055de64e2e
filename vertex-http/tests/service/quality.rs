//! How well a picture will be found: measured with its markers, served, drawn.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};
use reqwest::multipart::Form;
use serde_json::{Value, json};
use sqlx::Connection;

use crate::harness::{Service, User, is_ready, part, text};

#[tokio::test]
async fn a_picture_is_measured_with_its_markers() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    assert_eq!(content["trackability"], Value::Null, "not measured before its markers are made");
    let (content, quality) = measured(&admin, &content).await;

    let score = quality["score"].as_u64().unwrap();
    assert!((50..=100).contains(&score), "an easy picture: {quality}");
    assert_eq!(content["trackability"], score);
    assert_eq!(quality["content_id"], content["id"]);
    assert_eq!(quality["score_version"], vertex_markers::trackability::SCORE_VERSION);
    for nuisance in ["distance", "tilt", "blur", "light"] {
        assert!(quality["breakdown"][nuisance].as_u64().unwrap() <= 100, "{quality}");
    }
    let worst = &quality["breakdown"][text(&quality["worst"])];
    let scores = quality["breakdown"].as_object().unwrap().values();
    assert_eq!(Some(worst.as_u64()), scores.map(Value::as_u64).min(), "{quality}");

    let path = format!("/api/ar-content/{}/quality", text(&content["id"]));
    let (_, farther) = admin.get(&format!("{path}?viewing_distance=2.5")).await;
    let width = |quality: &Value| quality["print_width"].as_f64().unwrap();
    assert!((width(&farther) - 2.5 * width(&quality)).abs() < 1e-9, "{farther}");
    for distance in ["0", "-1", "NaN", "far"] {
        let (status, problem) = admin.get(&format!("{path}?viewing_distance={distance}")).await;
        assert_eq!((status.as_u16(), text(&problem["code"])), (422, "invalid_input"));
        assert_eq!(problem["errors"][0]["field"], "viewing_distance", "{problem}");
    }

    let overlay = format!("{path}/overlay");
    let drawn = admin.request(reqwest::Method::GET, &overlay).send().await.unwrap();
    assert_eq!(
        (drawn.status().as_u16(), &drawn.headers()["content-type"]),
        (200, &"image/webp".parse().unwrap())
    );
    let etag = drawn.headers()["etag"].clone();
    let drawn = drawn.bytes().await.unwrap();
    let decoded = image::load_from_memory(&drawn).unwrap();
    assert_eq!((decoded.width(), decoded.height()), (1000, 1000));
    let known = admin.request(reqwest::Method::GET, &overlay).header("if-none-match", etag);
    assert_eq!(known.send().await.unwrap().status(), 304);
    let linked = service.get(text(&quality["overlay_url"])).send().await.unwrap();
    assert_eq!(linked.bytes().await.unwrap(), drawn, "the link needs no sign-in");
}

#[tokio::test]
async fn a_blank_wall_scores_nothing_and_is_told_why() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let mut png = Cursor::new(Vec::new());
    let wall = RgbImage::from_pixel(600, 600, Rgb([200, 190, 180]));
    wall.write_to(&mut png, ImageFormat::Png).unwrap();
    let form = Form::new().text("title", "Wall").part("image", part(png.into_inner(), "wall.png"));
    let (status, content) = admin.form("/api/ar-content", form).await;
    assert_eq!(status, 201, "{content}");
    let (content, quality) = measured(&admin, &content).await;
    assert_eq!((&content["trackability"], &quality["score"]), (&json!(0), &json!(0)));
    assert_eq!(quality["print_width"], Value::Null);
    let advice: Vec<&str> =
        quality["findings"].as_array().unwrap().iter().map(|f| text(&f["advice"])).collect();
    assert!(!advice.is_empty() && advice.iter().all(|words| words.len() > 10), "{quality}");
}

#[tokio::test]
async fn a_content_older_than_measuring_is_measured_when_its_markers_are_made_again() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    let (content, before) = measured(&admin, &content).await;
    let database = format!("sqlite:{}", service.data.path().join("vertex.db").display());
    let mut database = sqlx::SqliteConnection::connect(&database).await.unwrap();
    sqlx::query("UPDATE contents SET quality = NULL, marker_updated_at = NULL")
        .execute(&mut database)
        .await
        .unwrap();

    let path = format!("/api/ar-content/{}", text(&content["id"]));
    assert_eq!(admin.get(&path).await.1["trackability"], Value::Null);
    for unmeasured in [format!("{path}/quality"), format!("{path}/quality/overlay")] {
        let (status, problem) = admin.get(&unmeasured).await;
        assert_eq!(status, 409, "{problem}");
        assert!(text(&problem["detail"]).contains("made again"), "{problem}");
    }
    let (status, _) = admin.post(&format!("{path}/generate-marker"), json!({})).await;
    assert_eq!(status, 202);
    let (_, after) = measured(&admin, &content).await;
    assert_eq!(without_link(after), without_link(before), "the same picture, the same result");
}

/// The content once its markers are there, and what was measured.
async fn measured(user: &User<'_>, content: &Value) -> (Value, Value) {
    let id = text(&content["id"]);
    user.content_when(id, is_ready).await;
    let (status, quality) = user.get(&format!("/api/ar-content/{id}/quality")).await;
    assert_eq!(status, 200, "{quality}");
    let (_, content) = user.get(&format!("/api/ar-content/{id}")).await;
    (content, quality)
}

fn without_link(mut quality: Value) -> Value {
    quality.as_object_mut().unwrap().remove("overlay_url");
    quality
}
