//! Whatever is sent: the right 4xx in the words of problem+json, never a 5xx, never a file left behind.

use std::io::Cursor;

use chrono::{TimeDelta, Utc};
use image::{ImageFormat, RgbImage};
use reqwest::{Method, StatusCode, multipart::Form};
use serde_json::{Value, json};
use vertex_core::{
    ids::{AuthSessionId, UserId},
    ports::{AccessClaims, AccessTokens},
    user::Role,
};
use vertex_http::adapters::JwtTokens;

use crate::harness::{Service, User, answer, clip, part, picture, portrait, text};

/// Sends a content form with this picture.
async fn send_picture(user: &User<'_>, bytes: Vec<u8>, name: &str) -> (StatusCode, Value) {
    let form = Form::new().text("title", "Bad").part("image", part(bytes, name));
    user.form("/api/ar-content", form).await
}

#[track_caller]
fn refused(answer: (StatusCode, Value), status: u16, field: &str) {
    let (got, problem) = answer;
    assert_eq!(got, status, "{problem}");
    assert_eq!(problem["status"], status, "{problem}");
    assert!(!text(&problem["detail"]).is_empty() && !text(&problem["code"]).is_empty());
    if !field.is_empty() {
        let errors = problem["errors"].as_array().unwrap();
        let named: Vec<&str> = errors.iter().map(|error| text(&error["field"])).collect();
        assert_eq!(named, field.split(' ').collect::<Vec<_>>(), "{problem}");
        assert!(errors.iter().all(|error| !text(&error["message"]).is_empty()), "{problem}");
    }
}

fn encoded(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let picture =
        RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, (x ^ y) as u8]));
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A PNG whose header promises more pixels than the file has.
fn png_promising(width: u32, height: u32) -> Vec<u8> {
    let mut png = encoded(8, 8, ImageFormat::Png);
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    let checksum = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&checksum.to_be_bytes());
    png
}

/// The checksum of PNG chunks (ISO 3309).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 }
        })
    })
}

#[tokio::test]
async fn bad_pictures_are_refused_and_leave_nothing() {
    let service = Service::start_with(&[("VERTEX_MAX_IMAGE_BYTES", "2000000")]).await;
    let admin = service.admin().await;
    let jpeg = encoded(600, 600, ImageFormat::Jpeg);

    refused(send_picture(&admin, Vec::new(), "empty.jpg").await, 422, "image");
    refused(send_picture(&admin, b"just some words".to_vec(), "words.jpg").await, 415, "image");
    refused(
        send_picture(&admin, b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), "a.svg").await,
        415,
        "",
    );
    refused(send_picture(&admin, clip("clip.mp4"), "clip.jpg").await, 415, "image");
    refused(send_picture(&admin, jpeg[..jpeg.len() / 2].to_vec(), "half.jpg").await, 422, "image");
    refused(send_picture(&admin, portrait()[..50_000].to_vec(), "half.png").await, 422, "image");
    refused(send_picture(&admin, jpeg[..20].to_vec(), "header.jpg").await, 422, "image");
    refused(send_picture(&admin, png_promising(65_000, 65_000), "bomb.png").await, 422, "image");
    refused(send_picture(&admin, png_promising(8192, 8192), "many.png").await, 422, "image");
    let small = send_picture(&admin, encoded(479, 600, ImageFormat::Png), "small.png").await;
    assert!(text(&small.1["errors"][0]["message"]).contains("479"), "{}", small.1);
    refused(small, 422, "image");
    refused(send_picture(&admin, vec![0xff; 2_000_001], "huge.jpg").await, 413, "image");

    assert_eq!(service.stored(), Vec::<std::path::PathBuf>::new(), "a refused picture was kept");
    assert_eq!(admin.get("/api/ar-content").await.1["total"], 0);
}

#[tokio::test]
async fn bad_forms_name_every_field() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let content = |form| admin.form("/api/ar-content", form);

    refused(
        content(Form::new().text("expiry_date", "tomorrow")).await,
        422,
        "title expiry_date image",
    );
    let form = Form::new().text("title", " ").text("company_id", "me").part("image", picture());
    refused(content(form).await, 422, "title company_id");
    let form = Form::new().text("title", "x".repeat(201)).part("image", picture());
    refused(content(form).await, 422, "title");
    let form = Form::new().text("title", "A").part("virus", picture());
    refused(content(form).await, 422, "virus");
    let form = Form::new().text("title", "x".repeat(70_000)).part("image", picture());
    refused(content(form).await, 413, "");
    let escaping = Form::new()
        .text("title", "../../etc/passwd")
        .part("image", part(portrait(), "../../../x.png"));
    let (status, made) = content(escaping).await;
    assert_eq!(status, 201, "a title may be any text: {made}");
    for path in service.stored() {
        assert!(path.starts_with(service.data.path().join("files/content")), "{path:?} escaped");
    }

    let broken = admin
        .request(Method::POST, "/api/ar-content")
        .header("content-type", "multipart/form-data; boundary=x")
        .body("--x\r\ncontent-disposition: form-data; name=\"title\"\r\n\r\nhalf");
    refused(answer(broken).await, 422, "body");
    let not_a_form = admin.request(Method::POST, "/api/ar-content").body("{}");
    refused(answer(not_a_form.header("content-type", "application/json")).await, 415, "");
    refused(answer(admin.request(Method::POST, "/api/ar-content")).await, 415, "");
}

#[tokio::test]
async fn bad_videos_are_refused_and_leave_nothing() {
    let service = Service::start_with(&[("VERTEX_MAX_VIDEO_BYTES", "100000")]).await;
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    admin.content_when(text(&content["id"]), crate::harness::is_ready).await;
    let before = service.stored();
    let path = format!("/api/ar-content/{}/videos", text(&content["id"]));
    let send =
        |bytes: Vec<u8>| admin.form(&path, Form::new().part("video", part(bytes, "../v.mp4")));
    let small = clip("video-faststart.mp4");

    refused(send(Vec::new()).await, 422, "video");
    refused(send(b"not a video".to_vec()).await, 415, "video");
    refused(send(portrait()).await, 415, "");
    refused(send(small[..small.len() / 2].to_vec()).await, 422, "video");
    refused(send(small[..32].to_vec()).await, 422, "video");
    let mut long = small.clone();
    long.resize(100_001, 0);
    refused(send(long).await, 413, "video");
    refused(admin.form(&path, Form::new().text("title", "no file")).await, 422, "video");
    let late = Form::new().part("video", part(small.clone(), "v.mp4")).text("title", "two\nlines");
    refused(admin.form(&path, late).await, 422, "title");
    let twice = Form::new().part("video", part(small.clone(), "a")).part("video", part(small, "b"));
    refused(admin.form(&path, twice).await, 422, "video");

    assert_eq!(service.stored(), before, "a refused video was kept");
    assert_eq!(admin.get(&path).await.1["total"], 0);
}

#[tokio::test]
async fn a_cut_upload_leaves_nothing() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let service = Service::start().await;
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    admin.content_when(text(&content["id"]), crate::harness::is_ready).await;
    let before = service.stored();
    let url = service.url("");
    let address = url.strip_prefix("http://").unwrap();
    let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /api/ar-content/{}/videos HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\n\
         content-type: multipart/form-data; boundary=x\r\ncontent-length: 10000000\r\n\r\n\
         --x\r\ncontent-disposition: form-data; name=\"video\"; filename=\"v.mp4\"\r\n\r\n",
        text(&content["id"]),
        admin.token
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(&clip("clip.mp4")).await.unwrap();
    socket.shutdown().await.unwrap();
    let mut rest = Vec::new();
    let _ = socket.read_to_end(&mut rest).await;
    service.stored_when(|files| files == before).await;
}

#[tokio::test]
async fn bad_json_names_every_field() {
    let service = Service::start().await;
    let admin = service.admin().await;

    let company = json!({"name": 7, "slug": "Not A Slug", "contact_email": "nobody", "timezone": "Mars/Base"});
    refused(admin.post("/api/companies", company).await, 422, "name slug contact_email timezone");
    refused(
        admin.post("/api/companies", json!({"name": "A", "colour": "red"})).await,
        422,
        "colour",
    );
    refused(admin.post("/api/projects", json!({})).await, 422, "name");
    refused(admin.post("/api/projects", json!([])).await, 422, "body");
    refused(
        admin.post("/api/auth/login", json!({"username": null})).await,
        422,
        "username password",
    );
    let request =
        admin.request(Method::POST, "/api/projects").header("content-type", "application/json");
    refused(answer(request.body("{\"name\": ")).await, 422, "body");
    let request =
        admin.request(Method::POST, "/api/projects").header("content-type", "application/json");
    refused(answer(request.body(vec![b' '; 1_100_000])).await, 413, "");
    let request = admin.request(Method::POST, "/api/projects").header("content-type", "text/plain");
    refused(answer(request.body("name")).await, 415, "");

    for (body, fields) in [
        ("{\"name\": \"A\", \"name\": \"B\", \"colour\": 1, \"size\": {}}", "name colour size"),
        ("\u{feff}{\"name\": \"A\"}", "body"),
        ("\u{feff}{\"nam\": 1}", "body nam name"),
    ] {
        let request =
            admin.request(Method::POST, "/api/projects").header("content-type", "application/json");
        refused(answer(request.body(body)).await, 422, fields);
    }

    let content = admin.upload_picture("Portrait").await;
    let id = text(&content["id"]);
    let change = json!({"title": "", "expiry_date": "31.12.2026", "is_active": "yes"});
    refused(
        admin.put(&format!("/api/ar-content/{id}"), change).await,
        422,
        "title expiry_date is_active",
    );
    let rule = json!({"rotation_type": "hourly", "default_video_id": "x", "start_date": "soon"});
    let path = format!("/api/ar-content/{id}/rotation-rule");
    refused(admin.put(&path, rule).await, 422, "rotation_type default_video_id start_date");
    let foreign = json!({"rotation_type": "cyclic", "schedule_config": {"video_sequence": [id]}});
    refused(admin.put(&path, foreign).await, 422, "schedule_config");
    refused(admin.put(&path, json!({"rotation_type": "cyclic"})).await, 422, "schedule_config");

    let report = json!({"device_type": "fridge", "duration_seconds": -1, "avg_fps": 1e9});
    let path = format!("/api/ar/{}/track-session", text(&content["unique_id"]));
    refused(admin.post(&path, report).await, 422, "device_type avg_fps duration_seconds");
    refused(admin.get("/api/ar-content?page=first").await, 422, "page");
    let query = "page=first&colour=red&deleted=maybe&client_id=7&sort=size&page=2";
    let fields = "page colour deleted client_id sort page";
    refused(admin.get(&format!("/api/ar-content?{query}")).await, 422, fields);
    let (status, _) = answer(service.get("/api/ar-content?page=first")).await;
    assert_eq!(status, 401, "whoever is not signed in is told nothing else");
    let shared = format!("/api/ar/{}?utm_source=letter", text(&content["unique_id"]));
    assert_eq!(service.get(&shared).send().await.unwrap().status(), 200);
    refused(admin.get(&format!("/api/ar-content/{id}/qr?size=1000000")).await, 422, "size");
}

#[tokio::test]
async fn nobody_gets_in_with_a_wrong_token() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let (_, me) = admin.get("/api/auth/me").await;
    let status = async |token: &str| {
        let request = service.get("/api/auth/me").header("authorization", token);
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "application/problem+json; charset=utf-8");
        assert_eq!(response.headers()["www-authenticate"], "Bearer");
        response.status().as_u16()
    };
    assert_eq!(service.get("/api/auth/me").send().await.unwrap().status(), 401);
    assert_eq!(status("Bearer nonsense").await, 401);
    assert_eq!(status("Basic YWRtaW46YWRtaW4=").await, 401);
    assert_eq!(status(&format!("Bearer {}x", admin.token)).await, 401);

    let path = service.data.path().join("keys/access-tokens.pem");
    let tokens = JwtTokens::new(&std::fs::read_to_string(path).unwrap()).unwrap();
    #[expect(clippy::disallowed_methods, reason = "the token must have expired by the real clock")]
    let now = Utc::now();
    let mut claims = AccessClaims {
        user: UserId(text(&me["id"]).parse().unwrap()),
        session: AuthSessionId(uuid::Uuid::from_u128(7)),
        role: Role::Superadmin,
        issued_at: now - TimeDelta::hours(2),
        expires_at: now - TimeDelta::hours(1),
    };
    assert_eq!(status(&format!("Bearer {}", tokens.sign(&claims).unwrap())).await, 401, "expired");
    claims.expires_at = now + TimeDelta::hours(1);
    assert_eq!(
        status(&format!("Bearer {}", tokens.sign(&claims).unwrap())).await,
        401,
        "no session"
    );
}

#[tokio::test]
async fn a_path_names_the_methods_it_has() {
    let service = Service::start().await;
    let admin = service.admin().await;
    for (method, status) in [(Method::PATCH, 405), (Method::OPTIONS, 204)] {
        let answer = admin.request(method, "/api/ar-content").send().await.unwrap();
        assert_eq!(answer.status(), status);
        assert_eq!(answer.headers()["allow"], "GET, HEAD, OPTIONS, POST");
    }
    refused(answer(admin.request(Method::PATCH, "/api/ar-content")).await, 405, "");
}

#[tokio::test]
async fn unknown_things_are_404_and_wrong_methods_405() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let nobody = uuid::Uuid::from_u128(1);
    for path in [
        "/api/nowhere".to_owned(),
        format!("/api/ar-content/{nobody}"),
        "/api/ar-content/not-an-id".to_owned(),
        format!("/api/videos/{nobody}"),
        format!("/api/projects/{nobody}"),
        format!("/api/companies/{nobody}"),
        "/api/ar/11111111111".to_owned(),
    ] {
        refused(admin.get(&path).await, 404, "");
    }
    for path in [
        "/api/ar-content/..%2f..%2fetc%2fpasswd",
        "/api/ar/..%2f..%2f",
        "/assets/..%2f..%2fCargo.toml",
    ] {
        refused(admin.get(path).await, 400, "");
    }
    refused(admin.delete("/api/health").await, 405, "");
    let content = admin.upload_picture("Portrait").await;
    let id = text(&content["id"]);
    refused(admin.post("/api/ar-content/not-an-id/videos", json!({})).await, 404, "");
    let gone = format!("/api/ar-content/{id}");
    assert_eq!(admin.delete(&gone).await.0, 204);
    refused(admin.delete(&gone).await, 404, "");
}

#[tokio::test]
async fn a_search_is_as_long_as_a_name_at_most_whatever_it_is_of() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let lists = "companies users projects folders clients orders ar-content portraits";
    let lists = lists.split(' ').map(|list| (format!("/api/{list}?search"), "search"));
    let parts = ["query", "name", "phone", "email"];
    let parts = parts.map(|part| (format!("/api/clients/search?{part}"), part));
    for (path, field) in lists.chain(parts) {
        // Each is a wildcard or escape of LIKE, whose patterns SQLite limits to 50,000 bytes; the last grows when folded.
        for c in ["_", "%25", "!", "%CE%90"] {
            let long = format!("{path}={}", c.repeat(10_000));
            refused(admin.get(&long).await, 422, field);
            let (status, list) = admin.get(&format!("{path}={}", c.repeat(200))).await;
            assert_eq!((status.as_u16(), &list["total"]), (200, &json!(0)), "{path} {c}");
        }
    }
}

#[tokio::test]
async fn what_nobody_sees_is_not_kept_in_any_text() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let hidden = json!({
        "name": "\u{202e}Autumn\u{200b}", "description": "two\n\u{2066}lines", "notes": "a\u{feff}b",
        "email": "a\u{202e}b@example.org",
    });
    let only = |fields: &[&str]| {
        let fields = fields.iter().map(|field| ((*field).to_owned(), hidden[*field].clone()));
        Value::Object(fields.collect())
    };
    let (status, project) = admin.post("/api/projects", only(&["name", "description"])).await;
    assert_eq!(status, 201, "{project}");
    assert_eq!(
        (&project["name"], &project["description"]),
        (&json!("Autumn"), &json!("two\nlines"))
    );
    let (_, list) = admin.get("/api/projects?search=au%E2%80%8Btumn").await;
    assert_eq!(list["total"], 1, "what is looked for is read alike");
    refused(admin.put("/api/auth/profile", only(&["email"])).await, 422, "email");
    let joined = "می\u{200c}خواهم 👩\u{200d}🚀";
    let (_, kept) = admin.put("/api/auth/profile", json!({"full_name": joined})).await;
    assert_eq!(kept["full_name"], joined);
}
