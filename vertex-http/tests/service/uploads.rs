//! Large uploads go through without being held in memory.

use std::fs;

use bytes::Bytes;
use futures::stream;
use reqwest::{Body, multipart};

use crate::harness::{Service, clip, text};

const PIECE: usize = 1024 * 1024;
const PIECES: usize = 600;

#[tokio::test]
async fn a_600_mb_video_adds_at_most_64_mb_to_the_process() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    admin.content_when(text(&content["id"]), crate::harness::is_ready).await;
    let path = format!("/api/ar-content/{}/videos", text(&content["id"]));
    let small =
        multipart::Form::new().part("video", crate::harness::part(clip("clip.mp4"), "a.mp4"));
    assert_eq!(admin.form(&path, small).await.0, 201);
    let before = resident_bytes(service.pid());

    // A clip, followed by one box that players skip: a video of any size.
    let clip = clip("clip.mp4");
    let filler = u32::try_from(PIECE * PIECES).unwrap();
    let mut head = clip.clone();
    head.extend(filler.to_be_bytes());
    head.extend(b"free");
    let length = (clip.len() + PIECE * PIECES) as u64;
    let zeros = Bytes::from(vec![0; PIECE]);
    let pieces = (0..PIECES).map(move |n| {
        Ok::<_, std::io::Error>(if n == 0 { zeros.slice(8..) } else { zeros.clone() })
    });
    let pieces = std::iter::once(Ok(Bytes::from(head))).chain(pieces);
    let body = Body::wrap_stream(stream::iter(pieces));
    let part = multipart::Part::stream_with_length(body, length).file_name("large.mp4");
    let (status, video) = admin.form(&path, multipart::Form::new().part("video", part)).await;
    assert_eq!(status, 201, "{video}");
    assert_eq!(video["bytes"], length);

    let peak = peak_resident_bytes(service.pid());
    let added = peak.saturating_sub(before);
    assert!(added <= 64 << 20, "{} MB were added", added >> 20);

    let link = text(&video["url"]);
    let tail = service.get(link).header("range", "bytes=-3").send().await.unwrap();
    assert_eq!(tail.bytes().await.unwrap(), vec![0; 3]);
}

fn resident_bytes(pid: u32) -> u64 {
    status_field(pid, "VmRSS:")
}

fn peak_resident_bytes(pid: u32) -> u64 {
    status_field(pid, "VmHWM:")
}

fn status_field(pid: u32, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    let kilobytes: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kilobytes * 1024
}
