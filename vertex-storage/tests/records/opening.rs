//! A database that cannot be opened says which, and why.

use std::error::Error as _;

use futures::future::join_all;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use vertex_core::ErrorKind;
use vertex_storage::Database;

/// The cause that the operator reads.
async fn cause(url: &str) -> String {
    let error = Database::connect(url).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(error.to_string(), "the database of DATABASE_URL is not available");
    let cause = error.source().unwrap().to_string();
    assert!(!cause.contains("hunter2"), "{cause}");
    cause
}

/// A port where somebody answers everything with these bytes, or with nothing at all.
async fn double(answer: Option<Vec<u8>>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut connection, _)) = listener.accept().await {
            if let Some(answer) = &answer {
                let mut request = [0; 1024];
                let _ = connection.read(&mut request).await;
                let _ = connection.write_all(answer).await;
            }
            open.push(connection);
        }
    });
    port
}

/// PostgreSQL's message that ends a start-up.
fn refusal(code: &str, message: &str) -> Vec<u8> {
    let fields = format!("SFATAL\0VFATAL\0C{code}\0M{message}\0\0");
    let length = u32::try_from(fields.len() + 4).unwrap();
    [b"E".as_slice(), &length.to_be_bytes(), fields.as_bytes()].concat()
}

#[tokio::test]
async fn a_postgres_that_cannot_be_reached_is_named() {
    let wrong_password = r#"password authentication failed for user "u""#;
    let password = double(Some(refusal("28P01", wrong_password))).await;
    let database = double(Some(refusal("3D000", r#"database "db" does not exist"#))).await;
    let silent = double(None).await;
    let cases = [
        (
            format!("u:hunter2@127.0.0.1:{password}"),
            format!("wrong user or password: {wrong_password}"),
        ),
        (
            format!("u:hunter2@127.0.0.1:{database}"),
            r#"no such database: database "db" does not exist"#.to_owned(),
        ),
        (format!("u:hunter2@127.0.0.1:{silent}"), "no answer within 10 s".to_owned()),
        (
            "u:hunter2@127.0.0.1:1".to_owned(),
            "connection refused: nothing listens there".to_owned(),
        ),
    ];
    join_all(cases.iter().map(async |(server, expected)| {
        let (_, port) = server.rsplit_once(':').unwrap();
        let cause = cause(&format!("postgres://{server}/db?sslmode=disable")).await;
        assert_eq!(cause, format!("host 127.0.0.1, port {port}, database db: {expected}"));
    }))
    .await;
}

#[tokio::test]
async fn an_unknown_host_is_said_to_be_one() {
    let cause = cause("postgres://u:hunter2@nowhere.invalid/db").await;
    let begins = "host nowhere.invalid, port 5432, database db: this host is not known";
    assert!(cause.starts_with(begins) && cause.contains("%23"), "{cause}");
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).display().to_string();
    std::fs::write(
        path("text"),
        "this is no database, it is a text of more than 100 bytes ".repeat(9),
    )
    .unwrap();
    for (url, expected) in [
        (format!("sqlite:{}", path("missing.db")), "there is no such file"),
        (format!("sqlite:{}?mode=rwc", path("no/folder.db")), "there is no folder"),
        (format!("sqlite:{}", path("text")), "not a database"),
    ] {
        let cause = cause(&url).await;
        assert!(cause.contains(expected) && cause.contains(&path("")[1..]), "{cause}");
    }
}

#[tokio::test]
async fn a_file_may_have_any_name() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["why?", "a%20b", "100%", "a#b", "a&b=c;d", "две части", "file:x", ":memory:"]
    {
        let file = directory.path().join(name).join("vertex.db");
        std::fs::create_dir(file.parent().unwrap()).unwrap();
        let database = Database::open(&file).await.unwrap();
        database.migrate().await.unwrap();
        database.close().await;
        assert!(file.is_file(), "{name}");
    }
}
