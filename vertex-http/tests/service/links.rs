//! Links in answers: all of one kind, and none of them opens what is no longer shown.

use serde_json::{Value, json};

use crate::{
    harness::{Service, User, answer, clip, is_ready, text},
    storage::company,
};

/// A content with a video, both made, as the panel and as the world see them.
struct Shown {
    content: Value,
    video: Value,
    public: String,
}

impl Shown {
    async fn make(user: &User<'_>) -> Self {
        let content = user.upload_picture("Anna").await;
        let content = user.content_when(text(&content["id"]), is_ready).await;
        let video = user.upload_video(&content, "clip.mp4").await;
        let path = format!("/api/videos/{}", text(&video["id"]));
        let video = user.when(&path, |video| !video["preview_url"].is_null()).await;
        let public = format!("/api/ar/{}", text(&content["unique_id"]));
        Self { content, video, public }
    }

    /// The links that the panel shows.
    fn members(&self) -> Vec<&str> {
        let of_content = ["image_url", "preview_url", "marker_url", "qr_url"];
        let of_video = ["url", "video_url", "preview_url"];
        let links = of_content.map(|name| text(&self.content[name]));
        links.into_iter().chain(of_video.map(|name| text(&self.video[name]))).collect()
    }

    /// The links that the world is given.
    async fn given(&self, service: &Service) -> Vec<String> {
        let (_, content) = answer(service.get(&self.public)).await;
        let (_, playing) = answer(service.get(&format!("{}/active-video", self.public))).await;
        let links = [
            &content["image"]["preview_url"],
            &content["marker_url"],
            &playing["video"]["url"],
            &playing["video"]["preview_url"],
        ];
        links.map(|link| text(link).to_owned()).into()
    }
}

async fn statuses<T: AsRef<str>>(service: &Service, links: &[T]) -> Vec<u16> {
    let mut statuses = Vec::new();
    for link in links {
        let request = service.get(link.as_ref()).header("range", "bytes=0-0");
        statuses.push(request.send().await.unwrap().status().as_u16());
    }
    statuses
}

fn all(statuses: Vec<u16>, status: u16) {
    assert!(statuses.iter().all(|found| *found == status), "not all are {status}: {statuses:?}");
}

#[tokio::test]
async fn what_is_not_shown_has_no_title_and_no_link_opens_it() {
    let service = Service::start().await;
    let root = service.admin().await;
    let (id, _) = company(&root, "Acme").await;
    let boss = json!({
        "username": "boss", "password": "violet kettle marmalade", "role": "admin", "company_id": id,
    });
    assert_eq!(root.post("/api/users", boss).await.0, 201);
    let acme = service.user("boss", "violet kettle marmalade").await;
    let shown = Shown::make(&acme).await;
    let path = format!("/api/ar-content/{}", text(&shown.content["id"]));
    let given = shown.given(&service).await;
    all(statuses(&service, &given).await, 206);
    all(statuses(&service, &shown.members()).await, 206);

    for (hides, shows, state) in [
        (json!({"is_active": false}), json!({"is_active": true}), "inactive"),
        (json!({"expiry_date": "2020-01-31"}), json!({"expiry_date": null}), "expired"),
    ] {
        assert_eq!(acme.put(&path, hides).await.0, 200);
        let (status, seen) = answer(service.get(&shown.public)).await;
        assert_eq!((status.as_u16(), &seen["state"]), (200, &json!(state)));
        assert!(!seen.to_string().contains("Anna"), "{seen}");
        for link in ["/title", "/image/preview_url", "/marker_url", "/nft_url"] {
            assert_eq!(seen.pointer(link), Some(&Value::Null), "{link}");
        }
        all(statuses(&service, &given).await, 403);
        all(statuses(&service, &shown.members()).await, 206);
        assert_eq!(acme.get(&path).await.1["title"], "Anna", "its own people see it");
        assert_eq!(acme.put(&path, shows).await.0, 200);
        all(statuses(&service, &given).await, 206);
    }

    let video = format!("/api/videos/{}", text(&shown.video["id"]));
    let other = acme.upload_video(&shown.content, "clip.mp4").await;
    let other_link = text(&other["url"]);
    let other = format!("/api/videos/{}", text(&other["id"]));
    assert_eq!(acme.delete(&other).await.0, 204);
    all(statuses(&service, &[other_link]).await, 403);
    all(statuses(&service, &given).await, 206);

    let off = format!("/api/companies/{id}");
    assert_eq!(root.put(&off, json!({"is_active": false})).await.0, 200);
    let (_, seen) = answer(service.get(&shown.public)).await;
    assert_eq!((&seen["state"], &seen["title"]), (&json!("inactive"), &Value::Null));
    all(statuses(&service, &given).await, 403);
    all(statuses(&service, &shown.members()).await, 403);
    assert_eq!(root.put(&off, json!({"is_active": true})).await.0, 200);
    all(statuses(&service, &given).await, 206);

    assert_eq!(root.get(&video).await.0, 200);
    assert_eq!(root.delete(&path).await.0, 204);
    assert_eq!(answer(service.get(&shown.public)).await.0, 404);
    all(statuses(&service, &given).await, 403);
    all(statuses(&service, &shown.members()).await, 403);
    assert_eq!(root.post(&format!("{path}/restore"), json!({})).await.0, 200);
    all(statuses(&service, &given).await, 206);
    all(statuses(&service, &shown.members()).await, 206);
}

/// Every link in an answer, by where it stands.
fn links_in(answer: &Value, at: &str, found: &mut Vec<(String, String)>) {
    match answer {
        Value::Object(fields) => {
            for (name, value) in fields {
                links_in(value, &format!("{at}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                links_in(item, &format!("{at}/{number}"), found);
            }
        }
        Value::String(link) if at.ends_with("url") => found.push((at.to_owned(), link.clone())),
        _ => {}
    }
}

#[tokio::test]
async fn every_link_in_an_answer_begins_with_the_address_of_the_installation() {
    const BASE: &str = "https://ar.example.org";
    let service = Service::start_with(&[("BASE_URL", BASE)]).await;
    let admin = service.admin().await;
    let shown = Shown::make(&admin).await;
    let (content, video) = (text(&shown.content["id"]), text(&shown.video["id"]));
    let quality = format!("/api/ar-content/{content}/quality");
    admin
        .when(&format!("/api/ar-content/{content}"), |content| !content["trackability"].is_null())
        .await;
    let mut found = Vec::new();
    for path in [
        format!("/api/ar-content/{content}"),
        "/api/ar-content".to_owned(),
        format!("/api/ar-content/{content}/videos"),
        quality,
        format!("/api/portraits/{content}"),
        "/api/portraits".to_owned(),
        format!("/api/videos/{video}"),
        shown.public.clone(),
        format!("{}/active-video", shown.public),
    ] {
        let (status, answer) = admin.get(&path).await;
        assert_eq!(status, 200, "{path}: {answer}");
        let before = found.len();
        links_in(&answer, &path, &mut found);
        assert!(found.len() > before, "{path} has no link: {answer}");
    }
    for (at, link) in &found {
        assert!(link.starts_with(&format!("{BASE}/")), "{at}: {link}");
    }
    let (_, link) = found.iter().find(|(at, _)| at.ends_with("/active-video/video/url")).unwrap();
    let bytes = service.get(link.strip_prefix(BASE).unwrap()).send().await.unwrap();
    assert_eq!(bytes.bytes().await.unwrap(), clip("clip.mp4"));
}
