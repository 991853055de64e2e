//! How well a picture will be found, in words for the terminal.

use std::path::Path;

use image::ImageFormat;
use vertex_markers::{
    Picture,
    mind::Target,
    trackability::{Finding, FindingKind, Trackability, Zone, overlay},
};

/// The score, what it is made of, how large to print, and advice: a line each.
pub fn lines(measured: &Trackability) -> Vec<String> {
    let scores = measured.breakdown;
    let score = format!(
        "trackability {} of 100: distance {}, tilt {}, blur {}, light {}; hardest: {}",
        measured.score,
        scores.distance,
        scores.tilt,
        scores.blur,
        scores.light,
        measured.worst.name()
    );
    let print = match measured.print_width(1.0) {
        Some(width) => {
            let centimetres = (100.0 * width).ceil();
            format!("print at least {centimetres} cm wide for each metre it is looked at from")
        }
        None => "not found reliably at any size".to_owned(),
    };
    [score, print].into_iter().chain(advice(&measured.diagnosis)).collect()
}

/// A line for each kind of weakness: where it is, and the advice that is the same everywhere.
fn advice(findings: &[Finding]) -> Vec<String> {
    let mut kinds: Vec<(FindingKind, &str, Vec<String>)> = Vec::new();
    for finding in findings {
        let place = place(finding.zone);
        match kinds.iter_mut().find(|(kind, ..)| *kind == finding.kind) {
            Some((.., places)) if places.contains(&place) => {}
            Some((.., places)) => places.push(place),
            None => kinds.push((finding.kind, finding.advice, vec![place])),
        }
    }
    let line = |(kind, advice, places): (FindingKind, &str, Vec<String>)| {
        format!("{} ({}): {advice}", kind.name().replace('_', " "), places.join(", "))
    };
    kinds.into_iter().map(line).collect()
}

/// Where a zone lies, such as `top left`.
fn place(zone: Zone) -> String {
    let down = third(zone.y, zone.height, ["top", "", "bottom"]);
    let across = third(zone.x, zone.width, ["left", "", "right"]);
    match format!("{down} {across}").trim() {
        "" if zone.width > WHOLE && zone.height > WHOLE => "everywhere".to_owned(),
        "" => "middle".to_owned(),
        place => place.to_owned(),
    }
}

/// Share of a side that is as good as all of it.
const WHOLE: f64 = 0.9;

fn third(start: f64, length: f64, names: [&'static str; 3]) -> &'static str {
    let middle = start + length / 2.0;
    match () {
        () if length > WHOLE => "",
        () if middle < 0.4 => names[0],
        () if middle > 0.6 => names[2],
        () => names[1],
    }
}

/// Draws the points a picture is found by and its weak zones into a PNG file.
pub fn write_overlay(
    file: &Path,
    picture: &Picture,
    target: &Target,
    measured: &Trackability,
) -> Result<(), String> {
    let drawn = overlay(picture, target, measured);
    let written = drawn.save_with_format(file, ImageFormat::Png);
    written.map_err(|error| format!("cannot write {}: {error}", file.display()))
}

#[cfg(test)]
mod tests {
    use vertex_markers::trackability::{Breakdown, Nuisance};

    use super::*;

    fn faint(x: f64, y: f64) -> Finding {
        let zone = Zone { x, y, width: 0.25, height: 0.25 };
        Finding { kind: FindingKind::LowContrast, zone, advice: "make it lighter" }
    }

    #[test]
    fn a_score_is_told_in_words() {
        let mut measured = Trackability {
            score_version: 1,
            score: 78,
            breakdown: Breakdown { distance: 72, tilt: 64, blur: 85, light: 91 },
            worst: Nuisance::Tilt,
            smallest_share: Some(0.2),
            diagnosis: vec![faint(0.0, 0.75), faint(0.75, 0.4), faint(0.75, 0.45)],
        };
        assert_eq!(
            lines(&measured),
            [
                "trackability 78 of 100: distance 72, tilt 64, blur 85, light 91; hardest: tilt",
                "print at least 23 cm wide for each metre it is looked at from",
                "low contrast (bottom left, right): make it lighter",
            ]
        );
        measured.smallest_share = None;
        assert_eq!(lines(&measured)[1], "not found reliably at any size");
    }
}
