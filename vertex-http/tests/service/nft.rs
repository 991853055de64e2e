//! The markers of both viewers, from one upload.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use vertex_markers::{MindFile, nft::Marker};

use crate::harness::{Service, User, is_ready, text};

async fn file(service: &Service, path: &str) -> Vec<u8> {
    let response = service.get(path).send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    response.bytes().await.unwrap().to_vec()
}

async fn published(service: &Service, content: &Value) -> Value {
    let path = format!("/api/ar/{}", text(&content["unique_id"]));
    serde_json::from_slice(&file(service, &path).await).unwrap()
}

/// The marker for AR.js.
async fn marker(service: &Service, content: &Value) -> Marker {
    let prefix = format!("/api/ar/{}/nft/marker", text(&content["unique_id"]));
    let iset = file(service, &format!("{prefix}.iset")).await;
    let fset = file(service, &format!("{prefix}.fset")).await;
    let fset3 = file(service, &format!("{prefix}.fset3")).await;
    Marker::decode(&iset, &fset, &fset3).unwrap()
}

/// Has the markers made again in these formats, and waits for them.
async fn regenerated(user: &User<'_>, content: &Value, formats: &str) -> Value {
    let id = text(&content["id"]);
    let path = format!("/api/ar-content/{id}/generate-marker?formats={formats}");
    let (status, accepted) = user.post(&path, json!({})).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{accepted}");
    user.content_when(id, |content| is_ready(content) && content["marker_formats"] == formats).await
}

#[tokio::test]
async fn one_upload_gives_the_markers_of_both_viewers() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    let content = admin.content_when(text(&content["id"]), is_ready).await;
    assert_eq!(content["marker_formats"], "mind,nft");

    let seen = published(&service, &content).await;
    let prefix = format!("/api/ar/{}/nft/marker", text(&content["unique_id"]));
    let url = text(&seen["nft_url"]);
    assert!(url.ends_with(&prefix), "AR.js adds the extensions: {url}");
    let marker = marker(&service, &content).await;
    let (width, height) = marker.size_mm().unwrap();
    let image = &seen["image"];
    let ratio = image["width"].as_f64().unwrap() / image["height"].as_f64().unwrap();
    assert!((f64::from(width / height) - ratio).abs() < 0.01, "{width} x {height}");
    assert!(MindFile::decode(&file(&service, text(&seen["marker_url"])).await).is_ok());
    for (other, status) in
        [("marker.zft", 404), ("marker", 404), ("..%2fmarker.iset", 400), ("other.iset", 404)]
    {
        let path = format!("/api/ar/{}/nft/{other}", text(&content["unique_id"]));
        assert_eq!(service.get(&path).send().await.unwrap().status(), status, "{other}");
    }

    let path = format!("/api/ar-content/{}", text(&content["id"]));
    let download = admin.request(Method::GET, &format!("{path}/marker?format=fset3"));
    let fset3 = file(&service, &format!("{prefix}.fset3")).await;
    assert_eq!(download.send().await.unwrap().bytes().await.unwrap(), fset3);
    let (status, quality) = admin.get(&format!("{path}/quality")).await;
    assert_eq!(status, 200, "{quality}");
    assert!(quality["nft"]["score"].as_u64().unwrap() > 40, "{quality}");
    assert!(quality["score"].as_u64().unwrap() > 40, "{quality}");
}

#[tokio::test]
async fn formats_are_the_companys_or_those_asked_for() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    let content = admin.content_when(text(&content["id"]), is_ready).await;

    let content = regenerated(&admin, &content, "mind").await;
    let seen = published(&service, &content).await;
    assert_eq!(seen["nft_url"], Value::Null);
    let gone = format!("/api/ar/{}/nft/marker.iset", text(&content["unique_id"]));
    assert_eq!(service.get(&gone).send().await.unwrap().status(), 404);
    let path = format!("/api/ar-content/{}/marker?format=iset", text(&content["id"]));
    assert_eq!(admin.get(&path).await.0, 404);

    let content = regenerated(&admin, &content, "nft").await;
    let seen = published(&service, &content).await;
    assert_eq!((&seen["marker_url"], &content["marker_url"]), (&Value::Null, &Value::Null));
    assert!(seen["nft_url"].is_string());

    let path = format!("/api/ar-content/{}/generate-marker?formats=mind,zft", text(&content["id"]));
    let (status, problem) = admin.post(&path, json!({})).await;
    assert_eq!((status.as_u16(), &problem["errors"][0]["field"]), (422, &json!("formats")));

    let company = format!("/api/companies/{}", text(&content["company_id"]));
    let (status, changed) = admin.put(&company, json!({ "marker_formats": "mind" })).await;
    assert_eq!((status.as_u16(), &changed["marker_formats"]), (200, &json!("mind")), "{changed}");
    let content = admin.upload_picture("Another").await;
    let content = admin.content_when(text(&content["id"]), is_ready).await;
    assert_eq!(content["marker_formats"], "mind");
}

#[tokio::test]
async fn the_operator_says_how_dense_markers_are() {
    let mut sizes = Vec::new();
    for (density, levels) in [("low", "2"), ("high", "3")] {
        let settings = [("VERTEX_NFT_DENSITY", density), ("VERTEX_NFT_LEVELS", levels)];
        let service = Service::start_with(&settings).await;
        let admin = service.admin().await;
        let content = admin.upload_picture("Portrait").await;
        let content = admin.content_when(text(&content["id"]), is_ready).await;
        let marker = marker(&service, &content).await;
        sizes.push((marker.keypoints.pages[0].images.len(), marker.keypoints.points.len()));
    }
    assert!(sizes[0].0 < sizes[1].0 && 2 * sizes[0].1 < sizes[1].1, "{sizes:?}");
}
