//! Compiles pictures to `.mind` files: `compile [--compat] PICTURE... -o DIR`.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use vertex_markers::{CompileOptions, Layout, Limits, Picture, compile};

fn main() -> Result<(), Box<dyn Error>> {
    let mut options = CompileOptions::default();
    let mut directory = PathBuf::from(".");
    let mut pictures = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--compat" => options.layout = Layout::Compat,
            "-o" => directory = arguments.next().ok_or("-o needs a directory")?.into(),
            _ => pictures.push(PathBuf::from(argument)),
        }
    }
    if pictures.is_empty() {
        return Err("usage: compile [--compat] PICTURE... -o DIR".into());
    }
    std::fs::create_dir_all(&directory)?;
    for path in &pictures {
        compile_file(path, &directory, &options)?;
    }
    Ok(())
}

fn compile_file(
    path: &Path,
    directory: &Path,
    options: &CompileOptions,
) -> Result<(), Box<dyn Error>> {
    let picture = Picture::decode(&std::fs::read(path)?, &Limits::ENGINE)?;
    let started = Instant::now();
    let file = compile(&picture, options)?;
    let elapsed = started.elapsed();
    let bytes = file.encode();
    let stem = path.file_stem().ok_or("a picture has no name")?;
    std::fs::write(directory.join(stem).with_extension("mind"), &bytes)?;
    let target = &file.targets[0];
    let points: usize = target
        .keyframes
        .iter()
        .map(|keyframe| keyframe.maxima.points.len() + keyframe.minima.points.len())
        .sum();
    println!(
        "{}: {}x{}, {} keyframes, {points} points, {} tracking points, {} bytes, {elapsed:.2?}",
        path.display(),
        target.width,
        target.height,
        target.keyframes.len(),
        target.tracking[1].points.len(),
        bytes.len(),
    );
    Ok(())
}
