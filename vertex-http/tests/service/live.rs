//! What happens is told as it happens, across processes, and only to whom it concerns.

use std::time::Duration;

use futures::StreamExt;
use serde_json::{Value, json};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest},
};

use crate::harness::{Service, User, answer, is_ready, postgres_database, text};

type Socket =
    tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

async fn listen(service: &Service, user: &User<'_>) -> Socket {
    let url = service.url("/api/ws").replace("http://", "ws://");
    let mut request = url.into_client_request().unwrap();
    let token = format!("Bearer {}", user.token).parse().unwrap();
    request.headers_mut().insert("authorization", token);
    connect_async(request).await.unwrap().0
}

async fn next(socket: &mut Socket) -> Value {
    let heard = async {
        loop {
            if let Message::Text(text) = socket.next().await.unwrap().unwrap() {
                return serde_json::from_str(&text).unwrap();
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(120), heard).await.expect("something is told")
}

async fn member(service: &Service, company: &str) {
    let (status, _) = service.admin().await.post("/api/companies", json!({"name": company})).await;
    assert_eq!(status, 201);
    let make = ["user", "create", company, "--role", "admin", "--company", company];
    assert!(service.command(&make, "violet kettle marmalade").await.status.success());
}

#[tokio::test]
async fn a_company_hears_of_its_own_markers_only() {
    let service = Service::start().await;
    member(&service, "acme").await;
    member(&service, "globex").await;
    let acme = service.user("acme", "violet kettle marmalade").await;
    let globex = service.user("globex", "violet kettle marmalade").await;
    let (mut hears_acme, mut hears_globex) =
        (listen(&service, &acme).await, listen(&service, &globex).await);
    let first = acme.upload_picture("Acme's").await;
    let heard = next(&mut hears_acme).await;
    assert_eq!((&heard["type"], &heard["content_id"]), (&json!("marker_ready"), &first["id"]));
    let second = globex.upload_picture("Globex's").await;
    let heard = next(&mut hears_globex).await;
    assert_eq!(heard["content_id"], second["id"], "the first thing it hears is its own");
}

#[tokio::test]
async fn strangers_and_pages_of_other_sites_hear_nothing() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let url = service.url("/api/ws").replace("http://", "ws://");
    let refused = |result: Result<_, Error>| match result {
        Err(Error::Http(response)) => response.status().as_u16(),
        Err(other) => panic!("{other}"),
        Ok(_) => 101,
    };
    assert_eq!(refused(connect_async(&url).await), 401);
    let mut foreign = url.clone().into_client_request().unwrap();
    let cookie = format!("vertex_access={}", admin.token).parse().unwrap();
    foreign.headers_mut().insert("cookie", cookie);
    let mut own = foreign.clone();
    foreign.headers_mut().insert("origin", "https://evil.example.org".parse().unwrap());
    assert_eq!(refused(connect_async(foreign).await), 403);
    own.headers_mut().insert("origin", service.url("").parse().unwrap());
    assert_eq!(refused(connect_async(own).await), 101);
    assert_eq!(refused(connect_async(format!("{url}?token={}", admin.token)).await), 101);
    assert_eq!(answer(admin.request(reqwest::Method::GET, "/api/ws")).await.0, 422);
}

#[tokio::test]
async fn processes_on_one_database_tell_each_other() {
    let Some(url) = postgres_database().await else { return };
    let first = Service::start_with(&[("DATABASE_URL", &url)]).await;
    let second = first.sibling().await;
    let admin = first.admin().await;
    let mut hears = listen(&second, &second.admin().await).await;
    let content = admin.upload_picture("Portrait").await;
    assert_eq!(next(&mut hears).await["content_id"], content["id"]);
    let content = admin.content_when(text(&content["id"]), is_ready).await;
    let public = format!("/api/ar/{}", text(&content["unique_id"]));
    assert_eq!(answer(second.get(&public)).await.1["title"], "Portrait");
    let path = format!("/api/ar-content/{}", text(&content["id"]));
    assert_eq!(admin.put(&path, json!({"title": "Renamed"})).await.0, 200);
    let renamed = async {
        while answer(second.get(&public)).await.1["title"] != "Renamed" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    // Sooner than by itself: what is kept at hand is kept for a minute.
    tokio::time::timeout(Duration::from_secs(30), renamed).await.expect("the other is told");
}
