//! Measures how well pictures will be found, and draws where and why.
//!
//! `cargo run --release --example score -- poster.png portrait.jpg`
//!
//! Writes `poster.overlay.png` beside each picture.

use std::error::Error;
use std::path::Path;

use vertex_markers::trackability::{ScoreOptions, overlay, trackability};
use vertex_markers::{CompileOptions, Limits, Picture, compile};

fn main() -> Result<(), Box<dyn Error>> {
    for picture in std::env::args().skip(1) {
        score(Path::new(&picture))?;
    }
    Ok(())
}

fn score(path: &Path) -> Result<(), Box<dyn Error>> {
    let picture = Picture::decode(&std::fs::read(path)?, &Limits::ENGINE)?;
    let file = compile(&picture, &CompileOptions::default())?;
    let target = &file.targets[0];
    let result = trackability(&picture, target, &ScoreOptions::default());
    println!("{}: {} of 100, hardest: {}", path.display(), result.score, result.worst.name());
    if let Some(width) = result.print_width(1.0) {
        println!("  print at least {:.0} cm wide for each metre of distance", 100.0 * width);
    }
    for finding in &result.diagnosis {
        println!("  {}: {}", finding.kind.name(), finding.advice);
    }
    overlay(&picture, target, &result).save(path.with_extension("overlay.png"))?;
    Ok(())
}
