use std::{fs, path::Path, process::ExitCode};

use vertex_markers::{mind::Target, nft::Marker};

use super::{CommandResult, matching_points, read, say};

/// Says what is in a marker file.
pub fn run(file: &Path) -> CommandResult {
    let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    if ["iset", "fset", "fset3"].contains(&extension) {
        say(&describe_nft(file)?);
        return Ok(ExitCode::SUCCESS);
    }
    let mind = read(file)?;
    let bytes = fs::metadata(file).map(|data| data.len()).unwrap_or_default();
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

/// Says what is in the three files of an NFT marker, of which one is named.
fn describe_nft(file: &Path) -> Result<String, String> {
    let read = |extension: &str| {
        let path = file.with_extension(extension);
        fs::read(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))
    };
    let (iset, fset, fset3) = (read("iset")?, read("fset")?, read("fset3")?);
    let said = |error: vertex_markers::Error| format!("{}: {error}", file.display());
    let marker = Marker::decode(&iset, &fset, &fset3).map_err(said)?;
    let (width, height) = marker.size_mm().map_err(said)?;
    let mut lines = format!(
        "{}: {} bytes in three files, a print of {width:.1} x {height:.1} mm, {} keypoints\n",
        file.with_extension("").display(),
        iset.len() + fset.len() + fset3.len(),
        marker.keypoints.points.len()
    );
    for page in &marker.keypoints.pages {
        for image in &page.images {
            let own = |point: &&vertex_markers::nft::Point| {
                (point.page, point.image) == (page.number, image.number)
            };
            let points = marker.keypoints.points.iter().filter(own).count();
            lines +=
                &format!("  image {:>5}x{:<5} {points:>4} keypoints\n", image.width, image.height);
        }
    }
    for level in &marker.features.levels {
        lines += &format!(
            "  level {:>2} {:>6.1} to {:<6.1} dpi  {:>4} places to track\n",
            level.level,
            level.min_dpi,
            level.max_dpi,
            level.features.len()
        );
    }
    Ok(lines)
}
