//! A PostgreSQL of a test's own, which it may stop and start.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

/// A server on loopback. It stops when it is dropped.
pub struct PostgresServer {
    programs: PathBuf,
    base: TempDir,
    port: u16,
}

impl PostgresServer {
    /// Makes one and starts it; `None` where PostgreSQL is not installed and none is demanded.
    pub fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            assert!(std::env::var_os("CI").is_none(), "PostgreSQL is not installed");
            eprintln!("skipped: PostgreSQL is not installed");
            return None;
        };
        let base = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Self { programs, base, port };
        if is_root() {
            let owned = Command::new("chown").arg("postgres").arg(server.base.path()).status();
            assert!(owned.unwrap().success());
        }
        server.run(
            "initdb",
            &["--username", "vertex", "--auth", "trust", "--encoding", "UTF8", "--no-sync"],
        );
        server.go_on();
        Some(server)
    }

    pub fn url(&self) -> String {
        format!("postgres://vertex@127.0.0.1:{}/postgres", self.port)
    }

    /// Stops it without a word to anybody, as a crash does.
    pub fn stop(&self) {
        self.run("pg_ctl", &["stop", "--silent", "--mode", "immediate"]);
    }

    /// Starts it again.
    pub fn go_on(&self) {
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={} -c unix_socket_directories='' -c fsync=off",
            self.port
        );
        let log = self.base.path().join("log");
        let log = log.to_str().unwrap();
        self.run("pg_ctl", &["start", "--silent", "--wait", "--log", log, "--options", &options]);
    }

    /// Has every process of it stop in the middle of what it does, or go on.
    pub fn signal(&self, signal: &str) {
        let pids = fs::read_to_string(self.base.path().join("data/postmaster.pid")).unwrap();
        let postmaster = pids.lines().next().unwrap();
        let children = Command::new("pgrep").args(["-P", postmaster]).output().unwrap();
        let children = String::from_utf8(children.stdout).unwrap();
        // A child may have ended meanwhile.
        let _ = Command::new("kill").arg(signal).args(children.split_whitespace()).output();
        assert!(Command::new("kill").args([signal, postmaster]).status().unwrap().success());
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let program = self.programs.join(program);
        // It refuses to run as root.
        let mut command = match is_root() {
            true => {
                let mut command = Command::new("setpriv");
                command.args(["--reuid", "postgres", "--regid", "postgres", "--init-groups"]);
                command.arg(program);
                command
            }
            false => Command::new(program),
        };
        command.args(arguments).arg("--pgdata").arg(self.base.path().join("data"));
        command.current_dir(self.base.path()).stdout(Stdio::null()).stderr(Stdio::null());
        assert!(command.status().unwrap().success(), "{command:?}");
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        if self.base.path().join("data/postmaster.pid").exists() {
            self.signal("-CONT");
            self.stop();
        }
    }
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}

/// The newest installation Debian knows of, else whatever is on the `PATH`.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions.max_by_key(|entry| {
        entry.file_name().to_str().and_then(|version| version.parse::<u32>().ok())
    });
    let installed = newest.map(|entry| entry.path().join("bin"));
    let path = std::env::var_os("PATH")?;
    let on_path = || std::env::split_paths(&path).find(|folder| has_initdb(folder));
    installed.filter(|folder| has_initdb(folder)).or_else(on_path)
}

fn has_initdb(folder: &Path) -> bool {
    folder.join("initdb").is_file()
}
