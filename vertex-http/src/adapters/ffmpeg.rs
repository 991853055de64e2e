//! ffmpeg, where the machine has it: a process of its own for each video, which reads one file, writes one folder, and
//! ends when it takes too long, too much memory or too much disk.

use std::{
    ffi::OsStr,
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use futures::TryStreamExt;
use tempfile::TempDir;
use tokio::{fs, io::AsyncWriteExt, sync::OnceCell};
use tokio_util::io::ReaderStream;
use vertex_core::{
    Error, Result,
    paths::ObjectPath,
    ports::{CompanyFiles, MiddleFrame, Objects, Rung, RungPlan, VideoConverter, VideoFile, pour},
};
use vertex_markers::{Limits, Picture};
use vertex_storage::{Reserve, disk_error};
use vertex_video::Description;

use super::{
    ffmpeg_abilities::Abilities,
    ffmpeg_filters::{self, Purpose},
    limited::{self, ProcessError, ProcessLimits},
};

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
/// Time for one attempt at a single picture.
const POSTER_TIME: Duration = Duration::from_secs(60);
/// What the system says when a disk is full.
const NO_SPACE: &str = "No space left on device";
/// Threads of one process.
const THREADS: u64 = 2;

/// Runs ffmpeg.
#[derive(Clone, Debug)]
pub struct Ffmpeg {
    program: Option<PathBuf>,
    limits: FfmpegLimits,
    folder: PathBuf,
    abilities: Arc<OnceCell<Abilities>>,
    reserve: Reserve,
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
            None => limited::on_path(&["ffmpeg"]),
        };
        let made = std::fs::create_dir_all(&folder).and_then(|()| remove_abandoned(&folder));
        let folder = made.and_then(|()| folder.canonicalize());
        let folder = folder.map_err(|error| Error::internal("the folder of conversions", error))?;
        Ok(Self { program, limits, folder, abilities: Arc::default(), reserve: Reserve::default() })
    }

    /// The same, leaving so much of the disk free.
    pub fn with_reserve(self, reserve: Reserve) -> Self {
        Self { reserve, ..self }
    }

    /// Where the program is.
    pub fn program(&self) -> Option<&Path> {
        self.program.as_deref()
    }

    /// Where files lie while it runs.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// None at all.
    #[cfg(test)]
    pub fn none() -> Self {
        let limits = FfmpegLimits { memory: 1 << 30, time: Duration::from_secs(60) };
        let (abilities, reserve) = Default::default();
        Self { program: None, limits, folder: PathBuf::new(), abilities, reserve }
    }

    /// The frame in the middle of a video: exactly where that is quick, else the key frame before it, else the first.
    pub async fn middle_frame(&self, from: &VideoFile) -> Result<MiddleFrame> {
        let run = self.begin(from).await?;
        let time = run.limits.time.min(POSTER_TIME);
        let run = Run { limits: FfmpegLimits { time, ..run.limits }, ..run };
        let middle = run.description.as_ref().and_then(|description| description.middle_seconds);
        let middle = format!("{:.3}", middle.unwrap_or_default());
        let track = ffmpeg_filters::track(run.description.as_ref());
        let filters = ffmpeg_filters::chain(run.description.as_ref(), Purpose::Poster);
        let options = ["-map", &track, "-frames:v", "1", "-vf", &filters];
        let key_frame = ["-noaccurate_seek", "-skip_frame", "nokey", "-ss", &middle];
        let mut reason = "no picture of it can be decoded".to_owned();
        for before in [&["-ss", &middle][..], &key_frame, &[]] {
            let out = run.folder.path().join("frame.png");
            match run.convert(before, &options, &out).await {
                Ok(()) => {}
                Err(Error::Invalid(fields)) => {
                    reason = fields.into_iter().map(|field| field.message).collect();
                    continue;
                }
                Err(error) => return Err(error),
            }
            let Ok(bytes) = fs::read(&out).await else { continue };
            let limits = Limits { min_side: 1, ..Limits::ENGINE };
            match Picture::decode(&bytes, &limits) {
                Ok(picture) => return Ok(MiddleFrame::Decoded(picture)),
                Err(error) => reason = error.to_string(),
            }
        }
        Ok(MiddleFrame::Undecodable(reason))
    }

    /// What it was built with; asked once.
    async fn abilities(&self) -> Option<&Abilities> {
        let program = self.program.as_deref()?;
        Some(self.abilities.get_or_init(|| Abilities::of(program)).await)
    }

    /// Brings the video to the disk.
    async fn begin(&self, from: &VideoFile) -> Result<Run> {
        let program = self.program.clone();
        let program =
            program.ok_or_else(|| Error::Conflict("there is no ffmpeg here".to_owned()))?;
        // As much again for what is made of it.
        let admitted = self.reserve.admit(&self.folder, from.bytes.saturating_mul(2)).await;
        admitted.map_err(disk)?;
        let folder = tempfile::tempdir_in(&self.folder).map_err(disk)?;
        let source = folder.path().join(SOURCE);
        fetch(from, &source).await?;
        let format = if from.path.as_str().ends_with(".webm") { "matroska" } else { "mov" };
        let description = describe(&source).await?;
        Ok(Run { program, limits: self.limits, format, folder, description })
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
    /// What the file says of its pictures, if it can be read here.
    description: Option<Description>,
}

/// What every H.264 file is made with.
const H264: &str = "-map 0:a:0? -map_metadata -1 -map_chapters -1 -threads 2 \
    -c:v libx264 -preset veryfast -pix_fmt yuv420p -colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv -c:a aac -b:a 128k -ac 2";

/// One file of parts of four seconds, each of which can be played by itself, and a list of them.
const HLS: &str = "-sc_threshold 0 -force_key_frames expr:gte(t,n_forced*4) -f hls -hls_time 4 \
    -hls_playlist_type vod -hls_segment_type fmp4 -hls_flags single_file";

fn words<'a>(text: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    text.split_whitespace().chain(more.iter().copied()).collect()
}

impl Run {
    /// Has ffmpeg make one file of the other.
    async fn convert(&self, before: &[&str], options: &[&str], out: &Path) -> Result<()> {
        let quiet = ["-nostdin", "-hide_banner", "-loglevel", "error"];
        let reading = ["-protocol_whitelist", "file", "-f", self.format];
        let own = quiet.iter().chain(&reading).chain(before).chain(&["-i"]).map(OsStr::new);
        // Names within the folder: the path to it may hold a `%`, which ffmpeg takes for a number of files.
        let source = [OsStr::new(SOURCE)].into_iter();
        let arguments = own.chain(source).chain(options.iter().map(OsStr::new));
        let arguments = arguments.chain([out.file_name().unwrap_or_default()]);
        let FfmpegLimits { memory, time } = self.limits;
        let limits = ProcessLimits { memory, time, threads: THREADS, output: MAX_OUTPUT };
        let ended = limited::run(&self.program, arguments, self.folder.path(), limits).await;
        ended.map_err(|error| match error {
            ProcessError::Io(error) => disk(error),
            ProcessError::TooSlow(_) => Error::field("video", format!("{error} to convert")),
            ProcessError::Failed(line) if line.contains(NO_SPACE) => {
                disk(io::ErrorKind::StorageFull.into())
            }
            ProcessError::Failed(line) => {
                Error::field("video", format!("cannot be converted: {line}"))
            }
        })
    }

    /// Makes what is played at one height.
    async fn rung(&self, files: &CompanyFiles, plan: &RungPlan) -> Result<Rung> {
        let (list, media) = (file_name(&plan.list), file_name(&plan.media));
        let height = plan.height;
        let track = ffmpeg_filters::track(self.description.as_ref());
        let filters = ffmpeg_filters::chain(self.description.as_ref(), Purpose::Height(height));
        // About what the pixels of that height need.
        let kilobits = u64::from(height) * u64::from(height) / 230 + 150;
        let (rate, buffer) = (format!("{kilobits}k"), format!("{}k", kilobits * 2));
        let size = ["-map", &track, "-maxrate", &rate, "-bufsize", &buffer, "-vf", &filters];
        let size = words("-crf 24 -profile:v main", &size);
        let parts = words(HLS, &["-hls_segment_filename", media]);
        let list = self.folder.path().join(list);
        self.convert(&[], &words(H264, &[size, parts].concat()), &list).await?;
        let text = fs::read_to_string(&list).await.map_err(disk)?;
        let media = self.folder.path().join(media);
        let bytes = self.keep(files, &media, &plan.media).await?;
        self.keep(files, &list, &plan.list).await?;
        Ok(Rung { width: width_of(&media, bytes).await?, height, bandwidth: bandwidth(&text) })
    }

    /// Puts a file that was made into the storage.
    async fn keep(&self, files: &CompanyFiles, file: &Path, to: &ObjectPath) -> Result<u64> {
        let file = fs::File::open(file).await.map_err(disk)?;
        let length = file.metadata().await.map_err(disk)?.len();
        pour(files, to, ReaderStream::with_capacity(file, PIECE).map_err(disk)).await?;
        Ok(length)
    }
}

#[async_trait]
impl VideoConverter for Ffmpeg {
    async fn decoding_obstacle(&self, codec: &str) -> Option<String> {
        match self.abilities().await {
            Some(abilities) => abilities.decoding_obstacle(codec),
            None => Some("there is no ffmpeg on the server".to_owned()),
        }
    }

    async fn copying_obstacle(&self, codec: &str) -> Option<String> {
        match self.abilities().await {
            Some(abilities) => {
                abilities.decoding_obstacle(codec).or_else(|| abilities.encoding_obstacle())
            }
            None => Some("there is no ffmpeg on the server".to_owned()),
        }
    }

    async fn web_copy(&self, from: &VideoFile, to: &ObjectPath) -> Result<()> {
        let run = self.begin(from).await?;
        let out = run.folder.path().join("copy.mp4");
        let track = ffmpeg_filters::track(run.description.as_ref());
        let filters = ffmpeg_filters::chain(run.description.as_ref(), Purpose::Copy);
        let own = "-crf 23 -profile:v high -movflags +faststart";
        let own = words(own, &["-map", &track, "-vf", &filters]);
        run.convert(&[], &words(H264, &own), &out).await?;
        run.keep(&from.files, &out, to).await.map(drop)
    }

    async fn ladder(&self, from: &VideoFile, plans: &[RungPlan]) -> Result<Vec<Rung>> {
        let run = self.begin(from).await?;
        let mut rungs = Vec::with_capacity(plans.len());
        for plan in plans {
            rungs.push(run.rung(&from.files, plan).await?);
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
    let read = move || vertex_video::describe(file, bytes, || false);
    let description = tokio::task::spawn_blocking(read).await;
    let description = description.map_err(|error| Error::internal("reading a video", error))?;
    let description = description.map_err(|error| Error::internal("what ffmpeg made", error))?;
    Ok(description.facts.width.unwrap_or(1))
}

/// What a file on the disk says of its pictures; `None` where it cannot be read, which is ffmpeg's to judge then.
async fn describe(path: &Path) -> Result<Option<Description>> {
    let file = std::fs::File::open(path).map_err(disk)?;
    let bytes = file.metadata().map_err(disk)?.len();
    let read = move || vertex_video::describe(file, bytes, || false).ok();
    let description = tokio::task::spawn_blocking(read).await;
    description.map_err(|error| Error::internal("reading a video", error))
}

async fn fetch(from: &VideoFile, to: &Path) -> Result<()> {
    let mut pieces = from.files.read_whole(&from.path, from.bytes).await?;
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

fn disk(error: io::Error) -> Error {
    disk_error("the disk of conversions", error)
}

#[cfg(test)]
#[path = "ffmpeg_tests.rs"]
mod tests;
