//! Companies keep their files where they choose.

use reqwest::{Method, redirect};
use serde_json::{Value, json};
use vertex_core::ids::UniqueId;

use vertex_testkit::{
    s3_server::{ACCESS_KEY, BUCKET, S3Server, SECRET_KEY},
    yandex_double::YandexDouble,
};

use crate::harness::{Service, User, answer, clip, is_ready, text};

pub const LOOPBACK: [(&str, &str); 2] =
    [("VERTEX_STORAGE_HTTP", "true"), ("VERTEX_STORAGE_NETWORKS", "127.0.0.0/8")];

pub fn bucket(server: &S3Server) -> Value {
    json!({
        "kind": "minio", "endpoint": server.endpoint(), "bucket": BUCKET, "prefix": "studio",
        "access_key": ACCESS_KEY, "secret_key": SECRET_KEY,
    })
}

/// A company, and the path of its storage.
pub async fn company(root: &User<'_>, name: &str) -> (String, String) {
    let (status, company) = root.post("/api/companies", json!({"name": name})).await;
    assert_eq!(status, 201, "{company}");
    let id = text(&company["id"]).to_owned();
    let path = format!("/api/companies/{id}/storage");
    (id, path)
}

pub async fn boss<'a>(service: &'a Service, root: &User<'_>, company: &str) -> User<'a> {
    let boss = json!({
        "username": "boss", "password": "violet kettle marmalade", "role": "admin", "company_id": company,
    });
    assert_eq!(root.post("/api/users", boss).await.0, 201);
    service.user("boss", "violet kettle marmalade").await
}

/// A content with a video, made.
async fn upload(user: &User<'_>) -> (Value, Value) {
    let content = user.upload_picture("Poster").await;
    let content = user.content_when(text(&content["id"]), is_ready).await;
    let video = user.upload_video(&content, "clip.mp4").await;
    let path = format!("/api/videos/{}", text(&video["id"]));
    let video = user.when(&path, |video| !video["preview_url"].is_null()).await;
    (content, video)
}

async fn bytes_at(service: &Service, link: &Value) -> Vec<u8> {
    let answer = service.get(text(link)).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{link}");
    answer.bytes().await.unwrap().into()
}

pub fn objects_in(server: &S3Server) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![server.directory.path().join(BUCKET)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            match entry.file_type().unwrap().is_dir() {
                true => folders.push(entry.path()),
                false => found.push(entry.path()),
            }
        }
    }
    found
}

#[tokio::test]
async fn a_company_keeps_its_files_in_a_bucket_of_its_own() {
    let (server, service) = (S3Server::start().await, Service::start_with(&LOOPBACK).await);
    let root = service.admin().await;
    let (id, path) = company(&root, "Acme").await;
    let acme = boss(&service, &root, &id).await;
    assert_eq!(acme.get(&path).await.1["kind"], "local");
    let (status, storage) = acme.put(&path, bucket(&server)).await;
    assert_eq!(status, 200, "{storage}");
    assert_eq!(storage["minio"]["bucket"], BUCKET);
    let (_, test) = acme.post(&format!("{path}/test"), json!({})).await;
    assert_eq!(test["works"], true, "{test}");
    assert!(objects_in(&server).is_empty(), "a probe was left behind");

    let (content, video) = upload(&acme).await;
    assert!(service.stored().is_empty(), "{:?}", service.stored());
    assert!(objects_in(&server).iter().any(|file| {
        file.ends_with(format!("studio/content/{id}/videos/{}.mp4", text(&video["id"])))
    }));
    assert_eq!(bytes_at(&service, &video["url"]).await, clip("clip.mp4"));

    // The viewer reads from the bucket, and its page may.
    let unique_id = text(&content["unique_id"]);
    let (_, active) = answer(service.get(&format!("/api/ar/{unique_id}/active-video"))).await;
    let direct = text(&active["video"]["url"]).to_owned();
    assert!(direct.starts_with(&server.endpoint()), "{direct}");
    assert_eq!(bytes_at(&service, &json!(direct)).await, clip("clip.mp4"));
    assert_eq!(service.http.delete(&direct).send().await.unwrap().status(), 403);
    let page = service.get(&format!("/ar/{unique_id}")).send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    for from in ["media-src", "connect-src"] {
        assert!(policy.contains(&format!("{from} 'self' {}", server.endpoint())), "{policy}");
    }

    let (status, _) = acme.delete(&format!("/api/ar-content/{}", text(&content["id"]))).await;
    assert_eq!(status, 204);
}

#[tokio::test]
async fn credentials_are_shown_nowhere() {
    let (server, service) = (S3Server::start().await, Service::start_with(&LOOPBACK).await);
    let root = service.admin().await;
    let (_, path) = company(&root, "Acme").await;
    for (method, path) in
        [(Method::PUT, path.clone()), (Method::GET, path.clone()), (Method::PUT, path.clone())]
    {
        let mut body = bucket(&server);
        if method == Method::PUT {
            body["region"] = json!("eu-central-1");
        }
        let response = root.request(method, &path).json(&body).send().await.unwrap();
        let said = format!("{:?} {}", response.headers().clone(), response.text().await.unwrap());
        assert!(!said.contains(SECRET_KEY) && !said.contains(ACCESS_KEY), "{said}");
    }
    let mut wrong = bucket(&server);
    wrong["secret_key"] = json!("a-wrong-secret");
    let (status, problem) = root.put(&path, wrong).await;
    assert_eq!(status, 422, "{problem}");
    let said = problem.to_string();
    assert!(said.contains("step write: the storage does not accept the credentials"), "{said}");
    assert!(!said.contains("a-wrong-secret"));
    for file in ["vertex.db", "vertex.db-wal"] {
        let bytes = std::fs::read(service.data.path().join(file)).unwrap_or_default();
        let holds =
            |secret: &str| bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
        assert!(!holds(SECRET_KEY) && !holds(ACCESS_KEY), "{file} holds a credential");
    }
}

#[tokio::test]
async fn only_places_that_work_are_bound_and_files_are_not_left_behind() {
    let (server, service) = (S3Server::start().await, Service::start_with(&LOOPBACK).await);
    let root = service.admin().await;
    let (id, path) = company(&root, "Acme").await;
    let mut nobody = bucket(&server);
    nobody["endpoint"] = json!("http://127.0.0.1:1");
    let (status, problem) = root.put(&path, nobody).await;
    assert_eq!(status, 422, "{problem}");
    let said = problem.to_string();
    assert!(said.contains("step write: nobody answers at this address"), "{said}");
    let (status, problem) = root.put(&path, json!({"kind": "minio", "region": 7})).await;
    assert_eq!(status, 422);
    let fields: Vec<&str> =
        problem["errors"].as_array().unwrap().iter().map(|e| text(&e["field"])).collect();
    assert_eq!(fields, ["endpoint", "region", "bucket"], "{problem}");
    assert_eq!(root.get(&path).await.1["kind"], "local");

    let acme = boss(&service, &root, &id).await;
    acme.upload_picture("Poster").await;
    let (status, problem) = acme.put(&path, bucket(&server)).await;
    assert_eq!(status, 409, "{problem}");
}

#[tokio::test]
async fn a_company_is_made_with_a_place_that_works_or_not_at_all() {
    let (server, service) = (S3Server::start().await, Service::start_with(&LOOPBACK).await);
    let root = service.admin().await;
    let make = async |storage: Value| {
        root.post("/api/companies", json!({"name": "Acme", "storage": storage})).await
    };
    let mut wrong = bucket(&server);
    wrong["secret_key"] = json!("a-wrong-secret");
    let (status, problem) = make(wrong).await;
    assert_eq!(status, 422, "{problem}");
    let error = &problem["errors"][0];
    assert_eq!(error["field"], "storage");
    assert!(text(&error["message"]).contains("step write: the storage does not accept"), "{error}");
    for (bad, field) in [
        (json!({"kind": "minio", "bucket": "b"}), "storage.endpoint"),
        (json!({"kind": "yandex_disk"}), "storage.kind"),
    ] {
        let (status, problem) = make(bad).await;
        assert_eq!((status.as_u16(), &problem["errors"][0]["field"]), (422, &json!(field)));
    }
    assert_eq!(root.get("/api/companies?search=acme").await.1["total"], 0, "none was made");

    let (status, made) = make(bucket(&server)).await;
    assert_eq!(status, 201, "{made}");
    let acme = boss(&service, &root, text(&made["id"])).await;
    acme.upload_picture("Poster").await;
    assert!(service.stored().is_empty() && !objects_in(&server).is_empty());
}

#[tokio::test]
async fn places_are_listed_and_given_up_when_they_hold_no_files() {
    let (server, service) = (S3Server::start().await, Service::start_with(&LOOPBACK).await);
    let root = service.admin().await;
    let (id, path) = company(&root, "Acme").await;
    let acme = boss(&service, &root, &id).await;
    assert_eq!(acme.delete(&path).await.0, 404, "it has none of its own");
    assert_eq!(acme.put(&path, bucket(&server)).await.0, 200);
    let (status, list) = root.get("/api/admin/storages").await;
    assert_eq!((status.as_u16(), &list["total"]), (200, &json!(1)), "{list}");
    let bound = &list["items"][0];
    assert_eq!((&bound["company_id"], &bound["minio"]["bucket"]), (&json!(id), &json!(BUCKET)));
    assert!(!list.to_string().contains(ACCESS_KEY) && !list.to_string().contains(SECRET_KEY));
    assert_eq!(acme.get("/api/admin/storages").await.0, 403);

    assert_eq!(acme.delete(&path).await.0, 204);
    assert_eq!(acme.get(&path).await.1["kind"], "local");
    assert_eq!(acme.put(&path, bucket(&server)).await.0, 200);
    acme.upload_picture("Poster").await;
    let (status, problem) = acme.delete(&path).await;
    assert_eq!(status, 409, "{problem}");
}

#[tokio::test]
async fn tenants_cannot_name_addresses_inside() {
    let service = Service::start_with(&[("VERTEX_STORAGE_HTTP", "true")]).await;
    let root = service.admin().await;
    let (_, path) = company(&root, "Acme").await;
    for endpoint in [
        "http://127.0.0.1:9000",
        "http://2130706433:9000",
        "http://0x7f000001",
        "http://[::ffff:127.0.0.1]",
        "http://169.254.169.254",
        "http://10.0.0.1",
        "http://[fd00::1]",
    ] {
        let body = json!({
            "kind": "minio", "endpoint": endpoint, "bucket": "vertex", "access_key": "a",
            "secret_key": "b",
        });
        let (status, problem) = root.put(&path, body).await;
        assert_eq!(status, 422, "{endpoint}: {problem}");
        let said = problem.to_string();
        assert!(said.contains("not an address of the public internet"), "{endpoint}: {said}");
    }
    let body = json!({
        "kind": "minio", "endpoint": "http://localhost:9000", "bucket": "vertex", "access_key": "a",
        "secret_key": "b",
    });
    let (status, problem) = root.put(&path, body).await;
    let said = problem.to_string();
    assert_eq!(status, 422, "{said}");
    assert!(said.contains("nobody answers at this address"), "{said}");
    assert!(!said.contains("127.0.0.1") && !said.contains("::1"), "where it leads is told: {said}");
}

#[tokio::test]
async fn the_operator_keeps_all_files_in_minio() {
    let server = S3Server::start().await;
    let service = Service::start_on(&server).await;
    let admin = service.admin().await;
    let (content, video) = upload(&admin).await;
    assert!(service.stored().is_empty());
    assert_eq!(bytes_at(&service, &video["url"]).await, clip("clip.mp4"));
    let unique_id = text(&content["unique_id"]);
    let (_, active) = answer(service.get(&format!("/api/ar/{unique_id}/active-video"))).await;
    assert!(text(&active["video"]["url"]).contains("/api/files/"), "{active}");
    let metrics = service.get("/metrics").send().await.unwrap().text().await.unwrap();
    let counted = "storage_operations_total{storage=\"minio\",operation=\"write\",outcome=\"ok\"}";
    assert!(metrics.contains(counted), "{metrics}");
}

/// Adds copies of the row of an uploaded picture, whose own row and files go; their ids.
async fn rows_of(service: &Service, company: &str, count: u128) -> Vec<uuid::Uuid> {
    use sqlx::Connection;
    let root = service.admin().await;
    let boss = boss(service, &root, company).await;
    let made = boss.upload_picture("Poster").await;
    boss.content_when(text(&made["id"]), |content| !content["trackability"].is_null()).await;
    let file = format!("sqlite://{}", service.data.path().join("vertex.db").display());
    let mut database = sqlx::SqliteConnection::connect(&file).await.unwrap();
    let only = "CREATE TEMP TABLE copy AS SELECT * FROM contents; DELETE FROM contents";
    sqlx::raw_sql(only).execute(&mut database).await.unwrap();
    let ids: Vec<uuid::Uuid> = (1..=count).map(|n| uuid::Uuid::from_u128(n << 64)).collect();
    for id in &ids {
        let named = sqlx::query("UPDATE copy SET id = $1, unique_id = $2, permanent_link = $2");
        let name = UniqueId::from_random(id.as_bytes()[..8].try_into().unwrap()).to_string();
        named.bind(id).bind(name).execute(&mut database).await.unwrap();
        let insert = sqlx::raw_sql("INSERT INTO contents SELECT * FROM copy");
        insert.execute(&mut database).await.unwrap();
    }
    std::fs::remove_dir_all(service.data.path().join(format!("files/content/{company}"))).unwrap();
    ids
}

#[tokio::test]
async fn a_thousand_objects_move_though_they_are_interrupted_three_times() {
    let server = S3Server::start().await;
    let mut settings = LOOPBACK.to_vec();
    settings.push(("VERTEX_JOB_LEASE_SECONDS", "1"));
    let mut service = Service::start_with(&settings).await;
    let (id, path) = company(&service.admin().await, "Acme").await;
    let folder = service.data.path().join(format!("files/content/{id}"));
    let files = [
        "portraits/*.png",
        "previews/*.webp",
        "markers/*.mind",
        "markers/*.iset",
        "markers/*.fset",
        "markers/*.fset3",
        "overlays/*.webp",
        "qr_codes/*.png",
    ];
    let content = |number: usize| format!("object {number} ").repeat(1 + number % 500);
    let mut objects = Vec::new();
    for row in rows_of(&service, &id, 125).await {
        objects.extend(files.map(|file| file.replace('*', &row.to_string())));
    }
    for (number, object) in objects.iter().enumerate() {
        let file = folder.join(object);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, content(number)).unwrap();
    }
    let stray = folder.join(format!("qr_codes/{}.png", uuid::Uuid::from_u128(7)));
    std::fs::write(&stray, "no row knows it").unwrap();
    let (status, begun) =
        service.admin().await.post(&format!("{path}/move"), bucket(&server)).await;
    assert_eq!(status, 202, "{begun}");
    for reached in [100, 400, 700] {
        let admin = service.admin().await;
        let moving = admin
            .when(&path, |storage| {
                let moved = &storage["move"];
                moved.is_null() || moved["objects"].as_u64().unwrap() >= reached
            })
            .await;
        assert_eq!(moving["move"]["state"], "moving", "{moving}");
        drop(admin);
        service.kill_and_restart().await;
    }
    let admin = service.admin().await;
    admin.when(&path, |storage| storage["move"].is_null()).await;

    let arrived = server.directory.path().join(format!("{BUCKET}/studio/content/{id}"));
    for (number, object) in objects.iter().enumerate() {
        let moved = std::fs::read_to_string(arrived.join(object)).unwrap();
        assert_eq!(moved, content(number), "{object}");
    }
    assert_eq!(objects_in(&server).len(), 1000, "what no row knows is not brought along");
    assert!(service.stored().is_empty(), "{} are left", service.stored().len());
}

#[tokio::test]
async fn files_are_read_and_written_while_they_move_and_the_console_moves_them_back() {
    let (server, service) = (S3Server::start().await, Service::start_with(&LOOPBACK).await);
    let root = service.admin().await;
    let (id, path) = company(&root, "Acme").await;
    let acme = boss(&service, &root, &id).await;
    let (_, before) = upload(&acme).await;
    let (status, begun) = acme.post(&format!("{path}/move"), bucket(&server)).await;
    assert_eq!(status, 202, "{begun}");
    assert_eq!(bytes_at(&service, &before["url"]).await, clip("clip.mp4"));
    let (_, during) = upload(&acme).await;
    acme.when(&path, |storage| storage["move"].is_null()).await;
    for video in [&before, &during] {
        assert_eq!(bytes_at(&service, &video["url"]).await, clip("clip.mp4"));
    }
    assert!(service.stored().is_empty(), "{:?}", service.stored());
    let (status, problem) = acme.post(&format!("{path}/move"), bucket(&server)).await;
    assert_eq!(status, 409, "{problem}");

    let output = service.command(&["storage", "move", "acme", "--to", "yandex_disk"], "").await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("connect it on the admin page"), "{said}");
    let output = service.command(&["storage", "move", "acme", "--to", "local"], "").await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.starts_with("moved "), "{said}");
    for video in [&before, &during] {
        assert_eq!(bytes_at(&service, &video["url"]).await, clip("clip.mp4"));
    }
    assert!(!service.stored().is_empty());
}

#[tokio::test]
async fn credentials_survive_a_change_of_the_key() {
    let server = S3Server::start().await;
    let (old, new) = ("old-key!".repeat(4), "new_k3y!".repeat(4));
    let mut settings = LOOPBACK.to_vec();
    settings.push(("SECRET_KEY", &old));
    let service = Service::start_with(&settings).await;
    let (_, path) = company(&service.admin().await, "Acme").await;
    let (status, storage) = service.admin().await.put(&path, bucket(&server)).await;
    assert_eq!(status, 200, "{storage}");

    let works = async |service: &Service| {
        let (status, test) = service.admin().await.post(&format!("{path}/test"), json!({})).await;
        status == 200 && test["works"] == true
    };
    let service =
        service.restart_with(&[("SECRET_KEY", &new), ("VERTEX_PREVIOUS_SECRET_KEY", &old)]).await;
    assert!(works(&service).await);
    let output = service.command(&["secrets", "rotate"], "").await;
    assert_eq!(String::from_utf8_lossy(&output.stdout), "sealed again: 1\n");
    let service = service.restart_with(&[("VERTEX_PREVIOUS_SECRET_KEY", "")]).await;
    assert!(works(&service).await);
    let service = service.restart_with(&[("SECRET_KEY", &"another_".repeat(4))]).await;
    assert!(!works(&service).await, "another key opens nothing");
}

/// A service that knows the double.
pub async fn with_yandex(double: &YandexDouble) -> Service {
    let url = double.url();
    let mut settings = LOOPBACK.to_vec();
    settings.extend([
        ("YANDEX_OAUTH_CLIENT_ID", "vertex"),
        ("YANDEX_OAUTH_CLIENT_SECRET", "known to both"),
        ("VERTEX_YANDEX_OAUTH", &url),
        ("VERTEX_YANDEX_DISK", &url),
    ]);
    Service::start_with(&settings).await
}

/// Connects a company, at whose storage's `path`, to the double: what the callback answered.
pub async fn consent(service: &Service, root: &User<'_>, path: &str, double: &YandexDouble) -> u16 {
    let request = root.request(Method::POST, &format!("{path}/yandex-disk")).json(&json!({}));
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    let cookie = response.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let page: Value = response.json().await.unwrap();
    let url = reqwest::Url::parse(text(&page["url"])).unwrap();
    let query: std::collections::HashMap<_, _> = url.query_pairs().into_owned().collect();
    assert_eq!(query["code_challenge_method"], "S256");
    let code = double.disk.lock().unwrap().consent(&query["code_challenge"]);
    let callback = format!(
        "/api/storage/yandex-disk/callback?{}",
        url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("state", query["state"].as_str()), ("code", code.as_str())])
            .finish()
    );
    let browser = reqwest::Client::builder().redirect(redirect::Policy::none()).build().unwrap();
    let come_back = async |cookie: &str, callback: &str| {
        let request = browser.get(service.url(callback)).header("cookie", cookie);
        request.send().await.unwrap().status().as_u16()
    };
    let cookie = cookie.split(';').next().unwrap();
    assert_eq!(come_back("", &callback).await, 403, "another browser");
    assert_eq!(come_back("vertex_consent=guessed", &callback).await, 403);
    assert_eq!(come_back(cookie, &callback.replacen("state=", "state=0", 1)).await, 403);
    come_back(cookie, &callback).await
}

#[tokio::test]
async fn a_company_keeps_its_files_on_a_yandex_disk_until_the_consent_is_withdrawn() {
    let double = YandexDouble::start().await;
    let service = with_yandex(&double).await;
    let root = service.admin().await;
    let (id, path) = company(&root, "Acme").await;
    assert_eq!(consent(&service, &root, &path, &double).await, 303);
    let (_, storage) = root.get(&path).await;
    assert_eq!(storage["kind"], "yandex_disk");
    assert_eq!(storage["yandex_disk"], json!({"folder": "Vertex AR", "account": "12345"}));

    let acme = boss(&service, &root, &id).await;
    let (_, video) = upload(&acme).await;
    assert!(service.stored().is_empty());
    let lies_there = format!("/Vertex AR/content/{id}/videos/{}.mp4", text(&video["id"]));
    assert_eq!(double.disk.lock().unwrap().files[&lies_there], clip("clip.mp4"));
    let whole = clip("clip.mp4");
    let part = service.get(text(&video["url"])).header("range", "bytes=100-199");
    assert_eq!(part.send().await.unwrap().bytes().await.unwrap(), whole[100..200]);

    // A token that ends is renewed by itself.
    double.disk.lock().unwrap().expire();
    assert_eq!(bytes_at(&service, &video["url"]).await, whole);
    assert_eq!(double.disk.lock().unwrap().renewals, 1);
    let bytes = std::fs::read(service.data.path().join("vertex.db")).unwrap();
    assert!(!String::from_utf8_lossy(&bytes).contains("refresh-"), "a token lies open");

    double.disk.lock().unwrap().withdraw();
    let refused = service.get(text(&video["url"])).send().await.unwrap();
    assert!(refused.status().is_server_error());
    assert!(!root.get(&path).await.1["withdrawn_at"].is_null());
    let told = acme
        .when("/api/notifications", |list| {
            list["items"].to_string().contains("Yandex Disk is no longer open")
        })
        .await;
    assert_eq!(told["total"], 1, "{told}");

    // The owner consents again, to the same disk.
    assert_eq!(consent(&service, &root, &path, &double).await, 303);
    assert_eq!(bytes_at(&service, &video["url"]).await, whole);
}

#[tokio::test]
async fn a_move_away_from_a_disk_goes_on_when_its_owner_consents_again() {
    let double = YandexDouble::start().await;
    let service = with_yandex(&double).await;
    let root = service.admin().await;
    let (id, path) = company(&root, "Acme").await;
    assert_eq!(consent(&service, &root, &path, &double).await, 303);
    let acme = boss(&service, &root, &id).await;
    let (_, video) = upload(&acme).await;

    double.disk.lock().unwrap().withdraw();
    let (status, begun) = acme.post(&format!("{path}/move"), json!({"kind": "local"})).await;
    assert_eq!(status, 202, "{begun}");
    let failed = acme.when(&path, |storage| storage["move"]["state"] == "failed").await;
    assert!(text(&failed["move"]["problem"]).contains("taken the consent back"), "{failed}");

    assert_eq!(consent(&service, &root, &path, &double).await, 303);
    let moved = acme.when(&path, |storage| storage["move"].is_null()).await;
    assert_eq!(moved["kind"], "local");
    assert_eq!(bytes_at(&service, &video["url"]).await, clip("clip.mp4"));
    assert!(double.disk.lock().unwrap().files.is_empty(), "the disk was emptied");
}
