//! Faults of the surroundings while people work: nothing acknowledged is lost, health says what is wrong, and all goes
//! on by itself when the cause is gone.
//!
//! `VERTEX_TEST_FAULT_ROUNDS` says how often each fault comes; once, unless it is set.

use std::{
    collections::HashMap,
    fs,
    io::Write,
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use futures::future::join_all;
use reqwest::{Method, StatusCode, multipart};
use serde_json::{Value, json};

use crate::{
    harness::{Service, User, answer, clip, is_ready, part, picture, start_refused, text},
    postgres_server::PostgresServer,
};

/// A fault, and its end, is noticed within two seconds on a machine that has time for it.
const NOTICED: Duration = Duration::from_secs(8);
/// How long people work on during a fault.
const LASTS: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_gotten_over() {
    let Some(service) = Service::start_on_small_disk(160 << 20).await else { return };
    let filler = service.own_data().join("filler");
    let full = Fault {
        begin: &|| fill(&filler),
        end: &|| fs::remove_file(&filler).unwrap(),
        part: "/api/health/status",
        reason: "its disk is full",
    };
    survive(&service, &[full]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_gone_and_back_are_gotten_over() {
    let service = Service::start().await;
    let [files, aside] = ["files", "aside"].map(|name| service.data.path().join(name));
    let gone = Fault {
        begin: &|| fs::rename(&files, &aside).unwrap(),
        end: &|| fs::rename(&aside, &files).unwrap(),
        part: "/api/health/storage",
        reason: "its folder is gone",
    };
    survive(&service, &[gone]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_moved_away_and_back_is_gotten_over() {
    let service = Service::start().await;
    let move_all = |from: &str, to: &str| {
        for name in ["vertex.db", "vertex.db-wal", "vertex.db-shm"] {
            let [from, to] = [from, to].map(|folder| service.data.path().join(folder).join(name));
            fs::rename(from, to).unwrap();
        }
    };
    fs::create_dir(service.data.path().join("aside")).unwrap();
    let gone = Fault {
        begin: &|| move_all("", "aside"),
        end: &|| move_all("aside", ""),
        part: "/api/health/db",
        reason: "its file was moved or deleted: put it back",
    };
    survive(&service, &[gone]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgres_that_stops_and_starts_is_gotten_over() {
    let Some(server) = PostgresServer::start() else { return };
    let service = Service::start_with(&[("DATABASE_URL", &server.url())]).await;
    let part = "/api/health/db";
    let stopped = Fault {
        begin: &|| server.stop(),
        end: &|| server.go_on(),
        part,
        reason: "it does not answer",
    };
    let hangs = Fault {
        begin: &|| server.signal("-STOP"),
        end: &|| server.signal("-CONT"),
        part,
        reason: "it does not answer",
    };
    survive(&service, &[stopped, hangs]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_leave_room_for_the_database() {
    let Some(service) = Service::start_on_small_disk(96 << 20).await else { return };
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    admin.content_when(text(&content["id"]), is_ready).await;
    let videos = format!("/api/ar-content/{}/videos", text(&content["id"]));
    let send = async |megabytes: usize| {
        let form = multipart::Form::new().part("video", part(clip_of(megabytes << 20), "clip.mp4"));
        admin.form(&videos, form).await
    };
    let begin = async |bytes: u64| {
        let metadata =
            ["kind dmlkZW8=".to_owned(), format!("content_id {}", base64(&content["id"]))];
        let begun = admin.request(Method::POST, "/api/uploads").header("tus-resumable", "1.0.0");
        let begun =
            begun.header("upload-length", bytes).header("upload-metadata", metadata.join(","));
        begun.send().await.unwrap().status()
    };
    assert_eq!(begin(40 << 20).await, StatusCode::INSUFFICIENT_STORAGE, "it would be there twice");
    assert_eq!(begin(24 << 20).await, StatusCode::CREATED);
    assert_eq!(begin(24 << 20).await, StatusCode::INSUFFICIENT_STORAGE, "some room is promised");
    let mut all = Vec::new();
    for _ in 0..12 {
        all.push(send(6).await);
    }
    let (taken, refused): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|(status, _)| *status == 201);
    assert!(!taken.is_empty() && !refused.is_empty(), "{taken:?}");
    for (status, problem) in &refused {
        assert_eq!(
            (*status, &problem["code"]),
            (StatusCode::INSUFFICIENT_STORAGE, &json!("storage_full"))
        );
    }
    for number in 0..100 {
        let client = json!({"name": format!("Client {number}"), "phone": phone(number)});
        assert_eq!(admin.post("/api/clients", client).await.0, 201, "the database has room");
    }
    let (status, health) = admin.get("/api/health/status").await;
    assert_eq!((status, &health["status"]), (StatusCode::OK, &json!("ok")), "{health}");
    assert!(health["disk_free_bytes"].as_u64().unwrap() > 8 << 20, "{health}");
    let metrics = service.get("/metrics").send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("disk_free_bytes{purpose=\"files\"}"), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_of_files_that_is_made_anew_is_used() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    admin.content_when(text(&content["id"]), is_ready).await;
    let files = service.data.path().join("files");
    fs::remove_dir_all(&files).unwrap();
    let form = multipart::Form::new().text("title", "Lost").part("image", picture());
    assert_eq!(admin.form("/api/ar-content", form).await.0, StatusCode::SERVICE_UNAVAILABLE);
    let image = service.get(text(&content["image_url"])).send().await.unwrap();
    assert_eq!(image.status(), StatusCode::SERVICE_UNAVAILABLE, "nobody knows that it is gone");
    assert!(!files.exists());

    fs::create_dir(&files).unwrap();
    health_becomes(&service, "/api/health/storage", None).await;
    let content = admin.upload_picture("Another").await;
    admin.content_when(text(&content["id"]), is_ready).await;
}

#[tokio::test]
async fn a_data_folder_without_its_database_is_not_begun_anew() {
    let service = Service::start().await;
    let database = service.data.path().join("vertex.db");
    let (stopped, data) = service.stop_and_keep().await;
    assert!(stopped.success());
    fs::rename(&database, database.with_extension("aside")).unwrap();
    let refused = start_refused(data.path(), &[]).await;
    assert!(refused.contains("there is no database at"), "{refused}");
    assert!(refused.contains("VERTEX_NEW_INSTALLATION"), "{refused}");
    assert_eq!(refused.trim().lines().count(), 1, "{refused}");
    assert!(!database.exists());
    fs::write(&database, "").unwrap();
    let refused = start_refused(data.path(), &[]).await;
    assert!(refused.contains("is empty"), "{refused}");

    let anew = Service::start_in(data, &[("VERTEX_NEW_INSTALLATION", "true")]).await;
    anew.admin().await;
}

/// A fault that begins and ends, which part of health says so and in which words.
struct Fault<'a> {
    begin: &'a dyn Fn(),
    end: &'a dyn Fn(),
    part: &'a str,
    reason: &'a str,
}

/// Has people work while faults come and go, and looks whether all that was acknowledged is there.
async fn survive(service: &Service, faults: &[Fault<'_>]) {
    let rounds =
        std::env::var("VERTEX_TEST_FAULT_ROUNDS").map_or(1, |rounds| rounds.parse().unwrap());
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    admin.content_when(text(&content["id"]), is_ready).await;
    let people = People::new(&admin, &content);
    let faults = async {
        for round in 0..rounds {
            for fault in faults {
                people.have_written(20).await;
                (fault.begin)();
                let noticed = health_becomes(service, fault.part, Some(fault.reason)).await;
                tokio::time::sleep(LASTS).await;
                let metrics = Instant::now();
                assert_eq!(service.get("/metrics").send().await.unwrap().status(), StatusCode::OK);
                assert!(metrics.elapsed() < NOTICED);
                (fault.end)();
                let over = health_becomes(service, "/api/health/status", None).await;
                eprintln!("round {round}: {} after {noticed:?}, over after {over:?}", fault.reason);
                people.have_written(20).await;
            }
        }
        people.stop.store(true, Ordering::SeqCst);
    };
    tokio::join!(people.work(), faults);
    people.find_everything().await;
}

/// Waits until a part of health answers 503 for this reason, or 200; how long that took.
async fn health_becomes(service: &Service, part: &str, reason: Option<&str>) -> Duration {
    let begun = Instant::now();
    loop {
        let asked = Instant::now();
        let (status, health) = answer(service.get(part)).await;
        assert!(asked.elapsed() < NOTICED, "{part} took {:?}", asked.elapsed());
        let is_there = match reason {
            None => status == StatusCode::OK,
            Some(reason) => {
                status == StatusCode::SERVICE_UNAVAILABLE && health.to_string().contains(reason)
            }
        };
        if is_there {
            return begun.elapsed();
        }
        assert!(begun.elapsed() < NOTICED, "{part} does not say {reason:?} but {health}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// People who write all the time, and what they were told is kept.
struct People<'a> {
    admin: &'a User<'a>,
    content: &'a Value,
    stop: AtomicBool,
    number: AtomicU32,
    clients: Mutex<Vec<String>>,
    videos: Mutex<HashMap<String, u32>>,
    views: AtomicU32,
    refused: Mutex<HashMap<StatusCode, u32>>,
}

impl<'a> People<'a> {
    fn new(admin: &'a User<'a>, content: &'a Value) -> Self {
        Self {
            admin,
            content,
            stop: AtomicBool::default(),
            number: AtomicU32::default(),
            clients: Mutex::default(),
            videos: Mutex::default(),
            views: AtomicU32::default(),
            refused: Mutex::default(),
        }
    }

    async fn work(&self) {
        let clients =
            join_all((0..4).map(|_| self.until_stopped(async |n| self.add_client(n).await)));
        let views = join_all((0..2).map(|_| self.until_stopped(async |n| self.view(n).await)));
        let videos = self.until_stopped(async |n| self.add_video(n).await);
        tokio::join!(clients, views, videos);
        let written = [self.clients.lock().unwrap().len(), self.videos.lock().unwrap().len()];
        eprintln!("clients and videos {written:?}, views {:?}, {:?}", self.views, self.refused);
    }

    async fn until_stopped(&self, work: impl AsyncFn(u32)) {
        while !self.stop.load(Ordering::SeqCst) {
            work(self.number.fetch_add(1, Ordering::SeqCst)).await;
        }
    }

    /// Waits until so many more clients were acknowledged.
    async fn have_written(&self, more: usize) {
        let begun = Instant::now();
        let written = || self.clients.lock().unwrap().len();
        let enough = written() + more;
        while written() < enough {
            assert!(begun.elapsed() < NOTICED, "nobody can write: {:?}", self.refused);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn add_client(&self, number: u32) {
        let client = json!({"name": format!("Client {number}"), "phone": phone(number)});
        let (status, client) = self.admin.post("/api/clients", client).await;
        if self.was_taken(status, &client) {
            self.clients.lock().unwrap().push(text(&client["id"]).to_owned());
        }
    }

    async fn add_video(&self, number: u32) {
        let path = format!("/api/ar-content/{}/videos", text(&self.content["id"]));
        let form = multipart::Form::new().part("video", part(numbered(number), "clip.mp4"));
        let (status, video) = self.admin.form(&path, form).await;
        if self.was_taken(status, &video) {
            self.videos.lock().unwrap().insert(text(&video["id"]).to_owned(), number);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    async fn view(&self, number: u32) {
        let path = format!("/api/ar/{}/track-session", text(&self.content["unique_id"]));
        let report = json!({
            "session_id": format!("00000000-0000-4000-8000-{number:012}"),
            "device_type": "mobile",
            "duration_seconds": 1,
        });
        let report = self.admin.service.request(Method::POST, &path).json(&report);
        let (status, view) = answer(report).await;
        if self.was_taken(status, &view) {
            self.views.fetch_add(1, Ordering::SeqCst);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }

    /// Whether something was acknowledged. What was not has a problem that says whose fault it is.
    fn was_taken(&self, status: StatusCode, answer: &Value) -> bool {
        if status.is_success() {
            return true;
        }
        let faults = [StatusCode::SERVICE_UNAVAILABLE, StatusCode::INSUFFICIENT_STORAGE];
        assert!(faults.contains(&status), "{status}: {answer}");
        *self.refused.lock().unwrap().entry(status).or_default() += 1;
        false
    }

    async fn find_everything(&self) {
        let clients = self.clients.lock().unwrap().clone();
        for id in &clients {
            let (status, client) = self.admin.get(&format!("/api/clients/{id}")).await;
            assert_eq!(status, 200, "a client was lost: {client}");
        }
        let videos = self.videos.lock().unwrap().clone();
        for (id, number) in &videos {
            let (status, video) = self.admin.get(&format!("/api/videos/{id}")).await;
            assert_eq!(status, 200, "a video was lost: {video}");
            let file = self.admin.service.get(text(&video["url"])).send().await.unwrap();
            assert!(file.bytes().await.unwrap() == numbered(*number), "other bytes came back");
        }
        let views = u64::from(self.views.load(Ordering::SeqCst));
        let all = |overview: &Value| overview["total"]["views"].as_u64().unwrap() >= views;
        self.admin.when("/api/analytics/overview", all).await;
    }
}

/// Takes all the room there is.
fn fill(path: &Path) {
    let mut file = fs::File::create(path).unwrap();
    for size in [1 << 20, 1 << 12] {
        while file.write_all(&vec![7; size]).is_ok() {}
    }
}

/// A clip that no other is the same as, by a box that players skip.
fn numbered(number: u32) -> Vec<u8> {
    let mut clip = clip("clip.mp4");
    clip.extend(12_u32.to_be_bytes());
    clip.extend(b"free");
    clip.extend(number.to_be_bytes());
    clip
}

/// A clip of so many bytes.
fn clip_of(bytes: usize) -> Vec<u8> {
    let mut clip = clip("clip.mp4");
    let filler = bytes - clip.len();
    clip.extend(u32::try_from(filler).unwrap().to_be_bytes());
    clip.extend(b"free");
    clip.resize(bytes, 7);
    clip
}

fn phone(number: u32) -> String {
    format!("+49 30 {:07}", 1_000_000 + number)
}

fn base64(value: &Value) -> String {
    use base64::Engine;
    base64::prelude::BASE64_STANDARD.encode(text(value))
}
