//! Another picture in the place of a content's: what is printed goes on working.

use std::fs;

use reqwest::{Method, StatusCode, multipart::Form};
use serde_json::Value;

use crate::harness::{Service, User, answer, is_ready, part, portrait, text};

fn other_picture() -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../vertex-markers/tests/data/gravel.png");
    fs::read(path).unwrap()
}

async fn replace(user: &User<'_>, id: &str, etag: Option<&str>, form: Form) -> (StatusCode, Value) {
    let request = user.request(Method::PUT, &format!("/api/ar-content/{id}/image"));
    let request = match etag {
        Some(etag) => request.header("if-match", etag),
        None => request,
    };
    answer(request.multipart(form)).await
}

fn form(bytes: Vec<u8>) -> Form {
    Form::new().part("image", part(bytes, "better.png"))
}

#[tokio::test]
async fn a_weak_picture_is_replaced_and_its_printed_code_leads_to_the_new_one() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let before = admin.upload_picture("Portrait").await;
    let id = text(&before["id"]);
    let before = admin.content_when(id, |content| content["trackability"].is_number()).await;
    let video = admin.upload_video(&before, "clip.mp4").await;
    let marker = service.get(text(&before["marker_url"])).send().await.unwrap();
    let marker = marker.bytes().await.unwrap();

    let (status, replaced) = replace(&admin, id, None, form(other_picture())).await;
    assert_eq!(status, 200, "{replaced}");
    for kept in ["id", "unique_id", "permanent_link", "viewer_url", "title", "created_at"] {
        assert_eq!(replaced[kept], before[kept], "{kept}");
    }
    assert_eq!(
        (&replaced["marker_status"], &replaced["trackability"]),
        (&"pending".into(), &Value::Null)
    );
    assert_eq!(replaced["image"]["width"], 512);
    let after = admin.content_when(id, |content| content["trackability"].is_number()).await;
    let picture = service.get(text(&after["image_url"])).send().await.unwrap();
    assert_eq!(picture.bytes().await.unwrap(), other_picture());
    let made = service.get(text(&after["marker_url"])).send().await.unwrap();
    assert_ne!(made.bytes().await.unwrap(), marker, "the marker is that of the new picture");

    let path = format!("/api/ar/{}/active-video", text(&before["unique_id"]));
    let (_, playing) = answer(service.get(&path)).await;
    assert_eq!(playing["video"]["id"], video["id"]);
    let pictures = |stored: &[std::path::PathBuf]| {
        let in_portraits =
            |path: &&std::path::PathBuf| path.to_string_lossy().contains("portraits");
        stored.iter().filter(in_portraits).count() == 1
    };
    service.stored_when(pictures).await;
    let (_, audit) = admin.get("/api/admin/audit?action=replaced_picture").await;
    assert_eq!(audit["total"], 1, "{audit}");
}

#[tokio::test]
async fn what_is_refused_leaves_the_picture_as_it_was() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    let id = text(&content["id"]);
    let content = admin.content_when(id, is_ready).await;
    for (etag, sent, status) in [
        (Some("\"another\""), form(other_picture()), 412),
        (None, form(b"no picture at all".to_vec()), 415),
        (None, form(Vec::new()), 422),
        (None, Form::new().text("title", "x"), 422),
    ] {
        assert_eq!(replace(&admin, id, etag, sent).await.0, status);
    }
    let missing = "00000000-0000-4000-8000-000000000000";
    assert_eq!(replace(&admin, missing, None, form(other_picture())).await.0, 404);
    let (_, now) = admin.get(&format!("/api/ar-content/{id}")).await;
    assert_eq!((&now["image"], &now["marker_status"]), (&content["image"], &"ready".into()));
    let picture = service.get(text(&now["image_url"])).send().await.unwrap();
    assert_eq!(picture.bytes().await.unwrap(), portrait());
}

#[tokio::test]
async fn of_two_who_replace_it_at_once_one_is_told_and_the_picture_is_whole() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    let id = text(&content["id"]);
    let etag =
        service.request(Method::GET, &format!("/api/ar-content/{id}")).bearer_auth(&admin.token);
    let etag = etag.send().await.unwrap().headers()["etag"].to_str().unwrap().to_owned();
    let pictures = [portrait(), other_picture()];
    let both =
        pictures.iter().map(|picture| replace(&admin, id, Some(&etag), form(picture.clone())));
    let both = futures::future::join_all(both).await;
    let statuses: Vec<u16> = both.iter().map(|(status, _)| status.as_u16()).collect();
    assert!(statuses.contains(&200) && statuses.contains(&412), "{statuses:?}");
    let winner = &pictures[statuses.iter().position(|status| *status == 200).unwrap()];
    let now = admin.content_when(id, is_ready).await;
    let picture = service.get(text(&now["image_url"])).send().await.unwrap();
    assert_eq!(&picture.bytes().await.unwrap(), winner);
    let path = format!("/api/companies/{}/usage", text(&content["company_id"]));
    admin.when(&path, |usage| usage["files"] == 1 && usage["uploads"] == 0).await;
}
