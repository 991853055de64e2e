//! Each request is one line of the log, without what is nobody's business.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;

use crate::{
    harness::{ADMIN_PASSWORD, Service, answer, text},
    raw::Raw,
};

fn line<'a>(lines: &'a [Value], operation: &str) -> &'a Value {
    let found = lines.iter().find(|line| line["operation"] == operation);
    found.unwrap_or_else(|| panic!("no line of {operation}: {lines:?}"))
}

#[tokio::test]
async fn a_line_says_who_asked_for_what_and_what_came_of_it() {
    let service = Service::start_logging(&[]).await;
    let admin = service.admin().await;
    let (_, me) = admin.get("/api/auth/me").await;
    let bad =
        admin.request(Method::POST, "/api/projects").header("x-forwarded-for", "198.51.100.7:443");
    let bad = bad.json(&json!({"name": "a name\u{0}", "description": 5}));
    assert_eq!(answer(bad).await.0, 422);
    let listed = admin.request(Method::GET, "/api/projects?search=somebody").send().await.unwrap();
    let bytes = listed.bytes().await.unwrap().len();
    assert_eq!(answer(service.get("/api/projects")).await.0, 401);
    let lines = service.served(5).await;

    let created = line(&lines, "createProject");
    assert_eq!(created["client"], "198.51.100.7");
    assert_eq!((&created["user_id"], &created["company_id"]), (&me["id"], &me["company_id"]));
    assert_eq!((&created["method"], &created["path"]), (&json!("POST"), &json!("/api/projects")));
    assert_eq!((&created["status"], &created["code"]), (&json!(422), &json!("invalid_input")));
    assert_eq!(created["fields"], "name,description");
    assert!(!created.to_string().contains("a name"), "no values: {created}");
    let list = line(&lines, "listProjects");
    assert_eq!((&list["bytes"], &list["is_whole"]), (&json!(bytes), &json!(true)));
    assert!(list["milliseconds"].as_f64().is_some_and(|time| time > 0.0));
    assert!(list["code"].is_null() && list["route"].is_string(), "{list}");
    let login = line(&lines, "login");
    assert_eq!((&login["client"], &login["status"]), (&json!("127.0.0.1"), &json!(200)));
    let refused = lines.iter().find(|line| line["status"] == 401).unwrap();
    assert_eq!(refused["code"], "unauthenticated");
    assert!(refused["user_id"].is_null());
    let id = |line: &Value| text(&line["span"]["request_id"]).to_owned();
    assert_ne!(id(&lines[0]), id(&lines[1]));
}

#[tokio::test]
async fn secrets_in_addresses_and_bodies_are_not_written() {
    let service = Service::start_logging(&[]).await;
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    let video = admin.upload_video(&content, "clip.mp4").await;
    let link = text(&video["video_url"])
        .split_once("/api/")
        .map(|(_, path)| format!("/api/{path}"))
        .unwrap();
    assert_eq!(service.get(&link).send().await.unwrap().status(), 200);
    let signature = link.split_once("signature=").unwrap().1.split('&').next().unwrap();
    let secret = "s3cr3t-of-the-query";
    for path in [
        format!("/api/oauth/yandex/callback?state={secret}&code={secret}"),
        format!("/api/ws?token={secret}"),
        format!("/nowhere?token={secret}"),
        format!("/api%2fnowhere?token={secret}"),
    ] {
        service.get(&path).send().await.unwrap();
    }
    service.login("admin", secret).await;
    service.served(8).await;
    let log = service.log();
    for (what, hidden) in [
        ("signature", signature),
        ("secret", secret),
        ("token", &admin.token),
        ("password", ADMIN_PASSWORD),
    ] {
        assert!(!log.contains(hidden), "the {what} is in {log}");
    }
}

#[tokio::test]
async fn an_answer_that_was_not_read_to_its_end_is_told_apart() {
    let service = Service::start_logging(&[]).await;
    let mut raw = Raw::connect(&service).await;
    raw.send("GET /docs HTTP/1.1\r\nhost: x\r\n\r\n").await;
    raw.0.read_u8().await.unwrap();
    drop(raw);
    let lines = service.served(1).await;
    let line = &lines[0];
    assert_eq!(line["path"], "/docs");
    assert!(line["bytes"].is_u64() && line["is_whole"].is_boolean(), "{line}");
}
