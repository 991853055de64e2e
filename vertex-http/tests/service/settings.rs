//! What the operator says is understood, or the start says in one line what is not.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
    time::timeout,
};

use crate::harness::{ADMIN_PASSWORD, Service, is_ready};

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

/// The first line of a service's log that has this word.
async fn log_line_with(folder: &Path, settings: &[(&str, &str)], word: &str) -> String {
    let mut child = serve(folder, settings).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let line = timeout(PATIENCE, async {
        loop {
            let line = lines.next_line().await.unwrap().expect("the log says it");
            if line.contains(word) {
                return line;
            }
        }
    });
    let line = line.await.unwrap();
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
    fs::write(data.join(".env"), file).unwrap();
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
        fs::write(folder.path().join(".env"), file).unwrap();
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
        let given = [(name, "https://key@sentry.example.org/1")];
        let line = log_line_with(folder.path(), &given, name).await;
        assert!(line.contains("WARN") && line.contains(says), "{line}");
        assert!(!line.contains("key@"), "{line}");
    }
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_named_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let url = "postgres://u:hunter2@127.0.0.1:1/studio";
    let complaint = complaint(folder.path(), &[("DATABASE_URL", url)]).await;
    assert_eq!(
        complaint.trim_end(),
        "error: the database of DATABASE_URL is not available: host 127.0.0.1, port 1, database studio: \
         connection refused: nothing listens there"
    );
}

#[tokio::test]
async fn servers_that_do_not_answer_are_named_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let storage = [
        ("STORAGE_TYPE", "minio"),
        ("MINIO_ENDPOINT", "http://127.0.0.1:1"),
        ("MINIO_BUCKET", "studio"),
        ("MINIO_ACCESS_KEY", "key"),
        ("MINIO_SECRET_KEY", "hunter2"),
    ];
    let line = log_line_with(folder.path(), &storage, "MINIO_ENDPOINT").await;
    assert!(line.contains("MINIO_ENDPOINT=http://127.0.0.1:1, MINIO_BUCKET=studio: "), "{line}");
    assert!(!line.contains("hunter2"), "{line}");
    let mail = [("SMTP_HOST", "127.0.0.1"), ("SMTP_PORT", "1"), ("VERTEX_SMTP_SECURITY", "none")];
    let line = log_line_with(folder.path(), &mail, "SMTP_HOST").await;
    assert!(line.contains("SMTP_HOST=127.0.0.1, SMTP_PORT=1: "), "{line}");
}

#[tokio::test]
async fn the_data_directory_may_have_any_name() {
    let folder = tempfile::tempdir().unwrap();
    for name in
        ["why?", "a%20b", "100%", "a#b &=;", "\u{434}\u{430}\u{43d}\u{43d}\u{44b}\u{435}", "file:x"]
    {
        let data = folder.path().join(name);
        let service = Service::start_with(&[("VERTEX_DATA_DIR", data.to_str().unwrap())]).await;
        let admin = service.admin().await;
        let content = admin.upload_picture("any name").await;
        let id = content["id"].as_str().unwrap();
        admin.content_when(id, is_ready).await;
        assert!(data.join("vertex.db").is_file() && data.join("files/content").is_dir(), "{name}");
        assert!(service.stop().await.success());
    }
}

/// Every file and directory below one, with the permissions it gives.
fn permissions(path: &Path) -> Vec<(PathBuf, u32)> {
    let meta = fs::symlink_metadata(path).unwrap();
    let mut found = vec![(path.to_owned(), meta.permissions().mode() & 0o777)];
    if meta.is_dir() {
        let inside = fs::read_dir(path).unwrap().map(|entry| permissions(&entry.unwrap().path()));
        found.extend(inside.flatten());
    }
    found
}

fn assert_private(data: &Path) {
    for (path, mode) in permissions(data) {
        let expected = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode, expected, "{}: {mode:o}", path.display());
    }
}

#[tokio::test]
async fn only_the_service_reads_its_files() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let settings = [("VERTEX_DATA_DIR", data.to_str().unwrap())];
    let service = Service::start_with(&settings).await;
    let admin = service.admin().await;
    let content = admin.upload_picture("ours alone").await;
    let content = admin.content_when(content["id"].as_str().unwrap(), is_ready).await;
    admin.upload_video(&content, "clip.mp4").await;
    assert_private(&data);
    // An older version left them to everybody.
    for (path, _) in permissions(&data) {
        let mode = if path.is_dir() { 0o755 } else { 0o644 };
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }
    let service = service.restart().await;
    service.admin().await;
    assert_private(&data);
}

#[tokio::test]
async fn a_key_that_was_emptied_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("data/keys");
    fs::create_dir_all(&keys).unwrap();
    fs::write(keys.join("secret"), "").unwrap();
    let complaint = complaint(folder.path(), &[("VERTEX_LOG", "error")]).await;
    assert!(complaint.contains("keys/secret: has fewer than 32 characters"), "{complaint}");
}

#[tokio::test]
async fn a_worker_serves_its_metrics_where_it_is_told_to() {
    let folder = tempfile::tempdir().unwrap();
    for token in [None, Some("a long token")] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_vertex"))
            .arg("worker")
            .current_dir(folder.path())
            .env("VERTEX_DATA_DIR", folder.path().join("data"))
            .env("VERTEX_METRICS_LISTEN", "127.0.0.1:0")
            .envs(token.map(|token| ("VERTEX_METRICS_TOKEN", token)))
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap().unwrap();
        let url = line.strip_prefix("Metrics are at ").unwrap();
        let http = reqwest::Client::new();
        let open = http.get(url).send().await.unwrap();
        assert_eq!(open.status().as_u16(), if token.is_none() { 200 } else { 404 });
        let known = http.get(url).bearer_auth("a long token").send().await.unwrap();
        let figures = known.text().await.unwrap();
        assert!(figures.contains("# TYPE process_cpu_seconds_total counter"), "{figures}");
        child.kill().await.unwrap();
    }
}
