//! What nobody may keep.

use reqwest::{Method, header::CACHE_CONTROL};
use serde_json::{Value, json};

use crate::harness::{ADMIN_PASSWORD, Service, answer, text};

#[tokio::test]
async fn answers_that_need_a_caller_are_kept_by_nobody() {
    let service = Service::start().await;
    let (_, document) = answer(service.get("/openapi.json")).await;
    let mut asked = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        let path =
            path.split('/')
                .map(|part| {
                    if part.starts_with('{') {
                        "0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b"
                    } else {
                        part
                    }
                })
                .collect::<Vec<_>>()
                .join("/");
        for (method, operation) in methods.as_object().unwrap() {
            if operation["security"].as_array().is_none_or(Vec::is_empty) {
                continue;
            }
            let method: Method = method.to_uppercase().parse().unwrap();
            let response =
                service.request(method.clone(), &path).json(&json!({})).send().await.unwrap();
            assert_eq!(response.status(), 401, "{method} {path}");
            assert_eq!(response.headers()[CACHE_CONTROL], "no-store", "{method} {path}");
            asked += 1;
        }
    }
    assert!(asked > 80, "only {asked} operations");
}

#[tokio::test]
async fn what_is_private_and_what_is_not() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    let is_ready = |content: &Value| content["marker_status"] == "ready";
    let content = admin.content_when(text(&content["id"]), is_ready).await;
    let (id, unique_id) = (text(&content["id"]), text(&content["unique_id"]));
    let caching = async |request: reqwest::RequestBuilder| {
        let response = request.send().await.unwrap();
        assert!(response.status().is_success(), "{}", response.status());
        response.headers().get(CACHE_CONTROL).map(|value| value.to_str().unwrap().to_owned())
    };
    for path in [
        "/api/projects",
        "/api/auth/me",
        &format!("/api/ar-content/{id}"),
        &format!("/api/ar-content/{id}/preview"),
        "/api/users",
    ] {
        let caching = caching(admin.request(Method::GET, path)).await;
        assert_eq!(caching.as_deref(), Some("no-store"), "{path}");
    }
    let login = json!({"username": "admin", "password": ADMIN_PASSWORD});
    let response =
        service.request(Method::POST, "/api/auth/login").json(&login).send().await.unwrap();
    assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
    let tokens: Value = response.json().await.unwrap();
    let refresh = json!({"refresh_token": tokens["refresh_token"]});
    let refresh = service.request(Method::POST, "/api/auth/refresh").json(&refresh);
    assert_eq!(caching(refresh).await.as_deref(), Some("no-store"));
    let public = format!("/api/ar/{unique_id}");
    assert_eq!(caching(service.get(&public)).await.as_deref(), Some("no-cache"));
    let (_, published) = answer(service.get(&public)).await;
    let preview = text(&published["image"]["preview_url"]);
    let preview = preview.split_once("/api/").map(|(_, path)| format!("/api/{path}")).unwrap();
    assert_eq!(caching(service.get(&preview)).await.as_deref(), Some("private, max-age=3600"));
}
