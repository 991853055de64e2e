use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};
use vertex_markers::{
    CompileOptions, Limits, MindFile, Picture, analyze, compile_with_progress,
    trackability::{ScoreOptions, lookalikes, trackability},
};

use super::{
    CommandResult, Scoring, make_folder, matching_points, say, score, several::write_and_say, write,
};

/// What is to be made of each picture.
pub struct Wanted {
    pub options: CompileOptions,
    pub scoring: Scoring,
}

struct Row {
    size: (u32, u32),
    contrast: &'static str,
    points: usize,
    bytes: usize,
    seconds: f64,
    /// What there is to say about it, a line each.
    notes: Vec<String>,
}

type Rows<'a> = Vec<(&'a PathBuf, Result<Row, String>)>;

/// Compiles each picture into a file of its own.
pub fn each(pictures: &[PathBuf], folder: &Path, wanted: &Wanted) -> CommandResult {
    make_folder(folder)?;
    let mut written = HashSet::new();
    let rows = one_after_the_other(pictures, |picture, progress| {
        let target = folder.join(picture.file_stem().unwrap_or_default()).with_extension("mind");
        if !written.insert(target.clone()) {
            let target = target.display();
            return Err(format!("would overwrite {target}, which another picture just made"));
        }
        let (mind, row) = compile(picture, wanted, progress)?;
        write(&target, &mind)?;
        Ok(row)
    });
    report(&rows)
}

/// Compiles all pictures into one file, which is written only if none is refused.
pub fn together(pictures: &[PathBuf], output: &Path, wanted: &Wanted) -> CommandResult {
    let mut files = Vec::with_capacity(pictures.len());
    let rows = one_after_the_other(pictures, |picture, progress| {
        let (mind, row) = compile(picture, wanted, progress)?;
        files.push(mind);
        Ok(row)
    });
    report(&rows)?;
    let file = MindFile::merge(files);
    say(&warnings_of_likeness(pictures, &file));
    write_and_say(output, &file)
}

/// A line for each picture that the runtime may take for another of the file.
fn warnings_of_likeness(pictures: &[PathBuf], file: &MindFile) -> String {
    let name = |index: usize| pictures[index].display();
    lookalikes(&file.targets)
        .iter()
        .map(|pair| {
            format!(
                "warning: {} may be taken for {}, {} points look alike\n",
                name(pair.shown),
                name(pair.found),
                pair.points
            )
        })
        .collect()
}

/// Calls `work` for each picture, under a bar that shows how far it is.
fn one_after_the_other<'a>(
    pictures: &'a [PathBuf],
    mut work: impl FnMut(&Path, &(dyn Fn(f32) + Sync)) -> Result<Row, String>,
) -> Rows<'a> {
    let bar = progress_bar(pictures.len());
    let rows = pictures
        .iter()
        .enumerate()
        .map(|(index, picture)| {
            bar.set_message(picture.display().to_string());
            (picture, work(picture, &|done| bar.set_position(position(index, done))))
        })
        .collect();
    bar.finish_and_clear();
    rows
}

fn compile(
    picture: &Path,
    wanted: &Wanted,
    progress: &(dyn Fn(f32) + Sync),
) -> Result<(MindFile, Row), String> {
    let begun = Instant::now();
    let bytes = fs::read(picture).map_err(|error| error.to_string())?;
    let decoded = Picture::decode(&bytes, &Limits::ENGINE).map_err(|error| error.to_string())?;
    let mind = compile_with_progress(&decoded, &wanted.options, progress)
        .map_err(|error| error.to_string())?;
    let seconds = begun.elapsed().as_secs_f64();
    let mut notes = Vec::new();
    if decoded.below_recommended() {
        notes.push("warning: a side is under 480 pixels: expect weaker tracking".to_owned());
    }
    if !wanted.scoring.no_score {
        notes.extend(measure(&decoded, &mind, &wanted.scoring)?);
    }
    let row = Row {
        size: (decoded.width(), decoded.height()),
        contrast: analyze(&decoded).band.as_str(),
        points: mind.targets.iter().map(matching_points).sum(),
        bytes: mind.encode().len(),
        seconds,
        notes,
    };
    Ok((mind, row))
}

fn measure(picture: &Picture, mind: &MindFile, scoring: &Scoring) -> Result<Vec<String>, String> {
    let mut lines = Vec::new();
    for target in &mind.targets {
        let measured = trackability(picture, target, &ScoreOptions::default());
        if let Some(file) = &scoring.overlay {
            score::write_overlay(file, picture, target, &measured)?;
        }
        lines.extend(score::lines(&measured));
    }
    Ok(lines)
}

fn report(rows: &Rows<'_>) -> CommandResult {
    say(&table(rows));
    let failed = rows.iter().filter(|(_, result)| result.is_err()).count();
    match failed {
        0 => Ok(ExitCode::SUCCESS),
        _ => Err(format!("{failed} of {} pictures could not be compiled", rows.len()).into()),
    }
}

fn table(rows: &Rows<'_>) -> String {
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
