//! Pictures as people upload them beside what other programs see in them. `reference/make.py` makes both; where Python has
//! no Pillow the tests pass without a look, unless they run under continuous integration.

#![expect(clippy::unwrap_used, reason = "a fixture or a result that is not there fails the test")]

mod made;

use image::RgbImage;
use vertex_markers::picture::{photograph_copy, png_copy, polyglot};
use vertex_markers::{Header, Limits, Picture};

const ANY_SIZE: Limits = Limits { min_side: 1, ..Limits::ENGINE };

/// How far a channel may be from the reference: decoders round and smooth a little differently.
const TOLERANCE: u8 = 6;

/// What is wrong about a picture beside its reference.
fn difference(name: &str, picture: &RgbImage, reference: &RgbImage) -> Option<String> {
    if picture.dimensions() != reference.dimensions() {
        return Some(format!("{name}: {:?}", picture.dimensions()));
    }
    let pairs = picture.enumerate_pixels().zip(reference.pixels());
    let far = |a: &[u8; 3], b: &[u8; 3]| a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max();
    let worst = pairs.max_by_key(|((_, _, ours), theirs)| far(&ours.0, &theirs.0));
    let ((x, y, ours), theirs) = worst?;
    let beyond = far(&ours.0, &theirs.0) > Some(TOLERANCE);
    beyond.then(|| format!("{name} at {x},{y}: {:?} instead of {:?}", ours.0, theirs.0))
}

#[test]
fn every_picture_is_seen_as_other_programs_see_it() {
    let Some(folder) = made::pictures("small", "seen") else { return };
    let list = std::fs::read_to_string(folder.join("list.tsv")).unwrap();
    let mut wrong = Vec::new();
    for line in list.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let name = fields[0];
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let decoded = Picture::decode(&bytes, &ANY_SIZE);
        match (fields[1], decoded) {
            ("taken", Ok(picture)) => {
                let header = Header::read(&bytes, &ANY_SIZE).unwrap();
                assert_eq!((header.width, header.height), (picture.width(), picture.height()));
                wrong.extend(polyglot(&bytes).map(|what| format!("{name}: {what}")));
                let reference = image::open(folder.join(format!("{name}.png")));
                wrong.extend(difference(name, picture.rgb(), &reference.unwrap().into_rgb8()));
            }
            ("refused", Err(error)) => {
                if !error.to_string().contains(fields[2]) {
                    wrong.push(format!("{name}: {error}"));
                }
            }
            (_, Ok(_)) => wrong.push(format!("{name} is taken")),
            (_, Err(error)) => wrong.push(format!("{name}: {error}")),
        }
    }
    assert!(list.lines().count() >= 60, "only {} pictures", list.lines().count());
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn copies_look_like_what_they_are_copies_of() {
    let Some(folder) = made::pictures("small", "copied") else { return };
    for name in ["alpha.tif", "orientation-6.tif", "cmyk-profile.tif", "pages.tif", "animated.gif"]
    {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let original = Picture::decode(&bytes, &ANY_SIZE).unwrap();
        let copy = Picture::decode(&png_copy(&bytes, &ANY_SIZE).unwrap(), &ANY_SIZE).unwrap();
        assert!(original.rgb() == copy.rgb(), "{name}");
        assert_eq!(original.remarks(), copy.remarks(), "{name}");
    }
    for name in ["display-p3.png", "display-p3-alpha.png", "plain.png"] {
        let png = std::fs::read(folder.join(name)).unwrap();
        let decoded = vertex_markers::picture::Decoded {
            png: &png,
            profile: None,
            orientation: image::metadata::Orientation::Rotate180,
            size: None,
        };
        let copy = photograph_copy(&decoded, &ANY_SIZE).unwrap();
        let copy = Picture::decode(&copy, &ANY_SIZE).unwrap();
        let turned = image::imageops::rotate180(copy.rgb());
        let reference = image::open(folder.join(format!("{name}.png"))).unwrap();
        let mean = |image: &RgbImage| {
            let sum: u64 = image.as_raw().iter().map(|&value| u64::from(value)).sum();
            sum as f64 / image.as_raw().len() as f64
        };
        assert_eq!(turned.dimensions(), (reference.width(), reference.height()));
        assert!((mean(&turned) - mean(&reference.into_rgb8())).abs() < 1.0, "{name}");
    }
}
