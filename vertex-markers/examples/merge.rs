//! Joins marker files of any compiler into one: `merge A.mind B.mind... ALL.mind`.

use std::error::Error;

use vertex_markers::MindFile;

fn main() -> Result<(), Box<dyn Error>> {
    let paths: Vec<_> = std::env::args_os().skip(1).collect();
    let Some((output, inputs)) = paths.split_last().filter(|(_, inputs)| !inputs.is_empty()) else {
        return Err("usage: merge A.mind B.mind... ALL.mind".into());
    };
    let mut files = Vec::new();
    for input in inputs {
        let file = MindFile::decode(&std::fs::read(input)?)
            .map_err(|error| format!("{}: {error}", input.display()))?;
        files.push(file);
    }
    let all = MindFile::merge(files);
    std::fs::write(output, all.encode())?;
    println!("{}: {} targets", output.display(), all.targets.len());
    Ok(())
}
