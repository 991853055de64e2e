//! Starts the binary in a folder of its own and speaks to it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use reqwest::{Client, Method, RequestBuilder, StatusCode, multipart};
use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::timeout,
};
use vertex_testkit::{
    postgres::PostgresDatabase,
    s3_server::{ACCESS_KEY, BUCKET, S3Server, SECRET_KEY},
};

/// Password of the first superadmin in every test.
pub const ADMIN_PASSWORD: &str = "correct horse battery";

/// Nothing here takes long; what does is stuck.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// A setting for [`launch`] alone.
const LOG_TO_FILE: &str = "TEST_LOG_TO_FILE";
/// Where the log goes then.
const LOG: &str = "log";

/// A running service.
pub struct Service {
    child: Child,
    settings: Vec<(String, String)>,
    address: String,
    pub data: TempDir,
    pub http: Client,
}

impl Service {
    /// On SQLite, with a data folder of its own.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// The same with these settings.
    pub async fn start_with(settings: &[(&str, &str)]) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), settings).await
    }

    /// On a data folder that is there already.
    pub async fn start_in(data: TempDir, settings: &[(&str, &str)]) -> Self {
        let own = settings.iter().map(|(name, value)| (name.to_string(), value.to_string()));
        let settings: Vec<_> = own.collect();
        let (child, address) = launch(data.path(), &settings).await;
        Self { child, settings, address, data, http: browser() }
    }

    /// The same, and what it logs about requests can be read.
    pub async fn start_logging(settings: &[(&str, &str)]) -> Self {
        let log = [("VERTEX_LOG", "info"), (LOG_TO_FILE, "yes")];
        Self::start_with(&[settings, &log].concat()).await
    }

    /// The lines that are logged about requests, once there are so many.
    pub async fn served(&self, count: usize) -> Vec<Value> {
        let lines = || {
            let log = fs::read_to_string(self.data.path().join(LOG)).unwrap();
            let lines = log.lines().filter_map(|line| serde_json::from_str(line).ok());
            let served = |line: &Value| line["message"] == "served";
            lines.filter(served).collect::<Vec<Value>>()
        };
        let logged = async {
            while lines().len() < count {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, logged).await.expect("is logged");
        lines()
    }

    /// Everything that was logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.data.path().join(LOG)).unwrap()
    }

    /// On SQLite, with a disk of its own of so many bytes, which only this process sees at its place; `None` where nobody
    /// may mount one.
    pub async fn start_on_small_disk(bytes: u64) -> Option<Self> {
        let data = tempfile::tempdir().unwrap();
        let settings = Vec::new();
        let (child, address) = launched(on_small_disk(data.path(), bytes).await?).await;
        Some(Self { child, settings, address, data, http: browser() })
    }

    /// The data folder as the process sees it.
    pub fn own_data(&self) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.pid()));
        root.join(self.data.path().strip_prefix("/").unwrap())
    }

    /// On SQLite, all files in this S3.
    pub async fn start_on(server: &S3Server) -> Self {
        Self::start_with(&[
            ("STORAGE_TYPE", "minio"),
            ("MINIO_ENDPOINT", &server.endpoint()),
            ("MINIO_BUCKET", BUCKET),
            ("MINIO_ACCESS_KEY", ACCESS_KEY),
            ("MINIO_SECRET_KEY", SECRET_KEY),
        ])
        .await
    }

    /// Kills the process without warning and starts another on the same data.
    pub async fn kill_and_restart(&mut self) {
        self.child.kill().await.unwrap();
        let (child, address) = launch(self.data.path(), &self.settings).await;
        (self.child, self.address) = (child, address);
    }

    /// Another process on the same data.
    pub async fn sibling(&self) -> Self {
        let (child, address) = launch(self.data.path(), &self.settings).await;
        let (settings, data) = (self.settings.clone(), tempfile::tempdir().unwrap());
        Self { child, settings, address, data, http: browser() }
    }

    /// Stops the process in peace and starts another on the same data.
    pub async fn restart(mut self) -> Self {
        assert!(self.terminate().await.success());
        let (child, address) = launch(self.data.path(), &self.settings).await;
        (self.child, self.address) = (child, address);
        self
    }

    /// The same with some settings changed.
    pub async fn restart_with(mut self, changes: &[(&str, &str)]) -> Self {
        for (name, value) in changes {
            self.settings.retain(|(known, _)| known != name);
            self.settings.push((name.to_string(), value.to_string()));
        }
        self.restart().await
    }

    /// Asks the process to stop and waits until it has.
    pub async fn stop(mut self) -> std::process::ExitStatus {
        self.terminate().await
    }

    /// The same, keeping the data.
    pub async fn stop_and_keep(mut self) -> (std::process::ExitStatus, TempDir) {
        let status = self.terminate().await;
        (status, self.data)
    }

    async fn terminate(&mut self) -> std::process::ExitStatus {
        let pid = self.pid().to_string();
        let asked = Command::new("kill").args(["-TERM", &pid]).status().await.unwrap();
        assert!(asked.success());
        timeout(PATIENCE, self.child.wait()).await.expect("stops in time").unwrap()
    }

    /// Bytes of memory the process has now.
    pub fn resident(&self) -> u64 {
        self.memory("VmRSS:")
    }

    /// The most it had since [`Self::forget_peak`].
    pub fn peak_resident(&self) -> u64 {
        self.memory("VmHWM:")
    }

    /// From here on the peak is that of what follows (proc(5), `clear_refs`).
    pub fn forget_peak(&self) {
        fs::write(format!("/proc/{}/clear_refs", self.pid()), "5").unwrap();
    }

    fn memory(&self, field: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let line = status.lines().find(|line| line.starts_with(field)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
    }

    pub fn pid(&self) -> u32 {
        self.child.id().expect("runs")
    }

    pub fn url(&self, path: &str) -> String {
        // A link from an answer may be older than the port of this process.
        let own = path
            .strip_prefix("http://localhost:")
            .and_then(|rest| rest.find('/').map(|at| &rest[at..]));
        match own {
            None if path.starts_with("http") => path.to_owned(),
            own => format!("{}{}", self.address, own.unwrap_or(path)),
        }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.url(path))
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    /// Signs in and gives the tokens' answer.
    pub async fn login(&self, username: &str, password: &str) -> (StatusCode, Value) {
        let body = json!({ "username": username, "password": password });
        answer(self.request(Method::POST, "/api/auth/login").json(&body)).await
    }

    /// The first superadmin, signed in.
    pub async fn admin(&self) -> User<'_> {
        self.user("admin", ADMIN_PASSWORD).await
    }

    pub async fn user(&self, username: &str, password: &str) -> User<'_> {
        let (status, tokens) = self.login(username, password).await;
        assert_eq!(status, 200, "{tokens}");
        User { service: self, token: tokens["access_token"].as_str().unwrap().to_owned() }
    }

    /// Runs another command of the binary on the same data.
    pub async fn command(&self, arguments: &[&str], password: &str) -> std::process::Output {
        let mut command = command(self.data.path(), &self.settings);
        command.args(arguments).env("VERTEX_USER_PASSWORD", password).output().await.unwrap()
    }

    /// Runs SQL past the service, on its SQLite.
    pub async fn sql(&self, sql: &'static str) {
        let file = self.data.path().join("vertex.db");
        let options = SqliteConnectOptions::new().filename(file).busy_timeout(PATIENCE);
        let mut database = SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::query(sql).execute(&mut database).await.unwrap();
    }

    /// Every object in storage, as paths below `files/`.
    pub fn stored(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.data.path().join("files")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => folders.push(path),
                    // Marks the folder of unfinished writes as in use.
                    false if path.extension().is_some_and(|e| e == "lock") => {}
                    false => found.push(path),
                }
            }
        }
        found.sort();
        found
    }

    /// Waits until `done` holds of the stored files: jobs write and remove them.
    pub async fn stored_when(&self, done: impl Fn(&[PathBuf]) -> bool) {
        let waited = async {
            while !done(&self.stored()) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let in_time = timeout(PATIENCE, waited).await;
        assert!(in_time.is_ok(), "the stored files never got there: {:?}", self.stored());
    }
}

/// What the service says when it does not start on this data.
pub async fn start_refused(data: &Path, settings: &[(&str, &str)]) -> String {
    let settings: Vec<_> = settings.iter().map(|(n, v)| (n.to_string(), v.to_string())).collect();
    let output = command(data, &settings).arg("serve").output().await.unwrap();
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

/// Views of programs are not counted: the tests are people.
fn browser() -> Client {
    let agent = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36";
    Client::builder().user_agent(agent).build().unwrap()
}

/// A signed-in user.
pub struct User<'a> {
    pub service: &'a Service,
    pub token: String,
}

impl User<'_> {
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.service.request(method, path).bearer_auth(&self.token)
    }

    pub async fn get(&self, path: &str) -> (StatusCode, Value) {
        answer(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        answer(self.request(Method::POST, path).json(&body)).await
    }

    /// Has only MindAR markers made for this user's company: NFT ones take most of the time of an engine that is built for tests.
    pub async fn wants_mind_only(&self) {
        let (_, me) = self.get("/api/auth/me").await;
        let path = format!("/api/companies/{}", text(&me["company_id"]));
        let (status, company) = self.put(&path, json!({ "marker_formats": "mind" })).await;
        assert_eq!(status, 200, "{company}");
    }

    pub async fn put(&self, path: &str, body: Value) -> (StatusCode, Value) {
        answer(self.request(Method::PUT, path).json(&body)).await
    }

    pub async fn delete(&self, path: &str) -> (StatusCode, Value) {
        answer(self.request(Method::DELETE, path)).await
    }

    pub async fn form(&self, path: &str, form: multipart::Form) -> (StatusCode, Value) {
        answer(self.request(Method::POST, path).multipart(form)).await
    }

    /// Uploads the test portrait and gives its content.
    pub async fn upload_picture(&self, title: &str) -> Value {
        let form = multipart::Form::new().text("title", title.to_owned()).part("image", picture());
        let (status, content) = self.form("/api/ar-content", form).await;
        assert_eq!(status, 201, "{content}");
        content
    }

    pub async fn upload_video(&self, content: &Value, file: &str) -> Value {
        let path = format!("/api/ar-content/{}/videos", text(&content["id"]));
        let form = multipart::Form::new().part("video", part(clip(file), file));
        let (status, video) = self.form(&path, form).await;
        assert_eq!(status, 201, "{video}");
        video
    }

    /// The content once `done` holds of it.
    pub async fn content_when(&self, id: &str, done: impl Fn(&Value) -> bool) -> Value {
        self.when(&format!("/api/ar-content/{id}"), done).await
    }

    /// An answer once `done` holds of it; the server has no event for it that HTTP carries yet.
    pub async fn when(&self, path: &str, done: impl Fn(&Value) -> bool) -> Value {
        let asked = async {
            loop {
                let (status, value) = self.get(path).await;
                assert_eq!(status, 200, "{value}");
                if done(&value) {
                    return value;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(PATIENCE, asked).await.unwrap_or_else(|_| panic!("{path} never got there"))
    }

    /// Waits until a path answers 404.
    pub async fn gone(&self, path: &str) {
        let asked = async {
            while self.get(path).await.0 != 404 {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(PATIENCE, asked).await.unwrap_or_else(|_| panic!("{path} stays"));
    }
}

pub fn is_ready(content: &Value) -> bool {
    assert_ne!(content["marker_status"], "failed", "{content}");
    content["marker_status"] == "ready"
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is not a text"))
}

pub async fn answer(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    let status = response.status();
    let bytes = response.bytes().await.unwrap();
    let value = match bytes.is_empty() {
        true => Value::Null,
        false => serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| panic!("{status}: {}", String::from_utf8_lossy(&bytes))),
    };
    (status, value)
}

pub fn part(bytes: Vec<u8>, name: &str) -> multipart::Part {
    multipart::Part::bytes(bytes).file_name(name.to_owned())
}

pub fn portrait() -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../vertex-markers/tests/data/astronaut.png");
    fs::read(path).unwrap()
}

pub fn picture() -> multipart::Part {
    part(portrait(), "portrait.png")
}

pub fn clip(name: &str) -> Vec<u8> {
    let folder =
        if name.starts_with("video-") { "../vertex-core/video/tests/data" } else { "tests/data" };
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(name)).unwrap()
}

fn command(data: &Path, settings: &[(String, String)]) -> Command {
    dressed(env!("CARGO_BIN_EXE_vertex"), data, settings)
}

fn dressed(program: &str, data: &Path, settings: &[(String, String)]) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(data)
        .env("VERTEX_LISTEN", "127.0.0.1:0")
        .env("VERTEX_DATA_DIR", data)
        .env("VERTEX_ADMIN_PASSWORD", ADMIN_PASSWORD)
        .env("VERTEX_LOG", "warn")
        .env("VERTEX_LIMIT_PER_MINUTE", "0")
        .env("VERTEX_LIMIT_AUTH_PER_MINUTE", "0")
        .env("VERTEX_LIMIT_UPLOADS_PER_MINUTE", "0")
        .env("VERTEX_LIMIT_VIEWERS_PER_MINUTE", "0")
        .env("VERTEX_LIMIT_REPORTS_PER_MINUTE", "0")
        .env("VERTEX_LIMIT_FILES_PER_MINUTE", "0")
        .env("VERTEX_LIMIT_USER_PER_MINUTE", "0")
        .env("VERTEX_LIMIT_COMPANY_PER_MINUTE", "0")
        .envs(settings.iter().cloned())
        .kill_on_drop(true);
    command
}

/// The service in a mount namespace of its own, with a file system in memory as the data folder.
async fn on_small_disk(data: &Path, bytes: u64) -> Option<Command> {
    let mount = "mount -t tmpfs -o size=$1 tmpfs \"$2\"";
    for user in [&[][..], &["--user", "--map-root-user"]] {
        let unshare = |script: &str| {
            let mut command = dressed("unshare", data, &[]);
            command.args(user).args(["--mount", "sh", "-c", script, "sh", &bytes.to_string()]);
            command.arg(data).arg(env!("CARGO_BIN_EXE_vertex"));
            command
        };
        if unshare(mount).output().await.is_ok_and(|tried| tried.status.success()) {
            return Some(unshare(&format!("{mount} && cd \"$2\" && exec \"$3\" serve")));
        }
    }
    assert!(std::env::var_os("CI").is_none(), "nobody may mount a file system here");
    eprintln!("skipped: nobody may mount a file system here");
    None
}

async fn launch(data: &Path, settings: &[(String, String)]) -> (Child, String) {
    let mut command = command(data, settings);
    if settings.iter().any(|(name, _)| name == LOG_TO_FILE) {
        command.stderr(fs::File::create(data.join(LOG)).unwrap());
    }
    command.arg("serve");
    if !settings.iter().any(|(name, _)| name == "BASE_URL") {
        return launched(command).await;
    }
    // The address that the service says is then not the one that it is reached at.
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    command.env("VERTEX_LISTEN", address.to_string());
    let (child, _) = launched(command).await;
    (child, format!("http://{address}"))
}

async fn launched(mut command: Command) -> (Child, String) {
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let address = timeout(PATIENCE, async {
        while let Some(line) = lines.next_line().await.unwrap() {
            if let Some((_, address)) = line.split_once("listening on ") {
                return address.replace("localhost", "127.0.0.1");
            }
        }
        panic!("the service did not come up");
    });
    let address = address.await.expect("comes up in time");
    (child, address)
}

/// A database of its own on the PostgreSQL of the tests; `None` where there is none and none is demanded.
pub async fn postgres_database() -> Option<String> {
    Some(PostgresDatabase::create().await?.url())
}
