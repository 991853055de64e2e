//! ffmpeg, where the machine has it: a process of its own for each video, which reads one file, writes one folder, and
//! ends when it takes too long, too much memory or too much disk.

use std::{
    io,
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use futures::TryStreamExt;
use tempfile::TempDir;
use tokio::{
    fs,
    io::{AsyncReadExt, AsyncWriteExt},
    process::Command,
    time::timeout,
};
use tokio_util::io::ReaderStream;
use vertex_core::{
    Error, Result,
    paths::ObjectPath,
    ports::{Objects, Rung, RungPlan, VideoConverter, pour},
};
use vertex_markers::{Limits, Picture};

/// How much of a process' resources a video may take.
#[derive(Clone, Copy, Debug)]
pub struct FfmpegLimits {
    /// Bytes of memory.
    pub memory: u64,
    /// Time on the clock; as much for each core of the processor.
    pub time: Duration,
}

/// Largest file that is written.
const MAX_OUTPUT: u64 = 8 << 30;
/// Bytes that are carried at once.
const PIECE: usize = 1 << 20;
/// Age of a folder that nobody works in any more.
const ABANDONED: Duration = Duration::from_secs(2 * 86_400);
/// Threads of one process.
const THREADS: u64 = 2;
/// Most that is kept of what it complains of.
const MAX_COMPLAINT: u64 = 4096;

/// Runs ffmpeg.
#[derive(Clone, Debug)]
pub struct Ffmpeg {
    program: Option<PathBuf>,
    limits: FfmpegLimits,
    folder: PathBuf,
}

impl Ffmpeg {
    /// The program that was named, else the first of that name on `PATH`. Files lie in `folder` while it runs;
    /// what processes that died left there is removed.
    ///
    /// # Errors
    /// When a program was named that is not there, or the folder cannot be made.
    pub fn find(named: Option<&Path>, folder: PathBuf, limits: FfmpegLimits) -> Result<Self> {
        let program = match named {
            // It is started in another folder.
            Some(named) if named.is_file() => std::path::absolute(named).ok(),
            Some(named) => {
                let why = format!("{} is not a file", named.display());
                return Err(Error::internal("FFMPEG_PATH", why));
            }
            None => on_path(),
        };
        let made = std::fs::create_dir_all(&folder).and_then(|()| remove_abandoned(&folder));
        let folder = made.and_then(|()| folder.canonicalize());
        let folder = folder.map_err(|error| Error::internal("the folder of conversions", error))?;
        Ok(Self { program, limits, folder })
    }

    /// None at all.
    #[cfg(test)]
    pub fn none() -> Self {
        let limits = FfmpegLimits { memory: 1 << 30, time: Duration::from_secs(60) };
        Self { program: None, limits, folder: PathBuf::new() }
    }

    /// The frame in the middle of a video.
    pub async fn middle_frame(
        &self,
        objects: Arc<dyn Objects>,
        from: &ObjectPath,
        duration_seconds: Option<f64>,
    ) -> Result<Option<Picture>> {
        if self.program.is_none() {
            return Ok(None);
        }
        let run = self.begin(objects, from).await?;
        let middle = format!("{:.3}", duration_seconds.unwrap_or_default() / 2.0);
        let out = run.folder.path().join("frame.png");
        let scale = "scale='min(1920,iw)':-2";
        run.convert(&["-ss", &middle], &["-map", "0:v:0", "-frames:v", "1", "-vf", scale], &out)
            .await?;
        let bytes = fs::read(&out).await.map_err(disk)?;
        let picture = Picture::decode(&bytes, &Limits { min_side: 1, ..Limits::ENGINE });
        picture.map(Some).map_err(|error| Error::field("video", error.to_string()))
    }

    /// Brings the video to the disk.
    async fn begin(&self, objects: Arc<dyn Objects>, from: &ObjectPath) -> Result<Run> {
        let program = self.program.clone();
        let program =
            program.ok_or_else(|| Error::Conflict("there is no ffmpeg here".to_owned()))?;
        let folder = tempfile::tempdir_in(&self.folder).map_err(disk)?;
        let source = folder.path().join(SOURCE);
        fetch(objects.as_ref(), from, &source).await?;
        let format = if from.as_str().ends_with(".webm") { "matroska" } else { "mov" };
        Ok(Run { program, limits: self.limits, format, folder })
    }
}

/// The name of the video that is converted, in its folder.
const SOURCE: &str = "source";

/// One video on the disk. The folder goes with it.
struct Run {
    program: PathBuf,
    limits: FfmpegLimits,
    format: &'static str,
    folder: TempDir,
}

/// What every H.264 file is made with.
const H264: &str = "-map 0:v:0 -map 0:a:0? -map_metadata -1 -map_chapters -1 -threads 2 \
    -c:v libx264 -preset veryfast -pix_fmt yuv420p -c:a aac -b:a 128k -ac 2";

/// One file of parts of four seconds, each of which can be played by itself, and a list of them.
const HLS: &str = "-sc_threshold 0 -force_key_frames expr:gte(t,n_forced*4) -f hls -hls_time 4 \
    -hls_playlist_type vod -hls_segment_type fmp4 -hls_flags single_file";

fn words<'a>(text: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    text.split_whitespace().chain(more.iter().copied()).collect()
}

impl Run {
    /// Has ffmpeg make one file of the other.
    async fn convert(&self, before: &[&str], options: &[&str], out: &Path) -> Result<()> {
        let limits = [
            (self.limits.memory / 1024).to_string(),
            (self.limits.time.as_secs() * THREADS).to_string(),
            (MAX_OUTPUT / 512).to_string(),
        ];
        let mut command = Command::new("/bin/sh");
        // The shell sets the limits and becomes ffmpeg.
        command
            .arg("-c")
            .arg("ulimit -v \"$1\" && ulimit -t \"$2\" && ulimit -f \"$3\" && shift 3 && exec \"$@\"")
            .arg("sh")
            .args(limits)
            .arg(&self.program)
            .args(["-nostdin", "-hide_banner", "-loglevel", "error"])
            .args(["-protocol_whitelist", "file", "-f", self.format])
            .args(before)
            // Names within the folder: the path to it may hold a `%`, which ffmpeg takes for a number of files.
            .args(["-i", SOURCE])
            .args(options)
            .arg(out.file_name().unwrap_or_default())
            .current_dir(self.folder.path())
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command.spawn().map_err(disk)?;
        let mut complaint = String::new();
        let ended = async {
            if let Some(said) = child.stderr.take() {
                let mut said = said.take(MAX_COMPLAINT);
                let _ = said.read_to_string(&mut complaint).await;
                // What it says beyond that is let go, so that it never waits for a reader.
                let _ = tokio::io::copy(said.get_mut(), &mut tokio::io::sink()).await;
            }
            child.wait().await
        };
        let Ok(ended) = timeout(self.limits.time, ended).await else {
            let seconds = self.limits.time.as_secs();
            return Err(Error::field("video", format!("takes longer than {seconds} s to convert")));
        };
        match ended.map_err(disk)?.success() {
            true => Ok(()),
            false => {
                let line = complaint.lines().next().unwrap_or("it took too much time or memory");
                Err(Error::field("video", format!("cannot be converted: {line}")))
            }
        }
    }

    /// Makes what is played at one height.
    async fn rung(&self, objects: &dyn Objects, plan: &RungPlan) -> Result<Rung> {
        let (list, media) = (file_name(&plan.list), file_name(&plan.media));
        let height = plan.height;
        let scale = format!("scale=-2:{height}");
        // About what the pixels of that height need.
        let kilobits = u64::from(height) * u64::from(height) / 230 + 150;
        let (rate, buffer) = (format!("{kilobits}k"), format!("{}k", kilobits * 2));
        let size = ["-maxrate", &rate, "-bufsize", &buffer, "-vf", &scale];
        let size = words("-crf 24 -profile:v main", &size);
        let parts = words(HLS, &["-hls_segment_filename", media]);
        let list = self.folder.path().join(list);
        self.convert(&[], &words(H264, &[size, parts].concat()), &list).await?;
        let text = fs::read_to_string(&list).await.map_err(disk)?;
        let media = self.folder.path().join(media);
        let bytes = self.keep(objects, &media, &plan.media).await?;
        self.keep(objects, &list, &plan.list).await?;
        Ok(Rung { width: width_of(&media, bytes).await?, height, bandwidth: bandwidth(&text) })
    }

    /// Puts a file that was made into the storage.
    async fn keep(&self, objects: &dyn Objects, file: &Path, to: &ObjectPath) -> Result<u64> {
        let file = fs::File::open(file).await.map_err(disk)?;
        let length = file.metadata().await.map_err(disk)?.len();
        pour(objects, to, ReaderStream::with_capacity(file, PIECE).map_err(disk)).await?;
        Ok(length)
    }
}

#[async_trait]
impl VideoConverter for Ffmpeg {
    fn is_available(&self) -> bool {
        self.program.is_some()
    }

    async fn web_copy(
        &self,
        objects: Arc<dyn Objects>,
        from: &ObjectPath,
        to: &ObjectPath,
    ) -> Result<()> {
        let run = self.begin(objects.clone(), from).await?;
        let out = run.folder.path().join("copy.mp4");
        let scale = "scale='trunc(min(1920,iw)/2)*2':-2";
        let own = ["-crf", "23", "-profile:v", "high", "-vf", scale, "-movflags", "+faststart"];
        run.convert(&[], &words(H264, &own), &out).await?;
        run.keep(objects.as_ref(), &out, to).await.map(drop)
    }

    async fn ladder(
        &self,
        objects: Arc<dyn Objects>,
        from: &ObjectPath,
        plans: &[RungPlan],
    ) -> Result<Vec<Rung>> {
        let run = self.begin(objects.clone(), from).await?;
        let mut rungs = Vec::with_capacity(plans.len());
        for plan in plans {
            rungs.push(run.rung(objects.as_ref(), plan).await?);
        }
        Ok(rungs)
    }
}

/// The greatest number of bits a second of any part of a list.
fn bandwidth(list: &str) -> u64 {
    let seconds = list
        .lines()
        .filter_map(|line| line.strip_prefix("#EXTINF:")?.trim_end_matches(',').parse().ok());
    let bytes = list
        .lines()
        .filter_map(|line| line.strip_prefix("#EXT-X-BYTERANGE:")?.split('@').next()?.parse().ok());
    let rates =
        seconds.zip(bytes).map(|(seconds, bytes): (f64, f64)| bytes * 8.0 / seconds.max(0.1));
    rates.fold(1.0, f64::max) as u64
}

fn file_name(path: &ObjectPath) -> &str {
    path.as_str().rsplit('/').next().unwrap_or_default()
}

async fn width_of(file: &Path, bytes: u64) -> Result<u32> {
    let file = std::fs::File::open(file).map_err(disk)?;
    let facts = tokio::task::spawn_blocking(move || vertex_video::inspect(file, bytes)).await;
    let facts = facts.map_err(|error| Error::internal("reading a video", error))?;
    let facts = facts.map_err(|error| Error::internal("what ffmpeg made", error))?;
    Ok(facts.width.unwrap_or(1))
}

async fn fetch(objects: &dyn Objects, from: &ObjectPath, to: &Path) -> Result<()> {
    let meta = objects.stat(from).await?.ok_or(Error::NotFound("object"))?;
    let mut pieces = objects.read(from, 0..meta.bytes).await?;
    let mut file = fs::File::create(to).await.map_err(disk)?;
    while let Some(piece) = pieces.try_next().await? {
        file.write_all(&piece).await.map_err(disk)?;
    }
    file.flush().await.map_err(disk)
}

/// Removes folders in which nothing has happened for so long that whoever made them has died.
fn remove_abandoned(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let age = entry.metadata()?.modified()?.elapsed().unwrap_or_default();
        if age > ABANDONED {
            std::fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

fn on_path() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join("ffmpeg")).find(|file| file.is_file())
}

fn disk(error: io::Error) -> Error {
    Error::unavailable("the disk of conversions", error)
}

#[cfg(test)]
#[path = "ffmpeg_tests.rs"]
mod tests;
