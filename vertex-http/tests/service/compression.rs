//! Texts come compressed to those who read that, files never.

use std::io::Read;

use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, ETAG, IF_NONE_MATCH, RANGE, VARY};
use serde_json::json;

use crate::harness::{ADMIN_PASSWORD, Service, answer, text};

async fn fetched(request: reqwest::RequestBuilder, accepted: &str) -> (Option<String>, Vec<u8>) {
    let response = request.header(ACCEPT_ENCODING, accepted).send().await.unwrap();
    assert!(response.status().is_success(), "{}", response.status());
    let varies = response.headers().get_all(VARY).iter().any(|vary| vary == "accept-encoding");
    assert!(varies, "{:?}", response.headers());
    let coding = response.headers().get(CONTENT_ENCODING);
    let coding = coding.map(|coding| coding.to_str().unwrap().to_owned());
    (coding, response.bytes().await.unwrap().to_vec())
}

fn plain(coding: Option<&str>, bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    match coding {
        Some("gzip") => drop(flate2::read::GzDecoder::new(bytes).read_to_end(&mut plain).unwrap()),
        Some("br") => brotli::BrotliDecompress(&mut &bytes[..], &mut plain).unwrap(),
        other => assert_eq!(other, None),
    }
    if coding.is_none() { bytes.to_vec() } else { plain }
}

#[tokio::test]
async fn texts_come_in_the_coding_that_is_asked_for() {
    let service = Service::start().await;
    let admin = service.admin().await;
    for number in 0..20 {
        let name = format!("Project {number} with a name of some length");
        assert_eq!(admin.post("/api/projects", json!({ "name": name })).await.0, 201);
    }
    for path in ["/api/projects", "/openapi.json", "/docs"] {
        let request = || admin.request(reqwest::Method::GET, path);
        let (coding, whole) = fetched(request(), "identity").await;
        assert_eq!(coding, None);
        let mut sizes = Vec::new();
        for (accepted, expected) in [("gzip", "gzip"), ("gzip, deflate, br, zstd", "br")] {
            let (coding, bytes) = fetched(request(), accepted).await;
            assert_eq!(coding.as_deref(), Some(expected), "{path}");
            assert!(plain(coding.as_deref(), &bytes) == whole, "{path} in {expected} is another");
            sizes.push(bytes.len());
        }
        assert!(
            sizes[1] < sizes[0] && sizes[0] < whole.len() / 2,
            "{path}: {sizes:?} of {}",
            whole.len()
        );
    }
}

#[tokio::test]
async fn small_answers_tokens_and_files_stay_as_they_are() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let (coding, _) = fetched(admin.request(reqwest::Method::GET, "/api/health"), "gzip").await;
    assert_eq!(coding, None, "it is small");
    let login = json!({"username": "admin", "password": ADMIN_PASSWORD});
    let login = service.request(reqwest::Method::POST, "/api/auth/login").json(&login);
    let login = login.header(ACCEPT_ENCODING, "gzip, br").send().await.unwrap();
    assert!(!login.headers().contains_key(CONTENT_ENCODING));
    let content = admin.upload_picture("Portrait").await;
    let video = admin.upload_video(&content, "clip.mp4").await;
    let link = text(&video["video_url"]).split_once("/api/").unwrap().1;
    let request = service.get(&format!("/api/{link}")).header(ACCEPT_ENCODING, "gzip, br");
    let part = request.header(RANGE, "bytes=0-99").send().await.unwrap();
    assert_eq!((part.status().as_u16(), part.content_length()), (206, Some(100)));
    assert!(!part.headers().contains_key(CONTENT_ENCODING));
}

#[tokio::test]
async fn a_compressed_copy_is_recognised_and_a_version_stays_what_it_was() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let long = json!({"name": "Autumn", "description": "leaf ".repeat(400)});
    let (_, project) = admin.post("/api/projects", long).await;
    let path = format!("/api/projects/{}", text(&project["id"]));
    let request = admin.request(reqwest::Method::GET, &path).header(ACCEPT_ENCODING, "gzip");
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()[CONTENT_ENCODING], "gzip");
    let change = admin.request(reqwest::Method::PUT, &path).json(&json!({"name": "Winter"}));
    let change = change.header("if-match", response.headers()[ETAG].clone());
    assert_eq!(answer(change).await.0, 200, "what was read can be changed");
    let page = || service.get("/admin").header(ACCEPT_ENCODING, "gzip");
    if let Some(tag) = page().send().await.unwrap().headers().get(ETAG) {
        let again = page().header(IF_NONE_MATCH, tag.clone()).send().await.unwrap();
        assert_eq!(again.status(), 304);
    }
}
