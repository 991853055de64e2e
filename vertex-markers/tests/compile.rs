//! What the default layout promises the runtime.

#![expect(clippy::unwrap_used, reason = "a fixture or a result that is not there fails the test")]

use std::collections::HashMap;
use std::path::PathBuf;

use image::{Rgb, RgbImage};
use proptest::prelude::*;
use rayon::prelude::*;
use vertex_markers::detector::Keypoint;
use vertex_markers::gray::luma_image;
use vertex_markers::mind::{Keyframe, PointSet, Target};
use vertex_markers::simulate::{
    CROPS, Camera, MatchParams, Motion, Pose, Scene, Tracker, View, detect_crop, find, sequence,
    views,
};
use vertex_markers::{
    CompileOptions, ErrorKind, Layout, Limits, MindFile, Picture, compile, compile_with_progress,
};

fn fixture(name: &str) -> Picture {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    Picture::decode(&std::fs::read(path).unwrap(), &Limits::ENGINE).unwrap()
}

fn compiled(picture: &Picture) -> Target {
    let mut file = compile(picture, &CompileOptions::default()).unwrap();
    assert_eq!(file.targets.len(), 1);
    file.targets.remove(0)
}

fn point_count(keyframe: &Keyframe) -> usize {
    keyframe.maxima.points.len() + keyframe.minima.points.len()
}

#[test]
fn a_compiled_file_reads_back_as_it_was() {
    let file = compile(&fixture("chelsea.png"), &CompileOptions::default()).unwrap();
    // Decoding checks every rule of the format: sizes, index ranges, no point in two leaves.
    assert_eq!(MindFile::decode(&file.encode()).unwrap(), file);
}

fn searched(set: &PointSet) -> Vec<&Keypoint> {
    let mut searched = Vec::new();
    set.tree.for_each_point(&mut |index| searched.push(&set.points[index as usize]));
    searched
}

#[test]
fn the_search_is_led_to_points_that_lie_apart() {
    let keyframes = compiled(&fixture("astronaut.png")).keyframes;
    let frontal = keyframes.windows(2).take_while(|pair| pair[0].scale > pair[1].scale).count() + 1;
    for (index, keyframe) in keyframes.into_iter().enumerate() {
        let Keyframe { maxima, minima, .. } = &keyframe;
        let (most, side) = if index < frontal { (2, 23.04) } else { (1, 25.6) };
        let mut squares = HashMap::new();
        for point in searched(maxima).into_iter().chain(searched(minima)) {
            let square = ((point.x / side) as u32, (point.y / side) as u32);
            *squares.entry(square).or_insert(0) += 1;
        }
        assert!(squares.values().all(|&count| count <= most));
        assert!(squares.values().sum::<usize>() < point_count(&keyframe), "others are left out");
    }
}

#[test]
fn keyframes_hold_the_points_of_the_next_smaller_one_from_the_same_direction() {
    let keyframes = compiled(&fixture("chelsea.png")).keyframes;
    let sizes = sizes(&keyframes);
    let aside = keyframes.iter().position(|keyframe| sizes[&size(keyframe)] == 4).unwrap();
    for (larger, smaller, least) in [(0, 1, 50), (aside, aside + 4, 20)] {
        let (larger, smaller) = (&keyframes[larger], &keyframes[smaller]);
        let ratio = (larger.scale / smaller.scale) as f32;
        let (own, others): (Vec<_>, Vec<_>) =
            larger.maxima.points.iter().partition(|point| [2.0, 4.0, 8.0].contains(&point.scale));
        assert!(own.len() > least && others.len() > least, "{} {}", own.len(), others.len());
        for other in others {
            let octave = other.scale / ratio;
            assert!([2.0, 4.0, 8.0].iter().any(|&own| (octave - own).abs() < 0.01), "{octave}");
        }
    }
}

fn size(keyframe: &Keyframe) -> (u32, u32) {
    (keyframe.width, keyframe.height)
}

/// How many keyframes there are of each size.
fn sizes(keyframes: &[Keyframe]) -> HashMap<(u32, u32), usize> {
    let mut sizes = HashMap::new();
    for keyframe in keyframes {
        *sizes.entry(size(keyframe)).or_default() += 1;
    }
    sizes
}

#[test]
fn every_direction_from_aside_has_keyframes_of_its_own() {
    let sizes = sizes(&compiled(&fixture("astronaut.png")).keyframes);
    assert_eq!(sizes.values().filter(|&&count| count == 4).count(), 3, "{sizes:?}");
}

/// 384 views of a picture, and for each whether its target is found where it is; `None` where it is not found.
fn finds(picture: &Picture) -> Vec<(View, Option<bool>)> {
    let target = compiled(picture);
    let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
    let camera = Camera::of(640, 480);
    let scene = Scene::new(luma_image(picture.rgb()), 1.0, width, height);
    let look = |view: View| {
        let frame = scene.render(&camera, &view);
        let found = (0..CROPS).find_map(|turn| {
            find(&target, &detect_crop(&frame, turn), (640, 480), MatchParams::MINDAR)
        });
        let pose = found.and_then(|found| Pose::estimate(&found.pairs, &camera));
        let corners = |pose: Pose| pose.corners(&camera, width, height);
        let truth = corners(view.pose(&camera, width, height));
        (view, pose.map(|pose| !off(&corners(pose), &truth)))
    };
    let views: Vec<View> =
        (21..25).flat_map(|seed| views(&camera, width, height, 96, seed)).collect();
    views.into_par_iter().map(look).collect()
}

/// Off by more than a tenth of the picture's size.
fn off(corners: &[(f64, f64); 4], truth: &[(f64, f64); 4]) -> bool {
    let next = truth.iter().cycle().skip(1);
    let area = truth.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum::<f64>().abs() / 2.0;
    let apart = corners.iter().zip(truth).map(|(a, b)| (a.0 - b.0).hypot(a.1 - b.1));
    apart.sum::<f64>() / 4.0 > 0.1 * area.sqrt()
}

#[test]
fn few_poses_are_wrong() {
    for (name, most) in [("page.png", 14), ("card.png", 50)] {
        let finds = finds(&fixture(name));
        let wrong = finds.iter().filter(|(_, right)| *right == Some(false)).count();
        assert!(wrong <= most, "{wrong} of 384 views of {name}");
    }
}

#[test]
fn steep_views_are_found() {
    let mut finds = finds(&fixture("card.png"));
    finds.retain(|(view, _)| view.tilt.to_degrees() >= 45.0);
    let right = finds.iter().filter(|(_, right)| *right == Some(true)).count();
    assert!(100 * right >= 52 * finds.len(), "{right} of {}", finds.len());
}

#[test]
fn pictures_the_official_compiler_cannot_track_have_points_to_track() {
    for name in ["gravel.png", "page.png", "moon.png"] {
        let target = compiled(&fixture(name));
        let points = target.tracking[1].points.len();
        assert!((40..=64).contains(&points), "{name}: {points}");
    }
}

/// Frames of a shaken phone through which a picture is followed.
fn frames_followed(picture: &Picture, seed: u64) -> usize {
    let tracking = &compiled(picture).tracking[1];
    let tracker = Tracker::new(tracking, (tracking.image.width(), tracking.image.height()));
    let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
    let camera = Camera::of(640, 480);
    let scene = Scene::new(luma_image(picture.rgb()), 1.0, width, height);
    let views = sequence(&camera, width, height, Motion::Shake, 20, seed);
    let mut pose = views[0].pose(&camera, width, height);
    let followed = views.iter().map_while(|view| {
        pose = tracker.update(&scene.render(&camera, view), &camera, &pose)?.pose;
        Some(())
    });
    followed.count()
}

#[test]
fn a_shaken_phone_keeps_wide_pictures_and_textures() {
    for name in ["page.png", "card.png", "gravel.png"] {
        let picture = fixture(name);
        for seed in 1..=3 {
            assert_eq!(frames_followed(&picture, seed), 20, "{name}, seed {seed}");
        }
    }
}

#[test]
fn a_large_picture_keeps_its_size_but_not_its_weight() {
    let base = fixture("astronaut.png");
    let large = image::imageops::resize(base.rgb(), 2400, 2400, image::imageops::Triangle);
    let target = compiled(&Picture::from_rgb(large));
    assert_eq!((target.width, target.height), (2400, 2400));
    let first = &target.keyframes[0];
    assert_eq!((first.width, first.height), (480, 480));
    assert!((first.scale - 0.2).abs() < 1e-9);
    let tracking = &target.tracking[1];
    assert_eq!((tracking.image.width(), tracking.image.height()), (105, 105));
    assert!((tracking.scale - 105.0 / 2400.0).abs() < 1e-9);
}

#[test]
fn a_compact_file_has_at_most_half_the_bytes() {
    let picture = fixture("chelsea.png");
    let size = |layout| compile(&picture, &CompileOptions { layout }).unwrap().encode().len();
    assert!(2 * size(Layout::Compact) <= size(Layout::Tuned));
}

#[test]
fn a_plain_picture_compiles_to_nothing_to_find() {
    let plain = Picture::from_rgb(RgbImage::from_pixel(300, 200, Rgb([90, 120, 30])));
    let target = compiled(&plain);
    assert!(target.keyframes.iter().all(|keyframe| point_count(keyframe) == 0));
    assert!(target.tracking[1].points.is_empty());
}

#[test]
fn progress_rises_from_nought_to_one() {
    let seen = std::sync::Mutex::new(Vec::new());
    let picture = fixture("page.png");
    let record = |share| seen.lock().unwrap().push(share);
    compile_with_progress(&picture, &CompileOptions::default(), &record).unwrap();
    let mut seen = seen.into_inner().unwrap();
    assert_eq!(seen.first(), Some(&0.0));
    assert_eq!(seen.last(), Some(&1.0));
    seen.sort_by(f32::total_cmp);
    seen.dedup();
    assert!(seen.len() > 5, "{seen:?}");
}

#[test]
fn a_picture_under_a_hundred_pixels_is_refused() {
    let tiny = Picture::from_rgb(RgbImage::new(99, 400));
    let error = compile(&tiny, &CompileOptions::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooSmall);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn any_shape_compiles(width in 100_u32..700, height in 100_u32..700, seed: u32) {
        let picture = Picture::from_rgb(RgbImage::from_fn(width, height, |x, y| {
            let cell = (x / 9).wrapping_mul(2_654_435_761) ^ (y / 7).wrapping_mul(seed | 1);
            Rgb([(cell >> 16) as u8, (cell >> 8) as u8, cell as u8])
        }));
        let file = compile(&picture, &CompileOptions::default()).unwrap();
        prop_assert_eq!(MindFile::decode(&file.encode()).unwrap(), file);
    }
}
