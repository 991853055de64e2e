//! Two hundred files that are not what they say: each is refused, at a bounded price, and leaves nothing behind.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};
use reqwest::multipart;
use serde_json::{Value, json};

use crate::harness::{Service, clip, part, text};

/// A file and the field it is sent in.
struct Hostile {
    what: String,
    is_video: bool,
    bytes: Vec<u8>,
}

#[tokio::test]
async fn two_hundred_hostile_files_are_refused() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    // What is measured is the last that is made of it.
    let is_measured = |content: &Value| !content["trackability"].is_null();
    let content = admin.content_when(text(&content["id"]), is_measured).await;
    service.forget_peak();
    let (files, before) = (service.stored(), service.resident());
    let videos = format!("/api/ar-content/{}/videos", text(&content["id"]));

    let hostile: Vec<Hostile> = pictures().into_iter().chain(clips()).collect();
    assert!(hostile.len() >= 200, "only {}", hostile.len());
    for Hostile { what, is_video, bytes } in hostile {
        let (status, answer) = match is_video {
            true => {
                let form = multipart::Form::new().part("video", part(bytes, "clip.mp4"));
                admin.form(&videos, form).await
            }
            false => {
                let form = multipart::Form::new().text("title", "x");
                admin.form("/api/ar-content", form.part("image", part(bytes, "a.png"))).await
            }
        };
        assert!(status.is_client_error(), "{what}: {status} {answer}");
        let field = if is_video { "video" } else { "image" };
        assert_eq!(answer["errors"][0]["field"], field, "{what}: {answer}");
    }
    let grown = service.peak_resident().saturating_sub(before) >> 20;
    assert!(grown < 200, "{grown} MB were taken");
    assert_eq!(service.stored(), files, "nothing is left behind");
    let company = text(&content["company_id"]);
    let (_, usage) = admin.get(&format!("/api/companies/{company}/usage")).await;
    assert_eq!((&usage["files"], &usage["uploads"]), (&json!(1), &json!(0)), "{usage}");
}

fn encoded(format: ImageFormat) -> Vec<u8> {
    let picture = RgbImage::from_fn(512, 512, |x, y| {
        let noise = (x * 31 + y * 17) ^ (x * y);
        Rgb([noise as u8, (noise >> 3) as u8, (x ^ y) as u8])
    });
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// What makes an archive, a document, a page or a program of whatever it follows.
fn tails() -> Vec<(&'static str, Vec<u8>)> {
    let zip = [&b"PK\x03\x04\x14\0\0\0"[..], &[0; 22], b"PK\x05\x06", &[0; 18]].concat();
    let commented = [&b"PK\x05\x06"[..], &[0; 16], b"\x04\0hide"].concat();
    vec![
        ("zip", zip),
        ("zip with a comment", commented),
        ("rar", b"Rar!\x1a\x07\x01\0".to_vec()),
        ("7z", b"7z\xbc\xaf\x27\x1c\0\x04".to_vec()),
        ("gzip", b"\x1f\x8b\x08\0\0\0\0\0".to_vec()),
        ("pdf", b"\n%PDF-1.7\n1 0 obj".to_vec()),
        ("page", b"<!DOCTYPE html><html><body>".to_vec()),
        ("script", b"<script>alert(1)</script>".to_vec()),
        ("php", b"<?php system($_GET[0]);".to_vec()),
        ("elf", b"\x7fELF\x02\x01\x01\0".to_vec()),
        ("exe", b"MZ\x90\0\x03\0\0\0".to_vec()),
        ("shell", b"#!/bin/sh\nrm -rf /\n".to_vec()),
        ("svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec()),
    ]
}

/// Files that are no pictures or videos at all.
fn strangers() -> Vec<(&'static str, Vec<u8>)> {
    let mut strangers = tails();
    strangers.extend([
        ("nothing", Vec::new()),
        ("zeros", vec![0; 4096]),
        ("gif", b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,".to_vec()),
        ("bmp", b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".to_vec()),
        ("tiff", b"II*\0\x08\0\0\0".to_vec()),
        ("heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec()),
        ("text", b"title: a picture, believe me".to_vec()),
        ("playlist", b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nfile:///etc/passwd\n".to_vec()),
        ("concat", b"ffconcat version 1.0\nfile /etc/passwd\n".to_vec()),
        ("mp3", b"ID3\x04\0\0\0\0\0\x23TSSE".to_vec()),
        ("matroska", b"\x1a\x45\xdf\xa3\x8b\x42\x82\x88matroska".to_vec()),
        ("avi", b"RIFF\x24\0\0\0AVI LIST".to_vec()),
    ]);
    strangers
}

fn pictures() -> Vec<Hostile> {
    let mut all = Vec::new();
    let mut add = |what: String, bytes| all.push(Hostile { what, is_video: false, bytes });
    for (what, bytes) in strangers() {
        add(what.to_owned(), bytes);
    }
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let whole = encoded(format);
        for (what, tail) in tails() {
            add(format!("{format:?} and {what}"), [&whole[..], &tail].concat());
        }
        for share in 1..20 {
            let cut = whole.len() * share / 20;
            add(format!("{format:?} cut at {share} of 20"), whole[..cut].to_vec());
        }
        add(format!("{format:?} without its last bytes"), whole[..whole.len() - 300].to_vec());
        add(format!("{format:?} that is only a head"), whole[..16].to_vec());
    }
    for (width, height) in
        [(60_000, 60_000), (65_535, 65_535), (1, 1), (0, 0), (479, 480), (8193, 480), (8000, 8000)]
    {
        let png = encoded(ImageFormat::Png);
        add(format!("PNG that claims {width}x{height}"), claiming(&png, width, height));
    }
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let mut bytes = Cursor::new(Vec::new());
        RgbImage::new(8100, 8100).write_to(&mut bytes, format).unwrap();
        add(format!("{format:?} bomb of 65 million pixels"), bytes.into_inner());
    }
    let mut webp = encoded(ImageFormat::WebP);
    webp[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    add("WebP that claims four gigabytes".to_owned(), webp);
    for clip_of in ["clip.mp4", "clip.webm", "clip.mov"] {
        add(format!("{clip_of} as a picture"), clip(clip_of));
    }
    all
}

/// A PNG whose header says another size, with a checksum that holds.
fn claiming(png: &[u8], width: u32, height: u32) -> Vec<u8> {
    let mut png = png.to_vec();
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    let crc = png[12..29].iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    });
    png[29..33].copy_from_slice(&(!crc).to_be_bytes());
    png
}

fn clips() -> Vec<Hostile> {
    let mut all = Vec::new();
    let mut add = |what: String, bytes| all.push(Hostile { what, is_video: true, bytes });
    for (what, bytes) in strangers() {
        add(what.to_owned(), bytes);
    }
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        add(format!("{format:?} as a video"), encoded(format));
    }
    let zip = [&b"PK\x05\x06"[..], &[0; 18]].concat();
    for name in ["clip.mp4", "clip.mov", "clip.webm", "video-hevc.mp4"] {
        let whole = clip(name);
        for share in 1..10 {
            let cut = whole.len() * share / 10;
            add(format!("{name} cut at {share}0 %"), whole[..cut].to_vec());
        }
        add(format!("{name} and zip"), [&whole[..], &zip].concat());
    }
    let mp4 = clip("clip.mp4");
    for mark in ["<html><script>", "%PDF-1.7 ", "<?php eval()", "<svg onload="] {
        let mut hidden = (u32::try_from(mark.len()).unwrap() + 8).to_be_bytes().to_vec();
        hidden.extend(b"free");
        hidden.extend(mark.as_bytes());
        let after_type = u32::from_be_bytes(*mp4.first_chunk().unwrap()) as usize;
        let bytes = [&mp4[..after_type], &hidden, &mp4[after_type..]].concat();
        add(format!("clip.mp4 with {mark} in it"), bytes);
    }
    for (what, size) in [("nothing", 0u32), ("less than its head", 4), ("four gigabytes", u32::MAX)]
    {
        let mut bytes = clip("clip.mp4");
        let index = bytes.windows(4).position(|name| name == b"moov").unwrap();
        if size == 0 {
            bytes[index..index + 4].copy_from_slice(b"none");
        }
        bytes[index - 4..index].copy_from_slice(&size.to_be_bytes());
        add(format!("clip.mp4 whose index claims {what}"), bytes);
    }
    add("sound only".to_owned(), clip("video-sound-only.mp4"));
    all
}
