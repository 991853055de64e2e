use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use vertex_markers::{ErrorKind, MindFile};

use super::{CommandResult, make_folder, read, say, write};

/// Joins marker files into one.
pub fn merge(files: &[PathBuf], output: &Path) -> CommandResult {
    let files = files.iter().map(|file| read(file)).collect::<Result<Vec<_>, _>>()?;
    write_and_say(output, &MindFile::merge(files))
}

/// Parts a marker file into files of one target each, named after it.
pub fn split(file: &Path, folder: &Path) -> CommandResult {
    let parts = read(file)?.split();
    if parts.is_empty() {
        return Err(format!("{} has no targets", file.display()).into());
    }
    make_folder(folder)?;
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let digits = (parts.len() - 1).to_string().len();
    for (index, part) in parts.iter().enumerate() {
        write_and_say(&folder.join(format!("{stem}-{index:0digits$}.mind")), part)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Puts the target of one file in the place of a target of another.
pub fn replace(file: &Path, index: usize, new: &Path, output: &Path) -> CommandResult {
    let mut mind = read(file)?;
    mind.replace(index, read(new)?).map_err(|error| {
        let culprit = if error.kind() == ErrorKind::NotOneTarget { new } else { file };
        format!("{}: {error}", culprit.display())
    })?;
    write_and_say(output, &mind)
}

pub(super) fn write_and_say(output: &Path, mind: &MindFile) -> CommandResult {
    let bytes = write(output, mind)?;
    say(&format!("{}: {bytes} bytes, {} target(s)\n", output.display(), mind.targets.len()));
    Ok(ExitCode::SUCCESS)
}
