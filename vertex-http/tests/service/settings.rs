//! What the operator says is understood, or the start says in one line what is not.

use std::{path::Path, process::Stdio, time::Duration};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
    time::timeout,
};

use crate::harness::{ADMIN_PASSWORD, Service};

/// A start that takes longer is stuck.
const PATIENCE: Duration = Duration::from_secs(120);

fn serve(folder: &Path, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vertex"));
    command
        .arg("serve")
        .current_dir(folder)
        .env("VERTEX_DATA_DIR", folder.join("data"))
        .env("VERTEX_LISTEN", "127.0.0.1:0")
        .envs(settings.iter().copied())
        .kill_on_drop(true);
    command
}

/// The one line of a start that fails.
async fn complaint(folder: &Path, settings: &[(&str, &str)]) -> String {
    let output = timeout(PATIENCE, serve(folder, settings).output()).await.unwrap().unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success(), "{settings:?} was taken");
    assert_eq!(complaint.trim_end().lines().count(), 1, "{complaint}");
    complaint
}

/// The first line that the log has of a service that comes up.
async fn first_line_of_log(folder: &Path, settings: &[(&str, &str)]) -> String {
    let mut child = serve(folder, settings).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let line = timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap().unwrap();
    child.kill().await.unwrap();
    line
}

#[tokio::test]
async fn a_wrong_setting_stops_the_start_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    for (name, value) in [
        ("VERTEX_LISTEN", "everywhere"),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("SECRET_KEY", "hunter2"),
        ("SECRET_KEY", "00000000000000000000000000000000"),
        ("ACCESS_TOKEN_EXPIRE_MINUTES", "-1"),
        ("STORAGE_TYPE", "floppy"),
        ("VERTEX_LOG", "=nonsense="),
        ("VERTEX_LOG", "loud"),
        ("BASE_URL", "https://ar.example.org/vertex"),
        ("BASE_URL", "https://user:hunter2@ar.example.org"),
        ("REDIS_URL", "redis-cluster://:hunter2@h"),
        ("DATABASE_URL", "postgres+asyncpg://u:hunter2@127.0.0.1:1/db"),
    ] {
        let complaint = complaint(folder.path(), &[(name, value)]).await;
        assert!(complaint.starts_with(&format!("error: {name}=")), "{complaint}");
        assert!(
            complaint.contains("; takes ") && complaint.contains(", for example "),
            "{complaint}"
        );
        assert!(!complaint.contains("hunter2"), "{complaint}");
    }
}

#[tokio::test]
async fn a_password_in_the_file_is_taken_as_it_stands() {
    let password = "pa$sword #1 \"quoted\" back\\slash = 'all'";
    let service = Service::start().await;
    let data = service.data.path();
    let file = format!(
        "\u{feff}# our settings\r\nexport VERTEX_USER_PASSWORD = {password}\r\nVERTEX_MAIL_FROM=Vertex AR <ar@example.org>\r\n"
    );
    std::fs::write(data.join(".env"), file).unwrap();
    let made = Command::new(env!("CARGO_BIN_EXE_vertex"))
        .args(["user", "create", "olga"])
        .current_dir(data)
        .env("VERTEX_DATA_DIR", data)
        .output()
        .await
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    service.user("olga", password).await;
    service.user("admin", ADMIN_PASSWORD).await;
}

#[tokio::test]
async fn a_wrong_line_in_the_file_is_named_by_its_number() {
    let folder = tempfile::tempdir().unwrap();
    for (file, begins) in [
        ("# ours\nhunter2\n", "error: line 2 of .env sets nothing"),
        (
            "VERTEX_PURGE_DAYS=1\n\nVERTEX_PURGE_DAYS=2\n",
            "error: line 3 of .env sets VERTEX_PURGE_DAYS again",
        ),
        ("\nSECRET_KEY=hunter2\n", "error: SECRET_KEY=… (line 2 of .env): "),
    ] {
        std::fs::write(folder.path().join(".env"), file).unwrap();
        let complaint = complaint(folder.path(), &[]).await;
        assert!(complaint.starts_with(begins) && !complaint.contains("hunter2"), "{complaint}");
    }
}

#[tokio::test]
async fn a_name_that_does_nothing_is_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    for (name, says) in [
        ("VERTEX_LISTN", "VERTEX_LISTN is not a setting: do you mean VERTEX_LISTEN?"),
        ("SENTRY_DSN", "SENTRY_DSN does nothing: "),
    ] {
        let line =
            first_line_of_log(folder.path(), &[(name, "https://key@sentry.example.org/1")]).await;
        assert!(line.contains("WARN") && line.contains(says), "{line}");
        assert!(!line.contains("key@"), "{line}");
    }
}
