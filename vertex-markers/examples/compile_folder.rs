//! Compiles the pictures of a folder into one file: `compile_folder FOLDER ALL.mind`.
//!
//! Targets are numbered in the order of the pictures' names. Files that are no pictures are passed over.

use std::error::Error;
use std::path::{Path, PathBuf};

use vertex_markers::{CompileOptions, ErrorKind, Limits, MindFile, Picture, compile};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(folder), Some(output)) = (arguments.next(), arguments.next()) else {
        return Err("usage: compile_folder FOLDER ALL.mind".into());
    };
    let mut all = MindFile::default();
    for path in files(Path::new(&folder))? {
        match Picture::decode(&std::fs::read(&path)?, &Limits::ENGINE) {
            Ok(picture) => {
                println!("{}: {}", all.targets.len(), path.display());
                all.push(compile(&picture, &CompileOptions::default())?);
            }
            Err(error) if error.kind() == ErrorKind::UnsupportedFormat => {}
            Err(error) => return Err(format!("{}: {error}", path.display()).into()),
        }
    }
    std::fs::write(output, all.encode())?;
    Ok(())
}

fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let entries: Result<Vec<_>, _> = std::fs::read_dir(folder)?.collect();
    let mut files: Vec<_> = entries?.into_iter().map(|entry| entry.path()).collect();
    files.retain(|path| path.is_file());
    files.sort();
    Ok(files)
}
