//! Programs that decode pictures which this one does not: heif-convert of libheif, djxl of libjxl, ffmpeg.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use tokio::{fs, sync::Semaphore};
use vertex_core::{Error, Result, ports::PictureConverter};
use vertex_markers::{
    Limits,
    image::metadata::Orientation,
    picture::{
        ConvertibleFormat, Decoded, HeifOutline, heif_outline, photograph_copy, without_profiles,
    },
};

use super::limited::{self, ProcessError, ProcessLimits};

/// What a picture may take: decoders of fifty million pixels hold them several times over.
const LIMITS: ProcessLimits = ProcessLimits {
    memory: 2 << 30,
    // Less than a request may take, so that its sender reads why.
    time: Duration::from_secs(25),
    threads: 4,
    output: 256 << 20,
};

/// Pictures that are converted at once.
const AT_ONCE: usize = 2;

/// Converts pictures by programs that are on the machine.
#[derive(Clone, Debug)]
pub struct PicturePrograms {
    heif_convert: Option<PathBuf>,
    djxl: Option<PathBuf>,
    ffmpeg: Option<PathBuf>,
    folder: PathBuf,
    turns: Arc<Semaphore>,
}

impl PicturePrograms {
    /// Those on `PATH`, and this ffmpeg. Files lie in `folder` while they run.
    pub fn find(ffmpeg: Option<&Path>, folder: &Path) -> Self {
        Self {
            heif_convert: limited::on_path(&["heif-convert", "heif-dec"]),
            djxl: limited::on_path(&["djxl"]),
            ffmpeg: ffmpeg.map(Path::to_owned),
            folder: folder.to_owned(),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// The programs for a format, the best first.
    fn programs(&self, format: ConvertibleFormat) -> Vec<Program<'_>> {
        let own = match format {
            ConvertibleFormat::Heic | ConvertibleFormat::Avif => &self.heif_convert,
            ConvertibleFormat::JpegXl => &self.djxl,
        };
        let own = own.as_deref().map(Program::Own);
        own.into_iter().chain(self.ffmpeg.as_deref().map(Program::Ffmpeg)).collect()
    }
}

/// A program, and how it is called.
#[derive(Clone, Copy)]
enum Program<'a> {
    /// With the two files.
    Own(&'a Path),
    Ffmpeg(&'a Path),
}

impl Program<'_> {
    async fn run(self, folder: &Path, source: &str) -> Result<(), ProcessError> {
        match self {
            Self::Own(path) => limited::run(path, [source, TARGET], folder, LIMITS).await,
            Self::Ffmpeg(path) => {
                let quiet = ["-nostdin", "-hide_banner", "-loglevel", "error"];
                let input = ["-protocol_whitelist", "file", "-noautorotate", "-i", source];
                let output = ["-frames:v", "1", "-threads", "2", TARGET];
                let arguments = quiet.iter().chain(&input).chain(&output);
                limited::run(path, arguments, folder, LIMITS).await
            }
        }
    }

    /// What is to be expected of its work: how what it makes is to be turned, and its size. `None` when it does only a
    /// part of what the file asks for.
    fn expected(self, outline: &HeifOutline) -> Option<(Orientation, Option<(u32, u32)>)> {
        let HeifOutline { width, height, .. } = *outline;
        match (self, outline.orientation) {
            (Self::Own(_), None) => Some((Orientation::NoTransforms, None)),
            (Self::Own(_), Some(Orientation::Rotate90 | Orientation::Rotate270)) => {
                Some((Orientation::NoTransforms, Some((height, width))))
            }
            (Self::Own(_), Some(_)) => Some((Orientation::NoTransforms, Some((width, height)))),
            (Self::Ffmpeg(_), orientation) => orientation.map(|o| (o, Some((width, height)))),
        }
    }
}

const TARGET: &str = "target.png";

#[async_trait]
impl PictureConverter for PicturePrograms {
    async fn convert(&self, picture: Bytes, format: ConvertibleFormat) -> Result<Bytes> {
        let programs = self.programs(format);
        if programs.is_empty() {
            return Err(Error::unsupported("image", format.refusal().to_string()));
        }
        let outline = match format {
            ConvertibleFormat::JpegXl => None,
            _ => Some(heif_outline(&picture).ok_or_else(|| damaged(format))?),
        };
        if let Some(outline) = &outline {
            Limits::UPLOAD.check(outline.width, outline.height).map_err(refuse)?;
        }
        // The semaphore is never closed, so there is always a turn in the end.
        let turn = self.turns.clone().acquire_owned().await;
        let folder = tempfile::tempdir_in(&self.folder).map_err(disk)?;
        let source = format!("source.{}", format.extension());
        let written = match format {
            ConvertibleFormat::JpegXl => picture,
            _ => without_profiles(&picture).into(),
        };
        fs::write(folder.path().join(&source), &written).await.map_err(disk)?;
        drop(written);
        let mut refused = damaged(format);
        for program in programs {
            let expected = outline.as_ref().map(|outline| program.expected(outline));
            let Some((orientation, size)) =
                expected.unwrap_or(Some((Orientation::NoTransforms, None)))
            else {
                continue;
            };
            match program.run(folder.path(), &source).await {
                Ok(()) => {}
                Err(ProcessError::TooSlow(seconds)) => {
                    let why = format!("takes longer than {seconds} s to open: make it smaller");
                    return Err(Error::field("image", why));
                }
                Err(error) => {
                    tracing::info!(error = &error as &dyn std::error::Error, "not converted");
                    continue;
                }
            }
            let made = fs::read(folder.path().join(TARGET)).await.map_err(disk)?;
            let profile = outline.as_ref().and_then(|outline| outline.profile.clone());
            let copy = move || {
                let profile = profile.as_deref();
                let decoded = Decoded { png: &made, profile, orientation, size };
                photograph_copy(&decoded, &Limits::UPLOAD)
            };
            let copied = tokio::task::spawn_blocking(copy).await;
            match copied.map_err(|error| Error::internal("copying a picture", error))? {
                Ok(copy) => return Ok(copy.into()),
                Err(error) => refused = refuse(error),
            }
        }
        drop(turn);
        Err(refused)
    }
}

fn refuse(error: vertex_markers::Error) -> Error {
    Error::field("image", error.to_string())
}

fn damaged(format: ConvertibleFormat) -> Error {
    let name = format.name();
    Error::field("image", format!("the {name} picture cannot be opened: export it as JPEG or PNG"))
}

fn disk(error: std::io::Error) -> Error {
    Error::unavailable("the disk of conversions", error)
}
