//! What can be done with marker files, without any service.

mod compile;
mod inspect;
mod score;
mod several;

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand, ValueEnum};
use vertex_markers::{
    CompileOptions, Layout, MindFile,
    mind::{Keyframe, Target},
    nft::{Density, NftOptions},
};

use super::{CommandResult, say};

/// What can be done with marker files, without any service.
#[derive(Subcommand)]
pub enum MarkerCommand {
    /// Compile pictures into markers: MindAR's .mind files, one for each picture or one for all, and ARToolKit's
    /// .iset, .fset and .fset3 for AR.js
    Compile {
        /// JPEG, PNG, WebP, TIFF, GIF or BMP files, from 100x100 pixels up; HEIC, AVIF and JPEG XL where heif-convert,
        /// djxl or ffmpeg is on PATH
        #[arg(required = true)]
        pictures: Vec<PathBuf>,
        /// Folder for the markers, made when it is not there [default: .]; with --together, the file
        #[arg(short, long)]
        output: Option<PathBuf>,
        /// Write one file with a target for each picture, numbered from 0 in the order given
        #[arg(long, requires = "output")]
        together: bool,
        /// Write fewer points: less than half the bytes of a detailed picture, found a little less often from aside
        #[arg(long)]
        compact: bool,
        /// What to write: mind for MindAR, nft for AR.js, or both
        #[arg(long, value_delimiter = ',', default_value = "mind", value_name = "FORMAT,...")]
        format: Vec<Format>,
        #[command(flatten)]
        nft: Nft,
        #[command(flatten)]
        scoring: Scoring,
    },
    /// Say what is in a marker file
    Inspect {
        /// A .mind file, or one of the files of an NFT marker, of any compiler
        file: PathBuf,
    },
    /// Join marker files into one, with their targets in the order given
    Merge {
        /// .mind files of any compiler
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// The file to write
        #[arg(short, long)]
        output: PathBuf,
    },
    /// Part a marker file into files of one target each: ALL.mind becomes ALL-0.mind, ALL-1.mind...
    Split {
        /// A .mind file of any compiler
        file: PathBuf,
        /// Folder for the parts; made when it is not there
        #[arg(short, long, default_value = ".")]
        output: PathBuf,
    },
    /// Put another target in the place of one, without compiling the others again
    Replace {
        /// The .mind file to change
        file: PathBuf,
        /// Number of the target, from 0
        index: usize,
        /// A .mind file with the one new target
        new: PathBuf,
        /// Where to write the changed file [default: over FILE]
        #[arg(short, long)]
        output: Option<PathBuf>,
    },
}

/// A family of marker files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One .mind file, for MindAR.
    Mind,
    /// An .iset, an .fset and an .fset3 file, for AR.js.
    Nft,
}

/// How NFT markers are made.
#[derive(Args)]
pub struct Nft {
    /// How many points an NFT marker holds
    #[arg(long, default_value = "medium", value_name = "low|medium|high")]
    density: Density,
    /// Octaves of distance an NFT marker is found over: 3 as far as cameras resolve it, less for less
    #[arg(long, default_value_t = NftOptions::default().levels)]
    levels: u8,
    /// Width of the print in millimetres, for NFT markers
    #[arg(long, default_value_t = NftOptions::default().width_mm, value_name = "MM")]
    width: f32,
}

impl Nft {
    fn options(&self) -> NftOptions {
        NftOptions { density: self.density, levels: self.levels, width_mm: self.width }
    }
}

/// Whether and how to measure how well pictures will be found.
#[derive(Args)]
pub struct Scoring {
    /// Do not measure how well the pictures will be found
    #[arg(long)]
    no_score: bool,
    /// Draw the points the picture is found by, and its weak zones, into this PNG; for one picture
    #[arg(long, value_name = "FILE.png", conflicts_with = "no_score")]
    overlay: Option<PathBuf>,
}

/// Runs a marker command.
pub fn run(command: MarkerCommand) -> CommandResult {
    match command {
        MarkerCommand::Compile { pictures, scoring: Scoring { overlay: Some(_), .. }, .. }
            if pictures.len() > 1 =>
        {
            Err("--overlay draws one picture: compile the others without it".into())
        }
        MarkerCommand::Compile { together: true, format, .. } if format != [Format::Mind] => {
            Err("--together writes one .mind file: compile NFT markers without it".into())
        }
        MarkerCommand::Compile { pictures, output, together, compact, format, nft, scoring } => {
            let layout = if compact { Layout::Compact } else { Layout::Tuned };
            let wanted = compile::Wanted {
                formats: format,
                mind: CompileOptions { layout },
                nft: nft.options(),
                scoring,
            };
            match output {
                Some(file) if together => compile::together(&pictures, &file, &wanted),
                folder => compile::each(&pictures, &folder.unwrap_or_else(|| ".".into()), &wanted),
            }
        }
        MarkerCommand::Inspect { file } => inspect::run(&file),
        MarkerCommand::Merge { files, output } => several::merge(&files, &output),
        MarkerCommand::Split { file, output } => several::split(&file, &output),
        MarkerCommand::Replace { file, index, new, output } => {
            several::replace(&file, index, &new, output.as_deref().unwrap_or(&file))
        }
    }
}

fn read(path: &Path) -> Result<MindFile, String> {
    let bytes =
        fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    MindFile::decode(&bytes).map_err(|error| format!("{}: {error}", path.display()))
}

/// Writes a marker file and gives its length.
fn write(path: &Path, file: &MindFile) -> Result<usize, String> {
    write_bytes(path, &file.encode())
}

fn write_bytes(path: &Path, bytes: &[u8]) -> Result<usize, String> {
    fs::write(path, bytes).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    Ok(bytes.len())
}

fn make_folder(path: &Path) -> Result<(), String> {
    fs::create_dir_all(path)
        .map_err(|error| format!("cannot make the folder {}: {error}", path.display()))
}

fn matching_points(target: &Target) -> usize {
    let points = |keyframe: &Keyframe| keyframe.maxima.points.len() + keyframe.minima.points.len();
    target.keyframes.iter().map(points).sum()
}
