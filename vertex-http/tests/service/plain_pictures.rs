//! Pictures that no marker can be made of still have a preview and a QR code.

use std::io::Cursor;

use reqwest::{Method, multipart};
use serde_json::json;
use vertex_markers::image::{ImageFormat, Rgb, RgbImage};

use crate::harness::{Service, part, text};

#[tokio::test]
async fn a_picture_without_markers_has_a_preview() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let mut plain = Vec::new();
    let picture = RgbImage::from_pixel(600, 600, Rgb([90, 120, 30]));
    picture.write_to(&mut Cursor::new(&mut plain), ImageFormat::Png).unwrap();
    let form =
        multipart::Form::new().text("title", "Plain").part("image", part(plain, "plain.png"));
    let (status, content) = admin.form("/api/ar-content", form).await;
    assert_eq!(status, 201, "{content}");
    let path = format!("/api/ar-content/{}", text(&content["id"]));
    let settled = |content: &serde_json::Value| {
        ["ready", "failed"].contains(&text(&content["marker_status"]))
    };
    admin.when(&path, settled).await;
    let (status, asked) =
        admin.post(&format!("{path}/generate-marker?formats=nft"), json!({})).await;
    assert_eq!(status, 202, "{asked}");
    let content = admin.when(&path, |content| content["marker_status"] == "failed").await;
    assert!(content["qr_url"].is_string() && content["marker_url"].is_null(), "{content}");
    for path in [text(&content["preview_url"]).to_owned(), format!("{path}/preview")] {
        let preview = admin.request(Method::GET, &path).send().await.unwrap();
        assert_eq!(preview.status(), 200, "{path}");
    }
}
