mod score;

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use vertex_markers::{
    CompileOptions, Limits, MindFile, Picture, analyze, compile_with_progress,
    trackability::{ScoreOptions, trackability},
};

use super::{CommandResult, say};

/// What can be done with marker files, without any service.
#[derive(Subcommand)]
pub enum MarkerCommand {
    /// Compile pictures into MindAR markers, one .mind file for each
    Compile {
        /// JPEG, PNG or WebP files, from 100x100 pixels up
        #[arg(required = true)]
        pictures: Vec<PathBuf>,
        /// Folder for the markers; made when it is not there
        #[arg(short, long, default_value = ".")]
        output: PathBuf,
        #[command(flatten)]
        scoring: Scoring,
    },
    /// Say what is in a marker file
    Inspect {
        /// A .mind file of any compiler
        file: PathBuf,
    },
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
        MarkerCommand::Compile { pictures, output, scoring } => {
            if scoring.overlay.is_some() && pictures.len() > 1 {
                return Err("--overlay draws one picture: compile the others without it".into());
            }
            compile_all(&pictures, &output, &scoring)
        }
        MarkerCommand::Inspect { file } => inspect(&file),
    }
}

struct Compiled {
    size: (u32, u32),
    contrast: &'static str,
    points: usize,
    bytes: usize,
    seconds: f64,
    /// What there is to say about it, a line each.
    notes: Vec<String>,
}

fn compile_all(pictures: &[PathBuf], output: &Path, scoring: &Scoring) -> CommandResult {
    fs::create_dir_all(output)
        .map_err(|error| format!("cannot make the folder {}: {error}", output.display()))?;
    let bar = progress_bar(pictures.len());
    let mut written = HashSet::new();
    let rows: Vec<(&PathBuf, Result<Compiled, String>)> = pictures
        .iter()
        .enumerate()
        .map(|(index, picture)| {
            bar.set_message(picture.display().to_string());
            let target =
                output.join(picture.file_stem().unwrap_or_default()).with_extension("mind");
            let result = if written.insert(target.clone()) {
                let progress = |done| bar.set_position(position(index, done));
                compile_one(picture, &target, scoring, &progress)
            } else {
                Err(format!(
                    "would overwrite {}, which another picture just made",
                    target.display()
                ))
            };
            (picture, result)
        })
        .collect();
    bar.finish_and_clear();
    say(&table(&rows));
    let failed = rows.iter().filter(|(_, result)| result.is_err()).count();
    match failed {
        0 => Ok(ExitCode::SUCCESS),
        _ => Err(format!("{failed} of {} pictures could not be compiled", rows.len()).into()),
    }
}

fn compile_one(
    picture: &Path,
    target: &Path,
    scoring: &Scoring,
    progress: &dyn Fn(f32),
) -> Result<Compiled, String> {
    let begun = Instant::now();
    let bytes = fs::read(picture).map_err(|error| error.to_string())?;
    let decoded = Picture::decode(&bytes, &Limits::ENGINE).map_err(|error| error.to_string())?;
    let mind =
        compile_with_progress(&decoded, &CompileOptions::default(), &mut |done| progress(done))
            .map_err(|error| error.to_string())?;
    let encoded = mind.encode();
    fs::write(target, &encoded)
        .map_err(|error| format!("cannot write {}: {error}", target.display()))?;
    let seconds = begun.elapsed().as_secs_f64();
    let mut notes = Vec::new();
    if decoded.below_recommended() {
        notes.push("warning: a side is under 480 pixels: expect weaker tracking".to_owned());
    }
    if !scoring.no_score {
        notes.extend(measure(&decoded, &mind, scoring)?);
    }
    Ok(Compiled {
        size: (decoded.width(), decoded.height()),
        contrast: analyze(&decoded).band.as_str(),
        points: mind.targets.iter().map(matching_points).sum(),
        bytes: encoded.len(),
        seconds,
        notes,
    })
}

fn measure(picture: &Picture, mind: &MindFile, scoring: &Scoring) -> Result<Vec<String>, String> {
    let target = &mind.targets[0];
    let measured = trackability(picture, target, &ScoreOptions::default());
    if let Some(file) = &scoring.overlay {
        score::write_overlay(file, picture, target, &measured)?;
    }
    Ok(score::lines(&measured))
}

fn matching_points(target: &vertex_markers::mind::Target) -> usize {
    let points = |keyframe: &vertex_markers::mind::Keyframe| {
        keyframe.maxima.points.len() + keyframe.minima.points.len()
    };
    target.keyframes.iter().map(points).sum()
}

fn table(rows: &[(&PathBuf, Result<Compiled, String>)]) -> String {
    let widest =
        rows.iter().map(|(picture, _)| picture.display().to_string().chars().count()).max();
    let width = widest.unwrap_or_default().max("picture".len());
    let mut table = format!(
        "{:width$}  {:>11}  {:>9}  {:>6}  {:>9}  {:>7}\n",
        "picture", "pixels", "contrast", "points", "bytes", "seconds"
    );
    for (picture, result) in rows {
        let name = picture.display().to_string();
        match result {
            Ok(row) => {
                let size = format!("{}x{}", row.size.0, row.size.1);
                table += &format!(
                    "{name:width$}  {size:>11}  {:>9}  {:>6}  {:>9}  {:>7.2}\n",
                    row.contrast, row.points, row.bytes, row.seconds
                );
                for note in &row.notes {
                    table += &format!("{:width$}  {note}\n", "");
                }
            }
            Err(reason) => table += &format!("{name:width$}  failed: {reason}\n"),
        }
    }
    table
}

fn inspect(file: &Path) -> CommandResult {
    let bytes =
        fs::read(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    let mind = MindFile::decode(&bytes).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut lines =
        format!("{}: {} bytes, {} target(s)\n", file.display(), bytes.len(), mind.targets.len());
    for (index, target) in mind.targets.iter().enumerate() {
        lines += &format!(
            "target {index}: {}x{} pixels, {} matching points in {} keyframes\n",
            target.width,
            target.height,
            matching_points(target),
            target.keyframes.len()
        );
        for keyframe in &target.keyframes {
            lines += &format!(
                "  keyframe {:>5}x{:<5} scale {:.4}  {:>4} maxima  {:>4} minima\n",
                keyframe.width,
                keyframe.height,
                keyframe.scale,
                keyframe.maxima.points.len(),
                keyframe.minima.points.len()
            );
        }
        if let Some(image) = target.tracking.get(1) {
            lines += &format!(
                "  tracking {:>5}x{:<5} scale {:.4}  {:>4} points\n",
                image.image.width(),
                image.image.height(),
                image.scale,
                image.points.len()
            );
        }
    }
    say(&lines);
    Ok(ExitCode::SUCCESS)
}

/// Steps of the bar for each picture.
const STEPS: u64 = 100;

fn progress_bar(pictures: usize) -> ProgressBar {
    let bar = ProgressBar::new(pictures as u64 * STEPS);
    let style = ProgressStyle::with_template("{bar:30} {percent:>3}% {elapsed} {wide_msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "done is between 0 and 1"
)]
fn position(index: usize, done: f32) -> u64 {
    index as u64 * STEPS + (f64::from(done.clamp(0.0, 1.0)) * STEPS as f64) as u64
}
