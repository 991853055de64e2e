//! Uploads in parts, as the tus protocol has them, go on after whatever happens to line and server.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use futures::stream;
use reqwest::{Body, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::harness::{Service, User, answer, clip, is_ready, portrait, postgres_database, text};

const MB: usize = 1024 * 1024;

/// A clip, followed by a box that players skip: a video of any size, its filler nowhere the same.
fn video_of(bytes: usize) -> Vec<u8> {
    let mut video = clip("clip.mp4");
    let filler = bytes - video.len();
    video.extend(u32::try_from(filler).unwrap().to_be_bytes());
    video.extend(b"free");
    video.extend((8..filler).map(|n| (n as u32).wrapping_mul(2_654_435_761).to_be_bytes()[0]));
    video
}

fn metadata(fields: &[(&str, &str)]) -> String {
    let pair = |(key, value): &(&str, &str)| format!("{key} {}", BASE64_STANDARD.encode(value));
    fields.iter().map(pair).collect::<Vec<_>>().join(",")
}

fn tus(user: &User<'_>, method: Method, path: &str) -> RequestBuilder {
    user.request(method, path).header("tus-resumable", "1.0.0")
}

fn begin(user: &User<'_>, length: usize, fields: &[(&str, &str)]) -> RequestBuilder {
    tus(user, Method::POST, "/api/uploads")
        .header("upload-length", length)
        .header("upload-metadata", metadata(fields))
}

fn part(user: &User<'_>, path: &str, offset: usize, bytes: impl Into<Body>) -> RequestBuilder {
    tus(user, Method::PATCH, path)
        .header("upload-offset", offset)
        .header("content-type", "application/offset+octet-stream")
        .body(bytes)
}

async fn send(request: RequestBuilder, status: u16) -> Response {
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["tus-resumable"], "1.0.0");
    let got = response.status().as_u16();
    assert_eq!(got, status, "{}", response.text().await.unwrap_or_default());
    response
}

fn header(response: &Response, name: &str) -> String {
    response.headers()[name].to_str().unwrap().to_owned()
}

/// Begins the upload of a video; its address.
async fn begun(user: &User<'_>, content: &Value, length: usize) -> String {
    let fields = [("kind", "video"), ("content_id", text(&content["id"])), ("title", "Large")];
    header(&send(begin(user, length, &fields), 201).await, "location")
}

async fn offset(user: &User<'_>, path: &str) -> usize {
    let response = send(tus(user, Method::HEAD, path), 200).await;
    assert_eq!(response.headers()["cache-control"], "no-store");
    header(&response, "upload-offset").parse().unwrap()
}

/// Bytes that come, and then nothing, while the line stays open.
fn stalling(bytes: Vec<u8>) -> Body {
    let pieces: Vec<_> = bytes.chunks(64 * 1024).map(Bytes::copy_from_slice).collect();
    let sent = stream::iter(pieces.into_iter().map(Ok::<_, std::io::Error>));
    Body::wrap_stream(futures::StreamExt::chain(sent, stream::pending()))
}

#[tokio::test]
async fn an_upload_survives_kill_9_on_sqlite() {
    survives_kill_9(&[]).await;
}

#[tokio::test]
async fn an_upload_survives_kill_9_on_postgres() {
    let Some(url) = postgres_database().await else { return };
    survives_kill_9(&[("DATABASE_URL", &url)]).await;
}

async fn survives_kill_9(settings: &[(&str, &str)]) {
    let settings: Vec<_> =
        settings.iter().copied().chain([("VERTEX_JOB_LEASE_SECONDS", "2")]).collect();
    let mut service = Service::start_with(&settings).await;
    let video = video_of(40 * MB);
    let path = {
        let admin = service.admin().await;
        let content = admin.upload_picture("Portrait").await;
        let path = begun(&admin, &content, video.len()).await;
        let grown = send(part(&admin, &path, 0, video[..10 * MB].to_vec()), 204).await;
        assert_eq!(header(&grown, "upload-offset"), (10 * MB).to_string());

        let rest = part(&admin, &path, 10 * MB, stalling(video[10 * MB..30 * MB].to_vec()));
        let sending = tokio::spawn(rest.send());
        admin.when(&path, |upload| upload["received"].as_u64().unwrap() as usize >= 26 * MB).await;
        service.kill_and_restart().await;
        assert!(sending.await.unwrap().is_err(), "the line was cut");
        path
    };

    let admin = service.admin().await;
    let safe = offset(&admin, &path).await;
    assert!(safe >= 26 * MB, "only {safe} bytes were kept");
    let done = send(part(&admin, &path, safe, video[safe..].to_vec()), 204).await;
    let made = header(&done, "content-location");
    let (_, made) = admin.get(&made).await;
    assert_eq!((&made["bytes"], &made["title"]), (&json!(video.len()), &json!("Large")));
    let stored = service.get(text(&made["url"])).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(digest(&SHA256, &stored).as_ref(), digest(&SHA256, &video).as_ref());
    assert_eq!(offset(&admin, &path).await, video.len(), "who did not hear so learns it is done");
    assert_eq!(std::fs::read_dir(service.data.path().join("uploads")).unwrap().count(), 0);
}

#[tokio::test]
async fn what_came_before_the_line_was_cut_is_kept() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    let video = video_of(16 * MB);
    let path = begun(&admin, &content, video.len()).await;

    let host = service.url("").replace("http://", "");
    let mut line = TcpStream::connect(&host).await.unwrap();
    let head = format!(
        "PATCH {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {}\r\ntus-resumable: 1.0.0\r\n\
         upload-offset: 0\r\ncontent-type: application/offset+octet-stream\r\ncontent-length: {}\r\n\r\n",
        admin.token,
        video.len()
    );
    line.write_all(head.as_bytes()).await.unwrap();
    line.write_all(&video[..MB]).await.unwrap();
    line.shutdown().await.unwrap();
    let _ = line.read_to_end(&mut Vec::new()).await;
    drop(line);
    assert_eq!(offset(&admin, &path).await, MB);

    // A line that is silent but not cut: whoever asks where to go on ends it.
    let silent = part(&admin, &path, MB, stalling(video[MB..12 * MB].to_vec()));
    let silent = tokio::spawn(silent.send());
    admin.when(&path, |upload| upload["received"].as_u64().unwrap() as usize > MB).await;
    let safe = offset(&admin, &path).await;
    assert!(safe >= 9 * MB, "only {safe} bytes were kept");
    let ended = silent.await.unwrap().unwrap();
    assert_eq!(header(&ended, "upload-offset"), safe.to_string());
    let done = send(part(&admin, &path, safe, video[safe..].to_vec()), 204).await;
    let (_, made) = admin.get(&header(&done, "content-location")).await;
    let stored = service.get(text(&made["url"])).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(stored, video);
}

#[tokio::test]
async fn the_protocol_is_kept() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;

    let options = service.request(Method::OPTIONS, "/api/uploads");
    let options = send(options, 204).await;
    assert_eq!(header(&options, "tus-version"), "1.0.0");
    assert_eq!(header(&options, "tus-max-size"), (5u64 << 30).to_string());
    let extensions = header(&options, "tus-extension");
    for extension in ["creation", "creation-with-upload", "termination", "expiration", "checksum"] {
        assert!(extensions.split(',').any(|known| known == extension), "{extensions}");
    }
    assert_eq!(header(&options, "tus-checksum-algorithm"), "sha1,sha256");

    let id = text(&content["id"]);
    let fields = [("kind", "video"), ("content_id", id)];
    let silent = admin.request(Method::POST, "/api/uploads").header("upload-length", 5);
    send(silent, 412).await;
    send(begin(&admin, 6 << 30, &fields), 413).await;
    send(begin(&admin, 0, &fields), 422).await;
    send(begin(&admin, 5, &[("kind", "song")]), 422).await;
    send(begin(&admin, 5, &[("kind", "video"), ("content_id", &uuid())]), 404).await;
    let (_, problem) = answer(begin(&admin, 5, &[("kind", "video")])).await;
    assert_eq!(problem["errors"][0]["field"], "content_id", "{problem}");

    let video = clip("clip.mp4");
    let path = begun(&admin, &content, video.len()).await;
    let half = video.len() / 2;
    send(part(&admin, &path, 1, "x"), 409).await;
    let json = tus(&admin, Method::PATCH, &path).header("upload-offset", 0).json(&json!({}));
    send(json, 415).await;
    let sum = |bytes: &[u8]| {
        let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, bytes);
        format!("sha1 {}", BASE64_STANDARD.encode(hash))
    };
    let first = video[..half].to_vec();
    let wrong = part(&admin, &path, 0, first.clone()).header("upload-checksum", sum(b"other"));
    send(wrong, 460).await;
    assert_eq!(offset(&admin, &path).await, 0, "damaged bytes do not count");
    let unknown = part(&admin, &path, 0, first.clone()).header("upload-checksum", "crc32 AAAA");
    send(unknown, 422).await;
    let right = part(&admin, &path, 0, first).header("upload-checksum", sum(&video[..half]));
    send(right, 204).await;
    let overridden = tus(&admin, Method::POST, &path)
        .header("x-http-method-override", "PATCH")
        .header("upload-offset", half)
        .header("content-type", "application/offset+octet-stream")
        .body(video[half..].to_vec());
    let done = send(overridden, 204).await;
    assert!(header(&done, "upload-expires").ends_with(" GMT"));
    let made = admin.get(&header(&done, "content-location")).await.1;
    assert_eq!(made["content_id"], content["id"]);
    let (_, seen) = admin.get(&path).await;
    assert_eq!((&seen["state"], &seen["kind"]), (&json!("done"), &json!("video")), "{seen}");

    let path = begun(&admin, &content, 10).await;
    send(part(&admin, &path, 0, "more than ten bytes"), 413).await;
    let path = begun(&admin, &content, 10).await;
    send(part(&admin, &path, 0, "12345"), 204).await;
    send(tus(&admin, Method::DELETE, &path), 204).await;
    send(tus(&admin, Method::HEAD, &path), 404).await;
}

#[tokio::test]
async fn a_picture_comes_with_the_request_that_begins_it() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let picture = portrait();
    let fields =
        [("kind", "picture"), ("filename", "Astronaut.png"), ("expiry_date", "2040-01-31")];
    let request = begin(&admin, picture.len(), &fields)
        .header("content-type", "application/offset+octet-stream")
        .body(picture.clone());
    let done = send(request, 201).await;
    let (_, content) = admin.get(&header(&done, "content-location")).await;
    assert_eq!(
        (&content["title"], &content["expiry_date"]),
        (&json!("Astronaut"), &json!("2040-01-31"))
    );
    let content = admin.content_when(text(&content["id"]), is_ready).await;
    let original = service.get(text(&content["image_url"])).send().await.unwrap();
    assert_eq!(original.bytes().await.unwrap(), picture);
}

#[tokio::test]
async fn what_is_no_video_is_refused_like_in_a_form() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    let is_measured = |content: &Value| !content["trackability"].is_null();
    let content = admin.content_when(text(&content["id"]), is_measured).await;
    let files = service.stored();
    let company = text(&content["company_id"]);

    let broken = clip("clip.mp4")[..3000].to_vec();
    for (file, status) in [(b"no video at all".to_vec(), 415), (broken, 422)] {
        let path = begun(&admin, &content, file.len()).await;
        let refused = send(part(&admin, &path, 0, file), status).await;
        let problem: Value = refused.json().await.unwrap();
        assert_eq!(problem["errors"][0]["field"], "video", "{problem}");
        send(tus(&admin, Method::HEAD, &path), status).await;
        let (_, seen) = admin.get(&path).await;
        assert_eq!((&seen["state"], &seen["errors"]), (&json!("failed"), &problem["errors"]));
    }
    assert_eq!(service.stored(), files, "nothing is left behind");
    let (_, usage) = admin.get(&format!("/api/companies/{company}/usage")).await;
    assert_eq!((&usage["files"], &usage["uploads"]), (&json!(1), &json!(0)), "{usage}");
}

fn uuid() -> String {
    uuid::Uuid::from_u128(7).to_string()
}
