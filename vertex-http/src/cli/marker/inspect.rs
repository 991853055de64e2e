use std::{path::Path, process::ExitCode};

use vertex_markers::mind::Target;

use super::{CommandResult, matching_points, read, say};

/// Says what is in a marker file.
pub fn run(file: &Path) -> CommandResult {
    let mind = read(file)?;
    let bytes = std::fs::metadata(file).map(|data| data.len()).unwrap_or_default();
    let mut lines =
        format!("{}: {bytes} bytes, {} target(s)\n", file.display(), mind.targets.len());
    for (index, target) in mind.targets.iter().enumerate() {
        lines += &describe(index, target);
    }
    say(&lines);
    Ok(ExitCode::SUCCESS)
}

fn describe(index: usize, target: &Target) -> String {
    let mut lines = format!(
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
    if let Some(image) = target.tracking_in_use() {
        lines += &format!(
            "  tracking {:>5}x{:<5} scale {:.4}  {:>4} points\n",
            image.image.width(),
            image.image.height(),
            image.scale,
            image.points.len()
        );
    }
    lines
}
