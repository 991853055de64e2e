//! Programs that read files of strangers: each a process that reads one file, writes one folder, and ends when it takes too
//! long, too much memory or too much disk.

use std::{
    ffi::OsStr,
    io,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::{io::AsyncReadExt, process::Command, time::timeout};

/// How much of the machine a process may take.
#[derive(Clone, Copy, Debug)]
pub struct ProcessLimits {
    /// Bytes of memory.
    pub memory: u64,
    /// Time on the clock.
    pub time: Duration,
    /// Threads that may compute for as long as that.
    pub threads: u64,
    /// Bytes of a file that is written.
    pub output: u64,
}

/// Most that is kept of what a process complains of.
const MAX_COMPLAINT: u64 = 4096;

/// Why a process made nothing.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// It could not be started or waited for.
    #[error("it could not be run")]
    Io(#[from] io::Error),
    /// It took longer than so many seconds.
    #[error("takes longer than {0} s")]
    TooSlow(u64),
    /// It said this, or ended without a word as one does that takes too much.
    #[error("{0}")]
    Failed(String),
}

/// Runs a program to its end in `folder`, with nothing of this process' environment.
pub async fn run(
    program: &Path,
    arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    folder: &Path,
    limits: ProcessLimits,
) -> Result<(), ProcessError> {
    let numbers = [
        (limits.memory / 1024).to_string(),
        (limits.time.as_secs() * limits.threads).to_string(),
        (limits.output / 512).to_string(),
    ];
    let mut command = Command::new("/bin/sh");
    // The shell sets the limits and becomes the program.
    command
        .arg("-c")
        .arg("ulimit -v \"$1\" && ulimit -t \"$2\" && ulimit -f \"$3\" && shift 3 && exec \"$@\"")
        .arg("sh")
        .args(numbers)
        .arg(program)
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let mut child = command.spawn()?;
    let mut complaint = Vec::new();
    let ended = async {
        if let Some(said) = child.stderr.take() {
            let mut said = said.take(MAX_COMPLAINT);
            let _ = said.read_to_end(&mut complaint).await;
            // What it says beyond that is let go, so that it never waits for a reader.
            let _ = tokio::io::copy(said.get_mut(), &mut tokio::io::sink()).await;
        }
        child.wait().await
    };
    let Ok(ended) = timeout(limits.time, ended).await else {
        return Err(ProcessError::TooSlow(limits.time.as_secs()));
    };
    if ended?.success() {
        return Ok(());
    }
    let complaint = String::from_utf8_lossy(&complaint);
    let line = complaint.lines().next().unwrap_or("it took too much time or memory");
    Err(ProcessError::Failed(line.to_owned()))
}

/// The first program of one of these names on `PATH`.
pub fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let files = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    files.into_iter().find(|file| file.is_file())
}
