//! Videos beyond H.264, where there is ffmpeg and where there is none; places in videos.

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf, process::Command};

use reqwest::multipart::Form;
use serde_json::{Value, json};
use sqlx::Connection;

use crate::harness::{Service, answer, clip, is_ready, part, text};

/// `true` where ffmpeg is; where CI is set it has to be.
fn has_ffmpeg() -> bool {
    let has = Command::new("ffmpeg").arg("-version").output().is_ok_and(|ran| ran.status.success());
    assert!(has || std::env::var_os("CI").is_none(), "there is no ffmpeg");
    if !has {
        eprintln!("skipped: there is no ffmpeg");
    }
    has
}

#[tokio::test]
async fn a_video_that_not_every_browser_plays_gets_copies() {
    if !has_ffmpeg() {
        return;
    }
    let service = Service::start().await;
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    let content = admin.content_when(text(&content["id"]), is_ready).await;
    let videos =
        [("HEVC", clip("video-hevc.mp4")), ("VP9", clip("video-clip.webm")), ("AV1", av1())];
    for (name, file) in videos {
        let path = format!("/api/ar-content/{}/videos", text(&content["id"]));
        let form = Form::new().part("video", part(file, "clip"));
        let (status, video) = admin.form(&path, form).await;
        assert_eq!(status, 201, "{name}: {video}");
        assert_eq!(video["unavailable"], json!([]), "{video}");
        let path = format!("/api/videos/{}", text(&video["id"]));
        let made = |video: &Value| !video["hls_url"].is_null() && !video["preview_url"].is_null();
        let video = admin.when(&path, made).await;
        let poster = service.get(text(&video["preview_url"])).send().await.unwrap();
        image::load_from_memory(&poster.bytes().await.unwrap()).unwrap();

        let (_, active) = admin.put(&format!("{path}/active"), json!({})).await;
        assert_eq!(active["is_active"], true);
        let public = format!("/api/ar/{}/active-video", text(&content["unique_id"]));
        let (_, playing) = answer(service.get(&public)).await;
        assert_eq!(playing["video"]["media_type"], "video/mp4");
        let copy = service.get(text(&playing["video"]["url"])).send().await.unwrap();
        assert_eq!(codec(&copy.bytes().await.unwrap()), "avc1", "{name}");

        let ladder = list(&service, text(&playing["video"]["hls_url"])).await;
        let rung = ladder.lines().find(|line| line.starts_with('/')).expect("a rung");
        assert!(ladder.contains("RESOLUTION=") && ladder.contains("BANDWIDTH="), "{ladder}");
        let rung = list(&service, rung).await;
        let media = rung.lines().find(|line| line.starts_with('/')).expect("its file");
        assert!(rung.contains(&format!("URI=\"{media}\"")), "{rung}");
        let file = service.get(media).send().await.unwrap();
        assert_eq!(file.headers()["content-type"], "video/mp4");
        assert_eq!(codec(&file.bytes().await.unwrap()), "avc1");
        let unsigned = rung.lines().find(|line| line.starts_with('/')).unwrap();
        let unsigned = unsigned.split('?').next().unwrap();
        assert_ne!(service.get(unsigned).send().await.unwrap().status(), 200);

        assert_eq!(admin.delete(&path).await.0, 204);
    }
    let is_rung = |path: &PathBuf| path.to_string_lossy().contains("/ladders/");
    service.stored_when(|files| !files.iter().any(is_rung)).await;
    let left = fs::read_dir(service.data.path().join("conversions")).unwrap().count();
    assert_eq!(left, 0, "nothing is left of the conversions");
}

#[tokio::test]
async fn copies_of_other_videos_are_made_when_asked_for() {
    if !has_ffmpeg() {
        return;
    }
    let service = Service::start().await;
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    let video = admin.upload_video(&content, "clip.mp4").await;
    let path = format!("/api/videos/{}", text(&video["id"]));
    let (status, video) = admin.post(&format!("{path}/copies"), json!({})).await;
    assert_eq!(status, 202, "{video}");
    let video = admin.when(&path, |video| !video["hls_url"].is_null()).await;
    assert!(video["web_url"].is_null(), "it is H.264 already");
}

#[tokio::test]
async fn without_ffmpeg_a_video_is_taken_and_the_answer_says_what_it_lacks() {
    let service = Service::start_with(&[("PATH", "/nowhere")]).await;
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    for name in ["video-422.mp4", "video-interlaced.mp4", "video-live.webm"] {
        let video = admin.upload_video(&content, name).await;
        assert_eq!(video["unavailable"], json!(["preview", "copies"]), "{video}");
    }
    let video = admin.upload_video(&content, "video-hevc.mp4").await;
    assert_eq!(video["unavailable"], json!(["preview", "copies"]), "{video}");
    assert_eq!(video["web_obstacle"], "pictures in HEVC");
    let why = text(&video["unavailable_because"]["preview"]);
    assert!(why.contains("HEVC") && why.contains("no ffmpeg"), "{why}");
    let path = format!("/api/videos/{}/copies", text(&video["id"]));
    let (status, refused) = admin.post(&path, json!({})).await;
    assert_eq!(status, 409, "{refused}");
    let video = admin.upload_video(&content, "clip.mp4").await;
    assert_eq!(video["unavailable"], json!(["copies"]), "{video}");
}

#[tokio::test]
async fn where_a_video_was_made_stays_with_its_owner() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    let original = with_a_place(clip("clip.mp4"));
    let form = Form::new().part("video", part(original.clone(), "place.mp4"));
    let path = format!("/api/ar-content/{}/videos", text(&content["id"]));
    let (status, video) = admin.form(&path, form).await;
    assert_eq!(status, 201, "{video}");
    let get = async |url: &str| service.get(url).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(get(text(&video["original_url"])).await, original);
    let public = get(text(&video["url"])).await;
    assert_eq!(public.len(), original.len());
    let has = |bytes: &[u8], text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
    assert!(has(&original, b"+55.7558+037.6173/") && !has(&public, b"+55.7558"));
    let plain = admin.upload_video(&content, "clip.mp4").await;
    assert_eq!(plain["original_url"], Value::Null);
    assert_eq!(get(text(&plain["url"])).await, clip("clip.mp4"), "others stay as they came");
}

#[tokio::test]
async fn h264_that_few_browsers_play_is_previewed_and_copied() {
    if !has_ffmpeg() {
        return;
    }
    let service = Service::start().await;
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    for name in ["video-422.mp4", "video-interlaced.mp4", "video-live.webm"] {
        let video = admin.upload_video(&content, name).await;
        assert_eq!(video["unavailable"], json!([]), "{video}");
        let path = format!("/api/videos/{}", text(&video["id"]));
        let made = |video: &Value| !video["web_url"].is_null() && !video["preview_url"].is_null();
        let video = admin.when(&path, made).await;
        let poster = service.get(text(&video["preview_url"])).send().await.unwrap();
        let poster = image::load_from_memory(&poster.bytes().await.unwrap()).unwrap().into_rgb8();
        let corner = poster.get_pixel(poster.width() / 8, poster.height() / 2).0;
        let is_near = corner.iter().zip([230, 200, 40]).all(|(a, b)| a.abs_diff(b) <= 8);
        assert!(is_near, "{name}: {corner:?}");
    }
}

/// A second of AV1, drawn by ffmpeg.
fn av1() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("av1.mp4");
    let drawn = Command::new("ffmpeg")
        .args(["-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=s=320x180:d=1:r=25"])
        .args(["-c:v", "libaom-av1", "-cpu-used", "8", "-pix_fmt", "yuv420p"])
        .arg(&file)
        .status();
    assert!(drawn.unwrap().success());
    fs::read(file).unwrap()
}

/// A clip with a place in it, as Android's cameras write it, behind everything else.
fn with_a_place(mut clip: Vec<u8>) -> Vec<u8> {
    let text = b"+55.7558+037.6173/";
    let boxed = |kind: &[u8; 4], content: &[u8]| {
        let length = u32::try_from(content.len() + 8).unwrap().to_be_bytes();
        [&length[..], kind, content].concat()
    };
    let length = u16::try_from(text.len()).unwrap().to_be_bytes();
    let place = boxed(b"\xa9xyz", &[&length[..], &[0x15, 0xc7], text].concat());
    clip.extend(boxed(b"udta", &place));
    clip
}

async fn list(service: &Service, url: &str) -> String {
    let response = service.get(url).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/vnd.apple.mpegurl");
    response.text().await.unwrap()
}

/// The name of the first sample entry of pictures that is known here.
fn codec(file: &[u8]) -> &'static str {
    let has = |name: &&&[u8]| file.windows(4).any(|window| window == **name);
    let known: [&[u8]; 4] = [b"avc1", b"hvc1", b"vp09", b"av01"];
    let found = known.iter().find(has).expect("a known codec");
    std::str::from_utf8(found).unwrap()
}

#[tokio::test]
async fn why_no_copy_could_be_made_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let ffmpeg = folder.path().join("ffmpeg");
    fs::write(&ffmpeg, "#!/bin/sh\necho 'the picture is upside down' >&2\nexit 1\n").unwrap();
    fs::set_permissions(&ffmpeg, fs::Permissions::from_mode(0o755)).unwrap();
    let service = Service::start_with(&[("FFMPEG_PATH", ffmpeg.to_str().unwrap())]).await;
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    let video = admin.upload_video(&content, "clip.mp4").await;
    let path = format!("/api/videos/{}/copies", text(&video["id"]));
    assert_eq!(admin.post(&path, json!({})).await.0, 202);
    let given_up = json!({"name": "given_up", "count": 1});
    let settled = |stats: &Value| stats["jobs_by_state"].as_array().unwrap().contains(&given_up);
    admin.when("/api/admin/stats", settled).await;

    let database = format!("sqlite://{}", service.data.path().join("vertex.db").display());
    let mut database = sqlx::SqliteConnection::connect(&database).await.unwrap();
    let job = sqlx::query_as("SELECT kind, last_error FROM jobs WHERE state = 'given_up'");
    let (kind, reason): (String, String) = job.fetch_one(&mut database).await.unwrap();
    assert_eq!(kind, "convert_video");
    assert_eq!(reason, "cannot be converted: the picture is upside down");
    let (_, video) = admin.get(&format!("/api/videos/{}", text(&video["id"]))).await;
    assert_eq!(video["unavailable_because"]["copies"], reason, "{video}");
}
