//! A company keeps what it may and not a byte more, however many send at once.

use futures::{StreamExt, future::join_all, stream};
use reqwest::{Method, multipart};
use serde_json::{Value, json};

use crate::{
    harness::{
        Service, User, answer, clip, is_ready, part, picture, portrait, postgres_database, text,
    },
    storage::{boss, company},
};

#[tokio::test]
async fn quotas_are_exact_on_sqlite() {
    quotas_are_exact(Service::start().await).await;
}

#[tokio::test]
async fn quotas_are_exact_on_postgres() {
    let Some(url) = postgres_database().await else { return };
    quotas_are_exact(Service::start_with(&[("DATABASE_URL", &url)]).await).await;
}

#[tokio::test]
async fn a_picture_without_room_is_refused_before_it_comes() {
    let service = Service::start().await;
    let root = service.admin().await;
    let (company, _) = company(&root, "Acme").await;
    let acme = boss(&service, &root, &company).await;
    quota(&root, &company, json!({"max_bytes": 1000})).await;
    for path in ["/api/ar-content", "/api/portraits"] {
        let begun =
            "--x\r\ncontent-disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\r\n";
        let begun = stream::iter([Ok::<_, std::io::Error>(begun)]);
        let form = acme
            .request(Method::POST, path)
            .header("content-type", "multipart/form-data; boundary=x")
            .header("content-length", 5_000_000)
            .body(reqwest::Body::wrap_stream(begun.chain(stream::pending())));
        let (status, refused) = answer(form).await;
        assert_eq!(status, 413, "{path}: {refused}");
        assert_eq!(refused["quota"]["limit"], 1000);
    }
}

#[tokio::test]
async fn a_company_has_a_quota_from_the_start() {
    let service = Service::start_with(&[("VERTEX_DEFAULT_QUOTA_BYTES", "1000")]).await;
    let root = service.admin().await;
    let (company, _) = company(&root, "Acme").await;
    let acme = boss(&service, &root, &company).await;
    let default = usage_of(&acme, &company).await;
    assert_eq!((&default["max_bytes"], &default["is_default"]), (&json!(1000), &json!(true)));
    let (status, refused) = acme.form("/api/ar-content", picture_form()).await;
    assert_eq!((status.as_u16(), &refused["quota"]["limit"]), (413, &json!(1000)));
    let own = quota(&root, &company, json!({})).await;
    assert_eq!((&own["max_bytes"], &own["is_default"]), (&Value::Null, &json!(false)));
    assert_eq!(acme.form("/api/ar-content", picture_form()).await.0, 201);
    let path = format!("/api/companies/{company}/quota");
    assert_eq!(answer(acme.request(Method::DELETE, &path)).await.0, 403);
    let (status, again) = answer(root.request(Method::DELETE, &path)).await;
    assert_eq!((status.as_u16(), &again["is_default"]), (200, &json!(true)), "{again}");
    assert_eq!(acme.form("/api/ar-content", picture_form()).await.0, 413);
}

async fn quotas_are_exact(service: Service) {
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    let content = admin.content_when(text(&content["id"]), is_ready).await;
    let company = text(&content["company_id"]);
    let (picture, video) = (portrait().len(), clip("clip.webm").len());

    let limits = json!({"max_bytes": picture + 3 * video + video / 2, "max_files": 100});
    let usage = quota(&admin, company, limits).await;
    assert_eq!((&usage["bytes"], &usage["files"]), (&json!(picture), &json!(1)), "{usage}");
    let path = format!("/api/ar-content/{}/videos", text(&content["id"]));
    let form = || multipart::Form::new().part("video", part(clip("clip.webm"), "a.webm"));
    let answers = join_all((0..10).map(|_| admin.form(&path, form()))).await;
    let mut kept = 0;
    for (status, answer) in answers {
        match status.as_u16() {
            201 => kept += 1,
            507 => {
                assert_eq!(answer["code"], "quota_exceeded", "{answer}");
                assert_eq!(answer["quota"]["resource"], "bytes", "{answer}");
            }
            _ => panic!("{status}: {answer}"),
        }
    }
    // Uploads that were refused in the end may have held room while others asked.
    while kept < 3 {
        assert_eq!(admin.form(&path, form()).await.0, 201);
        kept += 1;
    }
    assert_eq!(kept, 3);
    let (status, refused) = admin.form(&path, form()).await;
    assert_eq!(status, 507, "{refused}");
    let numbers = json!({
        "resource": "bytes", "limit": picture + 3 * video + video / 2,
        "used": picture + 3 * video, "requested": video,
    });
    assert_eq!(refused["quota"], numbers);
    assert_eq!(
        usage_of(&admin, company).await,
        json!({
            "bytes": picture + 3 * video, "files": 4, "uploads": 0, "reserved_bytes": 0,
            "max_bytes": picture + 3 * video + video / 2, "max_files": 100, "max_uploads": null, "is_default": false,
        })
    );
    let stored = service.stored();
    let videos = stored.iter().filter(|path| path.to_string_lossy().contains("/videos/"));
    assert_eq!(videos.count(), 3, "refused ones leave nothing behind");

    quota(&admin, company, json!({"max_bytes": 1000})).await;
    let (status, refused) = admin.form("/api/ar-content", picture_form()).await;
    assert_eq!(status, 413, "it never fits: {refused}");
    assert_eq!(refused["quota"]["requested"], picture);
    quota(&admin, company, json!({"max_files": 4})).await;
    let (status, refused) = admin.form("/api/ar-content", picture_form()).await;
    assert_eq!((status.as_u16(), &refused["quota"]["resource"]), (507, &json!("files")));
    quota(&admin, company, json!({"max_uploads": 1})).await;
    assert_eq!(admin.form("/api/ar-content", picture_form()).await.0, 201);
    quota(&admin, company, json!({"max_uploads": 0})).await;
    let (status, refused) = admin.form("/api/ar-content", picture_form()).await;
    assert_eq!((status.as_u16(), &refused["quota"]["resource"]), (413, &json!("uploads")));
}

fn picture_form() -> multipart::Form {
    multipart::Form::new().text("title", "Another").part("image", picture())
}

async fn quota(admin: &User<'_>, company: &str, limits: Value) -> Value {
    let (status, usage) = admin.put(&format!("/api/companies/{company}/quota"), limits).await;
    assert_eq!(status, 200, "{usage}");
    usage
}

async fn usage_of(admin: &User<'_>, company: &str) -> Value {
    let (status, usage) = admin.get(&format!("/api/companies/{company}/usage")).await;
    assert_eq!(status, 200, "{usage}");
    usage
}
