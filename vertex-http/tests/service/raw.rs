//! Speaks HTTP byte by byte, as clients that mean harm do.

use std::time::Duration;

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::harness::Service;

/// Nothing here takes long; what does is stuck.
const PATIENCE: Duration = Duration::from_secs(120);

/// A connection that has not said anything.
pub struct Raw(pub TcpStream);

/// An answer that came whole.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn problem(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("{}: {}", self.head, String::from_utf8_lossy(&self.body)))
    }
}

impl Raw {
    pub async fn connect(service: &Service) -> Self {
        let address = service.url("").replace("http://", "");
        Self(TcpStream::connect(address).await.unwrap())
    }

    /// Sends bytes; `false` when the other side does not take them any more.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        let sent = timeout(PATIENCE, self.0.write_all(bytes.as_ref())).await;
        sent.expect("is taken or refused in time").is_ok()
    }

    /// Begins a request whose body does not come to its end, and waits until it is asked for: the connection is busy.
    pub async fn keep_busy(&mut self, headers: &str) {
        let head = format!(
            "POST /api/auth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
             content-length: 100\r\nexpect: 100-continue\r\n{headers}\r\n"
        );
        assert!(self.send(head).await);
        assert_eq!(self.answer().await.status, 100);
    }

    /// Everything until the other side closes.
    pub async fn rest(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let read = timeout(PATIENCE, self.0.read_to_end(&mut bytes)).await;
        // Who is cut off has what came before.
        let _ = read.expect("the connection is closed in time");
        bytes
    }

    /// The next answer that has a length.
    pub async fn answer(&mut self) -> Answer {
        let mut bytes = Vec::new();
        let mut piece = [0; 4096];
        let read = async {
            loop {
                if let Some(answer) = whole(&bytes) {
                    return answer;
                }
                let count = self.0.read(&mut piece).await.unwrap();
                assert!(count > 0, "closed after {:?}", String::from_utf8_lossy(&bytes));
                bytes.extend_from_slice(&piece[..count]);
            }
        };
        timeout(PATIENCE, read).await.expect("an answer comes in time")
    }
}

fn whole(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap().to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.map_or(0, |length| length.parse().unwrap());
    let body = bytes.get(end..end + length)?.to_vec();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Answer { status, head, body })
}
