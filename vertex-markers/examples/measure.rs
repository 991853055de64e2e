//! Compiles a picture several times and prints what that took as JSON: `measure mind|nft PICTURE OUTPUT [RUNS]`.
//!
//! The format is also the extension of the file written; of `nft` it stands for `iset`, `fset` and `fset3`. Times are medians of the runs, one after the other in this process; CPU seconds are the mean of one run with
//! everything it does; memory is the peak of the process.

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use vertex_markers::nft::{self, NftOptions};
use vertex_markers::{CompileOptions, Limits, Picture, compile};

/// What the kernel counts CPU time in, on every Linux that people run.
const TICKS_PER_SECOND: f64 = 100.0;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: measure mind|nft PICTURE OUTPUT [RUNS]";
    let encode: Encode = match arguments.next().as_deref() {
        Some("mind") => mind_files,
        Some("nft") => nft_files,
        _ => return Err(usage.into()),
    };
    let picture = PathBuf::from(arguments.next().ok_or(usage)?);
    let output = PathBuf::from(arguments.next().ok_or(usage)?);
    let runs: usize = arguments.next().as_deref().unwrap_or("5").parse()?;
    if runs == 0 {
        return Err("at least one run is needed".into());
    }

    let bytes = std::fs::read(picture)?;
    let mut decode_ms = Vec::new();
    let mut compile_ms = Vec::new();
    let mut total_ms = Vec::new();
    let mut files = Vec::new();
    let cpu = cpu_seconds()?;
    for _ in 0..runs {
        let started = Instant::now();
        let picture = Picture::decode(&bytes, &Limits::ENGINE)?;
        let decoded = milliseconds(started);
        files = encode(&picture)?;
        let done = milliseconds(started);
        decode_ms.push(decoded);
        compile_ms.push(done - decoded);
        total_ms.push(done);
    }
    let cpu = (cpu_seconds()? - cpu) / runs as f64;
    for (extension, bytes) in &files {
        std::fs::write(output.with_added_extension(extension), bytes)?;
    }
    println!(
        r#"{{"runs":{runs},"decodeMs":{:.2},"compileMs":{:.2},"totalMs":{:.2},"cpuSeconds":{cpu:.3},"peakKb":{},"bytes":{}}}"#,
        median(decode_ms),
        median(compile_ms),
        median(total_ms),
        peak_kilobytes()?,
        files.iter().map(|(_, bytes)| bytes.len()).sum::<usize>(),
    );
    Ok(())
}

/// The files of a marker by their extensions.
type Files = Vec<(&'static str, Vec<u8>)>;
type Encode = fn(&Picture) -> vertex_markers::Result<Files>;

fn mind_files(picture: &Picture) -> vertex_markers::Result<Files> {
    Ok(vec![("mind", compile(picture, &CompileOptions::default())?.encode())])
}

fn nft_files(picture: &Picture) -> vertex_markers::Result<Files> {
    let files = nft::compile(picture, &NftOptions::default())?.encode();
    Ok(vec![("iset", files.iset), ("fset", files.fset), ("fset3", files.fset3)])
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { (values[middle - 1] + values[middle]) / 2.0 }
}

/// User and system time of all threads of this process so far.
fn cpu_seconds() -> Result<f64, Box<dyn Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The name of the program, the only field that may hold spaces, ends with the last bracket.
    let (_, fields) = stat.rsplit_once(')').ok_or("/proc/self/stat has no name")?;
    let ticks: Result<Vec<f64>, _> =
        fields.split_whitespace().skip(11).take(2).map(str::parse).collect();
    Ok(ticks?.iter().sum::<f64>() / TICKS_PER_SECOND)
}

/// The most memory this process ever had resident, in kilobytes.
fn peak_kilobytes() -> Result<u64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let value = line.and_then(|line| line.split_whitespace().next()).ok_or("no VmHWM")?;
    Ok(value.parse()?)
}
