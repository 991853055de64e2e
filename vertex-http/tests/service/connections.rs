//! Connections that do nothing end, and nobody has them all.

use std::{fs, time::Duration};

use tokio::process::Command;

use crate::{
    harness::{Service, answer},
    raw::Raw,
};

#[tokio::test]
async fn connections_that_bring_no_request_are_closed() {
    let service =
        Service::start_with(&[("VERTEX_HEADER_SECONDS", "1"), ("VERTEX_IDLE_SECONDS", "1")]).await;
    let beginnings = [
        "",
        "G",
        "GET /api/health HTTP/1.1\r\nhost: x\r\nx-endless: ",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET /api/health HTTP/1.1\r\nhost: x\r\n\r\n",
        "GET /api/health HTTP/1.1\r\nhost: x\r\n\r\nGET /api/health HTTP/1.1\r\n",
    ];
    for beginning in beginnings {
        let mut raw = Raw::connect(&service).await;
        raw.send(beginning).await;
        let answers = String::from_utf8_lossy(&raw.rest().await).matches("HTTP/1.1 200").count();
        assert_eq!(
            answers,
            usize::from(beginning.contains("\r\n\r\nGET") || beginning.ends_with("x\r\n\r\n"))
        );
    }
}

#[tokio::test]
async fn who_drips_a_head_is_cut_off() {
    let service = Service::start_with(&[("VERTEX_HEADER_SECONDS", "1")]).await;
    let mut raw = Raw::connect(&service).await;
    raw.send("GET /api/health HTTP/1.1\r\nx-endless: ").await;
    let dripped = async {
        while raw.send("x").await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(120), dripped).await.expect("it has an end");
}

#[tokio::test]
async fn idle_connections_make_room_for_new_visitors() {
    let service =
        Service::start_with(&[("VERTEX_MAX_CONNECTIONS", "20"), ("VERTEX_HEADER_SECONDS", "600")])
            .await;
    let mut idle = Vec::new();
    for _ in 0..100 {
        idle.push(Raw::connect(&service).await);
    }
    assert_eq!(answer(service.get("/api/health")).await.0, 200);
}

#[tokio::test]
async fn one_address_does_not_have_them_all() {
    let service = Service::start_with(&[("VERTEX_CONNECTIONS_PER_ADDRESS", "5")]).await;
    let mut busy = Vec::new();
    for _ in 0..5 {
        let mut raw = Raw::connect(&service).await;
        raw.keep_busy("").await;
        busy.push(raw);
    }
    let mut raw = Raw::connect(&service).await;
    raw.send("GET /api/health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    let refused = raw.rest().await;
    assert!(refused.is_empty() || refused.starts_with(b"HTTP/1.1 503"), "{refused:?}");
    busy.pop();
    let served = async {
        loop {
            let response = service.get("/api/health").send().await;
            if response.is_ok_and(|response| response.status() == 200) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), served).await.expect("one has ended");
}

#[tokio::test]
async fn a_proxy_brings_as_many_as_come() {
    let service = Service::start_with(&[("VERTEX_CONNECTIONS_PER_ADDRESS", "5")]).await;
    let mut proxied = Vec::new();
    for visitor in 0..20 {
        let mut raw = Raw::connect(&service).await;
        let head = format!(
            "GET /api/health HTTP/1.1\r\nhost: x\r\nx-forwarded-for: 192.0.2.{visitor}\r\n\r\n"
        );
        raw.send(head).await;
        assert_eq!(raw.answer().await.status, 200, "{visitor}");
        raw.keep_busy("x-forwarded-for: 192.0.2.1\r\n").await;
        proxied.push(raw);
    }
}

#[tokio::test]
async fn the_service_outlives_a_lack_of_descriptors() {
    let service = Service::start_with(&[("VERTEX_HEADER_SECONDS", "600")]).await;
    let open = fs::read_dir(format!("/proc/{}/fd", service.pid())).unwrap().count();
    let few = open + 20;
    let limit = ["--pid", &service.pid().to_string(), &format!("--nofile={few}:{few}")];
    assert!(Command::new("prlimit").args(limit).status().await.unwrap().success());
    let mut idle = Vec::new();
    for _ in 0..100 {
        idle.push(Raw::connect(&service).await);
    }
    let request = service.get("/api/health").timeout(Duration::from_secs(60));
    assert_eq!(request.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn open_files_are_not_limited_more_than_the_system_does() {
    let service = Service::start().await;
    let limits = fs::read_to_string(format!("/proc/{}/limits", service.pid())).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    let numbers: Vec<&str> = line.split_whitespace().skip(3).take(2).collect();
    assert_eq!(numbers[0], numbers[1], "{line}");
}

#[tokio::test]
async fn http2_is_bounded() {
    let service = Service::start().await;
    let mut raw = Raw::connect(&service).await;
    // The preface and empty settings.
    raw.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await;
    let mut head = [0; 9];
    tokio::io::AsyncReadExt::read_exact(&mut raw.0, &mut head).await.unwrap();
    assert_eq!(head[3], 4, "settings come first");
    let mut settings = vec![0; usize::from(u16::from_be_bytes([head[1], head[2]]))];
    tokio::io::AsyncReadExt::read_exact(&mut raw.0, &mut settings).await.unwrap();
    let value = |name: u16| {
        let setting = settings.chunks(6).find(|setting| setting[..2] == name.to_be_bytes())?;
        Some(u32::from_be_bytes(*setting.last_chunk().unwrap()))
    };
    let (streams, head_bytes) = (value(3), value(6));
    assert!(streams.is_some_and(|streams| (1..=200).contains(&streams)), "{streams:?}");
    assert!(head_bytes.is_some_and(|bytes| bytes <= 64 * 1024), "{head_bytes:?}");
}
