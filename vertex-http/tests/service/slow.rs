//! Who sends or reads too slowly is cut off, and holds little until then.

use std::{fs, time::Duration};

use serde_json::{Value, json};
use tokio::{io::AsyncReadExt, time::timeout};

use crate::{
    harness::{Service, User, answer, clip, part, text},
    raw::Raw,
};

const LONG: Duration = Duration::from_secs(120);

fn head(path: &str, token: &str, media_type: &str, length: usize) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\
         content-type: {media_type}\r\ncontent-length: {length}\r\n\r\n"
    )
}

const FORM: &str = "multipart/form-data; boundary=b";
const PICTURE: &str =
    "--b\r\ncontent-disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\r\n";

/// Sends a byte now and then until an answer comes.
async fn dripped(mut raw: Raw) -> (u16, Value) {
    let (mut reads, mut writes) = raw.0.split();
    let drip = async {
        loop {
            let _ = tokio::io::AsyncWriteExt::write_all(&mut writes, b" ").await;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let mut bytes = [0; 4096];
    let count = tokio::select! {
        count = timeout(LONG, reads.read(&mut bytes)) => count.expect("it has an end").unwrap(),
        () = drip => unreachable!("drips for ever"),
    };
    let text = String::from_utf8_lossy(&bytes[..count]).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").expect("an answer");
    assert!(head.to_ascii_lowercase().contains("connection: close"), "{head}");
    (head[9..12].parse().unwrap(), serde_json::from_str(body).unwrap())
}

#[tokio::test]
async fn bodies_that_drip_are_given_up() {
    let service = Service::start_with(&[("VERTEX_STALL_SECONDS", "1")]).await;
    let admin = service.admin().await;
    let uploads = [("upload-length", "1000"), ("upload-metadata", "kind cGljdHVyZQ==,title YQ==")];
    let mut begin =
        admin.request(reqwest::Method::POST, "/api/uploads").header("tus-resumable", "1.0.0");
    for (name, value) in uploads {
        begin = begin.header(name, value);
    }
    let begun = begin.send().await.unwrap();
    assert_eq!(begun.status(), 201);
    let upload = begun.headers()["location"].to_str().unwrap().to_owned();
    let tus = head(&upload, &admin.token, "application/offset+octet-stream", 1000)
        .replace("POST", "PATCH")
        .replace("host: x", "host: x\r\ntus-resumable: 1.0.0\r\nupload-offset: 0");
    let form = head("/api/ar-content", &admin.token, FORM, 100_000);
    let text_field = "--b\r\ncontent-disposition: form-data; name=\"title\"\r\n\r\n";
    for beginning in [
        head("/api/auth/login", "none", "application/json", 1000),
        head("/api/projects", &admin.token, "application/json", 1000),
        form.clone(),
        format!("{form}{text_field}"),
        format!("{form}{PICTURE}"),
        tus,
    ] {
        let mut raw = Raw::connect(&service).await;
        raw.send(&beginning).await;
        let (status, problem) = dripped(raw).await;
        assert_eq!((status, &problem["code"]), (408, &json!("too_slow")), "{beginning}");
    }
}

/// A content with a video of so many bytes, and the link to it.
async fn long_video(admin: &User<'_>, bytes: usize) -> String {
    let content = admin.upload_picture("Portrait").await;
    let mut video = clip("clip.mp4");
    video.extend(u32::try_from(bytes).unwrap().to_be_bytes());
    video.extend(b"free");
    video.resize(video.len() + bytes - 8, 0);
    let path = format!("/api/ar-content/{}/videos", text(&content["id"]));
    let form = reqwest::multipart::Form::new().part("video", part(video, "long.mp4"));
    let (status, video) = admin.form(&path, form).await;
    assert_eq!(status, 201, "{video}");
    text(&video["video_url"]).to_owned()
}

fn descriptors(service: &Service) -> usize {
    fs::read_dir(format!("/proc/{}/fd", service.pid())).unwrap().count()
}

#[tokio::test]
async fn readers_who_do_not_read_hold_little_and_are_cut_off() {
    let service = Service::start_with(&[("VERTEX_STALL_SECONDS", "5")]).await;
    let link = long_video(&service.admin().await, 30 << 20).await;
    let path = link.split_once("/api/").map(|(_, path)| format!("/api/{path}")).unwrap();
    assert_eq!(service.get(&path).send().await.unwrap().bytes().await.unwrap().len() >> 20, 30);
    service.forget_peak();
    let (before, open) = (service.resident(), descriptors(&service));
    let mut readers = Vec::new();
    for _ in 0..300 {
        let mut raw = Raw::connect(&service).await;
        raw.send(format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n")).await;
        readers.push(raw);
    }
    for reader in &mut readers {
        let mut status = [0; 12];
        reader.0.read_exact(&mut status).await.unwrap();
        assert!([&b"HTTP/1.1 200"[..], b"HTTP/1.1 429"].contains(&&status[..]), "{status:?}");
    }
    let closed = async {
        while descriptors(&service) > open + 20 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(LONG, closed).await.expect("they are cut off");
    let grown = service.peak_resident().saturating_sub(before) >> 20;
    assert!(grown < 90, "{grown} MB were taken: more than 300 kB for each");
    let cut = readers.first_mut().unwrap().rest().await;
    assert!(cut.len() < 30 << 20, "it did not get the whole");
}

#[tokio::test]
async fn an_address_reads_so_many_files_at_once() {
    let service = Service::start_with(&[("VERTEX_FILES_PER_ADDRESS", "2")]).await;
    let link = long_video(&service.admin().await, 30 << 20).await;
    let path = link.split_once("/api/").map(|(_, path)| format!("/api/{path}")).unwrap();
    let ask = async |from: &str| {
        let mut raw = Raw::connect(&service).await;
        raw.send(format!("GET {path} HTTP/1.1\r\nhost: x\r\nx-forwarded-for: {from}\r\n\r\n"))
            .await;
        let mut status = [0; 12];
        raw.0.read_exact(&mut status).await.unwrap();
        (String::from_utf8_lossy(&status[9..]).into_owned(), raw)
    };
    let readers = [ask("2001:db8::1").await, ask("2001:db8::2").await];
    assert!(readers.iter().all(|(status, _)| status == "200"));
    assert_eq!(ask("2001:db8::3").await.0, "429");
    assert_eq!(ask("2001:db8:1::1").await.0, "200", "another address");
    drop(readers);
    let again = async {
        while ask("2001:db8::3").await.0 != "200" {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(LONG, again).await.expect("they have left");
}

#[tokio::test]
async fn pictures_that_do_not_come_to_their_end_hold_little() {
    let service = Service::start_with(&[("VERTEX_STALL_SECONDS", "10")]).await;
    let admin = service.admin().await;
    service.forget_peak();
    let before = service.resident();
    let mut forms = Vec::new();
    let piece = vec![7; 1 << 20];
    for _ in 0..20 {
        let mut raw = Raw::connect(&service).await;
        raw.send(head("/api/ar-content", &admin.token, FORM, 40 << 20)).await;
        raw.send(PICTURE).await;
        forms.push(raw);
    }
    // In turns: none is silent while others are sent.
    for _ in 0..4 {
        for form in &mut forms {
            assert!(form.send(&piece).await);
        }
    }
    for mut form in forms {
        let answer = form.answer().await;
        assert_eq!((answer.status, &answer.problem()["code"]), (408, &json!("too_slow")));
    }
    let grown = service.peak_resident().saturating_sub(before) >> 20;
    assert!(grown < 40, "{grown} MB were taken");
}

#[tokio::test]
async fn what_stands_before_a_field_has_an_end() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let endless_head = "--b\r\ncontent-disposition: form-data; name=\"image\"; filename=\"";
    let unnamed = "--b\r\ncontent-type: text/plain\r\n\r\n";
    for beginning in ["", endless_head, unnamed] {
        service.forget_peak();
        let before = service.resident();
        let mut raw = Raw::connect(&service).await;
        raw.send(head("/api/ar-content", &admin.token, FORM, 24 << 20)).await;
        raw.send(beginning).await;
        let piece = vec![b'a'; 1 << 20];
        for _ in 0..24 {
            raw.send(&piece).await;
        }
        let answer = raw.answer().await;
        assert_eq!(answer.status, 422, "{beginning}: {}", answer.head);
        assert_eq!(answer.problem()["errors"][0]["field"], "body");
        let grown = service.peak_resident().saturating_sub(before) >> 20;
        assert!(grown < 12, "{beginning}: {grown} MB were taken");
    }
}

#[tokio::test]
async fn texts_that_do_not_come_to_their_end_share_a_little_memory() {
    let service = Service::start_with(&[
        ("VERTEX_STALL_SECONDS", "10"),
        ("VERTEX_BODY_MEMORY_PER_ADDRESS_MB", "4"),
    ])
    .await;
    let admin = service.admin().await;
    service.forget_peak();
    let before = service.resident();
    let stopped = async || {
        let mut raw = Raw::connect(&service).await;
        raw.send(head("/api/projects", &admin.token, "application/json", 1 << 20)).await;
        raw.send(vec![b' '; 1_000_000]).await;
        raw.answer().await
    };
    let elsewhere = async {
        let request =
            service.request(reqwest::Method::POST, "/api/projects").bearer_auth(&admin.token);
        answer(request.header("x-forwarded-for", "192.0.2.1").json(&json!({"name": "Autumn"})))
            .await
            .0
    };
    let stopped = futures::future::join_all((0..40).map(|_| stopped()));
    let (answers, elsewhere) = tokio::join!(stopped, elsewhere);
    assert_eq!(elsewhere, 201, "others are not in the way");
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    // 503 for one that waited so long for others that its own time was over.
    assert!(statuses.iter().all(|status| [408, 429, 503].contains(status)), "{statuses:?}");
    assert!(!refused.is_empty(), "{statuses:?}");
    for refused in refused {
        assert_eq!(refused.problem()["code"], "too_many_at_once");
        assert!(refused.head.contains("retry-after: "), "{}", refused.head);
    }
    let grown = service.peak_resident().saturating_sub(before) >> 20;
    assert!(grown < 40, "{grown} MB were taken");
}
