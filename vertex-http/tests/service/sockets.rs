//! WebSockets: how many one may have, and who is not there.

use std::time::Duration;

use tokio_tungstenite::{
    connect_async,
    tungstenite::{Error, client::IntoClientRequest},
};

use crate::{
    harness::{Service, User},
    raw::Raw,
};

async fn listen(service: &Service, user: &User<'_>) -> Result<impl Sized, u16> {
    let mut request =
        service.url("/api/ws").replace("http://", "ws://").into_client_request().unwrap();
    let token = format!("Bearer {}", user.token).parse().unwrap();
    request.headers_mut().insert("authorization", token);
    match connect_async(request).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn users_companies_and_all_have_so_many() {
    for (name, status) in [
        ("VERTEX_WEBSOCKETS_PER_USER", 429),
        ("VERTEX_WEBSOCKETS_PER_COMPANY", 429),
        ("VERTEX_MAX_WEBSOCKETS", 503),
    ] {
        let service = Service::start_with(&[(name, "2")]).await;
        let admin = service.admin().await;
        let sockets = [listen(&service, &admin).await, listen(&service, &admin).await];
        assert!(sockets.iter().all(Result::is_ok), "{name}");
        assert_eq!(listen(&service, &admin).await.err(), Some(status), "{name}");
        drop(sockets);
        let again = async {
            while listen(&service, &admin).await.is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), again).await.expect("they have left");
    }
}

#[tokio::test]
async fn who_does_not_answer_a_ping_is_not_there() {
    let service = Service::start_with(&[("VERTEX_IDLE_SECONDS", "2")]).await;
    let admin = service.admin().await;
    let mut raw = Raw::connect(&service).await;
    raw.send(format!(
        "GET /api/ws HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\nconnection: upgrade\r\n\
         upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
        admin.token
    ))
    .await;
    assert_eq!(raw.answer().await.status, 101);
    raw.rest().await;
}

#[tokio::test]
async fn many_sockets_take_little_memory() {
    let service = Service::start_with(&[("VERTEX_WEBSOCKETS_PER_USER", "0")]).await;
    let admin = service.admin().await;
    let mut sockets = vec![listen(&service, &admin).await];
    let before = service.resident();
    for _ in 0..200 {
        sockets.push(listen(&service, &admin).await);
    }
    assert!(sockets.iter().all(Result::is_ok));
    let grown = service.resident().saturating_sub(before) >> 10;
    assert!(grown < 200 * 80, "{grown} KB were taken");
}
