//! Large uploads go through without being held in memory.

use bytes::Bytes;
use futures::stream;
use reqwest::{Body, multipart};

use vertex_testkit::{s3_server::S3Server, yandex_double::YandexDouble};

use crate::{
    harness::{Service, clip, text},
    storage,
};

const PIECE: usize = 1024 * 1024;
const PIECES: usize = 600;

#[tokio::test]
async fn a_600_mb_video_to_the_disk_adds_at_most_64_mb_to_the_process() {
    let service = Service::start().await;
    send_600_mb(&service).await;
}

#[tokio::test]
async fn a_600_mb_video_to_an_s3_adds_at_most_64_mb_to_the_process() {
    let server = S3Server::start().await;
    let service = Service::start_on(&server).await;
    send_600_mb(&service).await;
    assert!(service.stored().is_empty());
}

#[tokio::test]
async fn a_600_mb_video_to_a_yandex_disk_adds_at_most_64_mb_to_the_process() {
    let double = YandexDouble::start().await;
    let service = storage::with_yandex(&double).await;
    let admin = service.admin().await;
    let (_, me) = admin.get("/api/auth/me").await;
    let path = format!("/api/companies/{}/storage", text(&me["company_id"]));
    assert_eq!(storage::consent(&service, &admin, &path, &double).await, 303);
    send_600_mb(&service).await;
    assert!(service.stored().is_empty());
}

/// Sends a video, sees how much the process has grown, and reads every byte back.
async fn send_600_mb(service: &Service) {
    let admin = service.admin().await;
    let content = admin.upload_picture("Portrait").await;
    admin.content_when(text(&content["id"]), crate::harness::is_ready).await;
    let path = format!("/api/ar-content/{}/videos", text(&content["id"]));
    let small =
        multipart::Form::new().part("video", crate::harness::part(clip("clip.mp4"), "a.mp4"));
    assert_eq!(admin.form(&path, small).await.0, 201);
    service.forget_peak();
    let before = service.resident();

    // A clip, followed by one box that players skip: a video of any size.
    let mut head = clip("clip.mp4");
    let filler = u32::try_from(PIECE * PIECES).unwrap();
    let length = (head.len() + PIECE * PIECES) as u64;
    head.extend(filler.to_be_bytes());
    head.extend(b"free");
    let zeros = Bytes::from(vec![0; PIECE]);
    let pieces = (0..PIECES).map(move |n| {
        Ok::<_, std::io::Error>(if n == 0 { zeros.slice(8..) } else { zeros.clone() })
    });
    let pieces = std::iter::once(Ok(Bytes::from(head.clone()))).chain(pieces);
    let body = Body::wrap_stream(stream::iter(pieces));
    let part = multipart::Part::stream_with_length(body, length).file_name("large.mp4");
    let (status, video) = admin.form(&path, multipart::Form::new().part("video", part)).await;
    assert_eq!(status, 201, "{video}");
    assert_eq!(video["bytes"], length);
    eprintln!(
        "WRITE peak +{} now +{}",
        service.peak_resident().saturating_sub(before) >> 20,
        service.resident().saturating_sub(before) >> 20
    );

    let mut whole = service.get(text(&video["url"])).send().await.unwrap();
    let mut seen = 0;
    while let Some(piece) = whole.chunk().await.unwrap() {
        let mut expected = vec![0; piece.len()];
        let known = &head[seen.min(head.len())..head.len().min(seen + piece.len())];
        expected[..known.len()].copy_from_slice(known);
        assert!(piece == expected, "other bytes after byte {seen}");
        seen += piece.len();
    }
    assert_eq!(seen as u64, length);
    let peak = service.peak_resident();
    let added = peak.saturating_sub(before);
    assert!(added <= 64 << 20, "{} MB were added", added >> 20);
}
