//! Pictures of formats that browsers do not show, content credentials, and what is said of transparency and refusals.

use std::{fs, io::Cursor, process::Command};

use image::{DynamicImage, ImageFormat, RgbImage, Rgba, RgbaImage};
use reqwest::multipart::Form;
use serde_json::Value;
use tempfile::tempdir;
use vertex_markers::{Limits, Picture};

use crate::harness::{Service, User, clip, part, portrait, text};

/// Whether a program is there; where CI is set it has to be.
fn has(program: &str) -> bool {
    let found = Command::new(program).arg("--help").output().is_ok();
    assert!(found || std::env::var_os("CI").is_none(), "there is no {program}: run .ci/install");
    found
}

/// What a program makes of the test portrait.
fn encoded(program: &str, before: &[&str], between: &[&str], name: &str) -> Vec<u8> {
    let folder = tempdir().unwrap();
    let (source, target) = (folder.path().join("a.png"), folder.path().join(name));
    fs::write(&source, portrait()).unwrap();
    let mut command = Command::new(program);
    command.args(before).arg(&source).args(between).arg(&target);
    let ran = command.output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    fs::read(target).unwrap()
}

fn written(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// How far two pictures are from each other, in levels of 255.
fn distance(a: &RgbImage, b: &RgbImage) -> f64 {
    assert_eq!(a.dimensions(), b.dimensions());
    let differences = a.as_raw().iter().zip(b.as_raw()).map(|(a, b)| f64::from(a.abs_diff(*b)));
    differences.sum::<f64>() / a.as_raw().len() as f64
}

async fn send(admin: &User<'_>, bytes: Vec<u8>) -> (reqwest::StatusCode, Value) {
    let form = Form::new().text("title", "x").part("image", part(bytes, "a.jpg"));
    admin.form("/api/ar-content", form).await
}

#[tokio::test]
async fn other_formats_are_kept_as_pictures_that_browsers_show() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let original = image::load_from_memory(&portrait()).unwrap();
    let mut files = vec![
        ("BMP", "png", written(&original, ImageFormat::Bmp)),
        ("GIF", "png", written(&original, ImageFormat::Gif)),
    ];
    if has("heif-enc") {
        files.push(("HEIC", "jpg", encoded("heif-enc", &["-q", "95"], &["-o"], "a.heic")));
        files.push(("AVIF", "jpg", encoded("heif-enc", &["-A", "-q", "95"], &["-o"], "a.avif")));
    }
    if has("cjxl") {
        files.push(("JPEG XL", "jpg", encoded("cjxl", &["-e", "3"], &[], "a.jxl")));
    }
    for (name, extension, bytes) in files {
        let (status, content) = send(&admin, bytes).await;
        assert_eq!(status, 201, "{name}: {content}");
        let file = format!("portraits/{}.{extension}", text(&content["id"]));
        let kept = service.stored().into_iter().find(|path| path.ends_with(&file)).expect(&file);
        let kept = Picture::decode(&fs::read(kept).unwrap(), &Limits::UPLOAD).unwrap();
        let far = distance(kept.rgb(), &original.to_rgb8());
        assert!(far < 8.0, "{name} is {far:.1} away");
    }
}

#[tokio::test]
async fn without_a_converter_the_refusal_says_what_to_do() {
    let service = Service::start_with(&[("PATH", "/nowhere")]).await;
    let admin = service.admin().await;
    let mut heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec();
    heic.resize(2000, 0);
    for (bytes, words) in [
        (heic, "HEIC picture as iPhones take them, which is not taken: export it as JPEG, or ask"),
        (b"8BPS\0\x01 and layers".to_vec(), "Photoshop document (PSD), which is not taken: export"),
        (
            b"%PDF-1.7 and pages".to_vec(),
            "PDF document, which is not taken: export the page as JPEG",
        ),
        (b"no picture at all".to_vec(), "not a JPEG, PNG, WebP, TIFF, GIF or BMP picture"),
    ] {
        let (status, answer) = send(&admin, bytes).await;
        assert_eq!(status, 415, "{answer}");
        let message = text(&answer["errors"][0]["message"]);
        assert!(message.contains(words), "{message}");
    }
}

/// What a generator says of where a file came from, with its icon.
const CREDENTIALS: &[u8] =
    b"jumb\0\0\0\x28jumdc2pa\0\x11\0\x10 c2pa <svg xmlns='x'><script>PK\x03\x04</script></svg>";

#[tokio::test]
async fn content_credentials_are_let_through() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let photograph = written(&image::load_from_memory(&portrait()).unwrap(), ImageFormat::Jpeg);
    let mut segment = vec![0xff, 0xeb];
    segment.extend(u16::try_from(CREDENTIALS.len() + 2).unwrap().to_be_bytes());
    segment.extend(CREDENTIALS);
    let film = [&b"\0\0\0\x18ftypmp42\0\0\0\0 a film <sVG pk\x03\x04 %PDF-1.4"[..], &[0x5a; 9000]];
    let picture = [&photograph[..2], &segment, &photograph[2..], &film.concat()].concat();
    let (status, content) = send(&admin, picture).await;
    assert_eq!(status, 201, "{content}");

    let mut video = clip("clip.mp4");
    let first = u32::from_be_bytes(*video.first_chunk().unwrap()) as usize;
    let mut boxed = u32::try_from(CREDENTIALS.len() + 24).unwrap().to_be_bytes().to_vec();
    boxed.extend(b"uuid\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81");
    boxed.extend(CREDENTIALS);
    // The facts of the video are told by its index, wherever its pictures lie now.
    video.splice(first..first, boxed);
    let path = format!("/api/ar-content/{}/videos", text(&content["id"]));
    let (status, answer) = admin.form(&path, Form::new().part("video", part(video, "a.mp4"))).await;
    assert_eq!(status, 201, "{answer}");
}

#[tokio::test]
async fn the_findings_say_what_a_transparent_picture_was_laid_over() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let specks = image::load_from_memory(&portrait()).unwrap().to_luma8();
    let logo = RgbaImage::from_fn(512, 512, |x, y| {
        Rgba([255, 255, 255, if specks.get_pixel(x, y).0[0] > 128 { 255 } else { 0 }])
    });
    let (status, content) = send(&admin, written(&logo.into(), ImageFormat::Png)).await;
    assert_eq!(status, 201, "{content}");
    let is_measured = |content: &Value| !content["trackability"].is_null();
    let content = admin.content_when(text(&content["id"]), is_measured).await;
    let path = format!("/api/ar-content/{}/quality", text(&content["id"]));
    let (status, quality) = admin.get(&path).await;
    assert_eq!(status, 200, "{quality}");
    let findings = quality["findings"].as_array().unwrap();
    assert!(findings.iter().any(|found| found["kind"] == "laid_over_black"), "{quality}");
}
