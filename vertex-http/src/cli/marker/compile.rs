use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};
use vertex_core::ports::PictureConverter;
use vertex_markers::{
    CompileOptions, Limits, MindFile, Picture, analyze, compile_with_progress,
    nft::{self, NftOptions},
    picture::ConvertibleFormat,
    trackability::{ScoreOptions, lookalikes, nft_trackability, trackability},
};

use super::{
    CommandResult, Format, Scoring, make_folder, matching_points, say, score,
    several::write_and_say, write, write_bytes,
};
use crate::adapters::{PicturePrograms, on_path};

/// What is to be made of each picture.
pub struct Wanted {
    pub formats: Vec<Format>,
    pub mind: CompileOptions,
    pub nft: NftOptions,
    pub scoring: Scoring,
}

struct Row {
    size: (u32, u32),
    contrast: &'static str,
    made: Vec<Made>,
    /// What there is to say about the picture, a line each.
    notes: Vec<String>,
}

/// What was made in one format.
struct Made {
    format: &'static str,
    points: usize,
    bytes: usize,
    seconds: f64,
    /// What there is to say about it, a line each.
    notes: Vec<String>,
}

type Rows<'a> = Vec<(&'a PathBuf, Result<Row, String>)>;

/// Compiles each picture into files of its own.
pub fn each(pictures: &[PathBuf], folder: &Path, wanted: &Wanted) -> CommandResult {
    make_folder(folder)?;
    let mut written = HashSet::new();
    let rows = one_after_the_other(pictures, |picture, progress| {
        let target = folder.join(picture.file_stem().unwrap_or_default());
        if !written.insert(target.clone()) {
            let target = target.display();
            return Err(format!("would overwrite {target}, which another picture just made"));
        }
        compile(picture, wanted, progress, |made| write_to(&target, &made))
    });
    report(&rows)
}

fn write_to(target: &Path, made: &Marker) -> Result<(), String> {
    match made {
        Marker::Mind(file) => write(&target.with_added_extension("mind"), file).map(drop),
        Marker::Nft(marker) => {
            let files = marker.encode();
            write_bytes(&target.with_added_extension("iset"), &files.iset)?;
            write_bytes(&target.with_added_extension("fset"), &files.fset)?;
            write_bytes(&target.with_added_extension("fset3"), &files.fset3).map(drop)
        }
    }
}

/// Compiles all pictures into one MindAR file, which is written only if none is refused.
pub fn together(pictures: &[PathBuf], output: &Path, wanted: &Wanted) -> CommandResult {
    let mut files = Vec::with_capacity(pictures.len());
    let rows = one_after_the_other(pictures, |picture, progress| {
        compile(picture, wanted, progress, |made| {
            if let Marker::Mind(file) = made {
                files.push(file);
            }
            Ok(())
        })
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

/// A marker of one format.
enum Marker {
    Mind(MindFile),
    Nft(nft::Marker),
}

fn compile(
    picture: &Path,
    wanted: &Wanted,
    progress: &(dyn Fn(f32) + Sync),
    mut keep: impl FnMut(Marker) -> Result<(), String>,
) -> Result<Row, String> {
    let bytes = readable(fs::read(picture).map_err(|error| error.to_string())?)?;
    let decoded = Picture::decode(&bytes, &Limits::ENGINE).map_err(|error| error.to_string())?;
    let mut made = Vec::new();
    for (number, format) in wanted.formats.iter().enumerate() {
        let share = |done: f32| progress((number as f32 + done) / wanted.formats.len() as f32);
        let begun = Instant::now();
        let marker = match format {
            Format::Mind => compile_with_progress(&decoded, &wanted.mind, &share).map(Marker::Mind),
            Format::Nft => nft::compile(&decoded, &wanted.nft).map(Marker::Nft),
        };
        let marker = marker.map_err(|error| error.to_string())?;
        let seconds = begun.elapsed().as_secs_f64();
        made.push(Made { seconds, ..describe(&decoded, &marker, &wanted.scoring)? });
        keep(marker)?;
        share(1.0);
    }
    let small = decoded.below_recommended();
    let warning = "warning: a side is under 480 pixels: expect weaker tracking".to_owned();
    // Who measures reads them among the findings.
    let remarks = if wanted.scoring.no_score { decoded.remarks() } else { &[] };
    let remarks = remarks.iter().map(|r| format!("{}: {}", r.name().replace('_', " "), r.advice()));
    Ok(Row {
        size: (decoded.width(), decoded.height()),
        contrast: analyze(&decoded).band.as_str(),
        made,
        notes: remarks.chain(small.then_some(warning)).collect(),
    })
}

/// The file, or what a program on this machine makes of it if it is of a format that is not decoded here.
fn readable(bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    let Some(format) = ConvertibleFormat::of(&bytes) else { return Ok(bytes) };
    let ffmpeg = on_path(&["ffmpeg"]);
    let programs = PicturePrograms::find(ffmpeg.as_deref(), &std::env::temp_dir());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let converted = runtime.block_on(programs.convert(bytes.into(), format));
    let said = |error: vertex_core::Error| match error.bad_fields().first() {
        Some(field) => field.message.clone(),
        None => error.to_string(),
    };
    converted.map(Vec::from).map_err(said)
}

fn describe(picture: &Picture, marker: &Marker, scoring: &Scoring) -> Result<Made, String> {
    let (format, points, bytes) = match marker {
        Marker::Mind(file) => {
            ("mind", file.targets.iter().map(matching_points).sum(), file.encode().len())
        }
        Marker::Nft(marker) => {
            let files = marker.encode();
            let bytes = files.iset.len() + files.fset.len() + files.fset3.len();
            ("nft", marker.keypoints.points.len(), bytes)
        }
    };
    let notes = if scoring.no_score { Vec::new() } else { measured(picture, marker, scoring)? };
    Ok(Made { format, points, bytes, seconds: 0.0, notes })
}

/// What is said of a marker's trackability, the overlay written where one is wanted.
fn measured(picture: &Picture, marker: &Marker, scoring: &Scoring) -> Result<Vec<String>, String> {
    let options = ScoreOptions::default();
    let mut notes = Vec::new();
    match marker {
        Marker::Mind(file) => {
            for target in &file.targets {
                let measured = trackability(picture, target, &options);
                if let Some(file) = &scoring.overlay {
                    score::write_overlay(file, picture, target, &measured)?;
                }
                notes.extend(score::lines(&measured));
            }
        }
        Marker::Nft(marker) => {
            let measured = nft_trackability(picture, marker, &options);
            notes.extend(score::lines(&measured.map_err(|error| error.to_string())?));
        }
    }
    Ok(notes)
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
        "{:width$}  {:>11}  {:>9}  {:>6}  {:>6}  {:>9}  {:>7}\n",
        "picture", "pixels", "contrast", "format", "points", "bytes", "seconds"
    );
    for (picture, result) in rows {
        let name = picture.display().to_string();
        match result {
            Ok(row) => {
                let size = format!("{}x{}", row.size.0, row.size.1);
                let (mut name, mut size, mut contrast) =
                    (name.as_str(), size.as_str(), row.contrast);
                for made in &row.made {
                    table += &format!(
                        "{name:width$}  {size:>11}  {contrast:>9}  {:>6}  {:>6}  {:>9}  {:>7.2}\n",
                        made.format, made.points, made.bytes, made.seconds
                    );
                    (name, size, contrast) = ("", "", "");
                    for note in &made.notes {
                        table += &format!("{:width$}  {note}\n", "");
                    }
                }
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
