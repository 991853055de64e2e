//! The score of pictures whose quality is known.

use std::path::Path;

use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use vertex_markers::trackability::{
    FindingKind, Nuisance, Outcome, SCORE_VERSION, ScoreOptions, Trackability, Zone, lookalikes,
    nft_outcomes, outcomes, overlay, runtime_camera, trackability,
};
use vertex_markers::{
    CompileOptions, Limits, MindFile, Picture, compile, mind::Target, nft, simulate,
};

fn picture(name: &str) -> RgbImage {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    let bytes = std::fs::read(path).expect("a readable picture");
    Picture::decode(&bytes, &Limits::ENGINE).expect("a valid picture").rgb().clone()
}

fn compiled(rgb: &RgbImage) -> (Picture, MindFile) {
    let picture = Picture::from_rgb(rgb.clone());
    let file =
        compile(&picture, &CompileOptions::default()).expect("a picture of a permitted size");
    (picture, file)
}

fn measured(rgb: &RgbImage) -> Trackability {
    let (picture, file) = compiled(rgb);
    trackability(&picture, &file.targets[0], &ScoreOptions::default())
}

fn score(rgb: &RgbImage) -> u8 {
    measured(rgb).score
}

fn faded(rgb: &RgbImage, contrast: f32) -> RgbImage {
    let mut faded = rgb.clone();
    for pixel in faded.pixels_mut() {
        pixel.0 = pixel.0.map(|v| (128.0 + (f32::from(v) - 128.0) * contrast).round() as u8);
    }
    faded
}

/// The pixels in an order that has nothing to do with where they were.
fn shuffled(rgb: &RgbImage) -> RgbImage {
    let (width, height) = rgb.dimensions();
    let mut pixels: Vec<Rgb<u8>> = rgb.pixels().copied().collect();
    let mut state = 1_u64;
    for index in (1..pixels.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        pixels.swap(index, (state >> 33) as usize % (index + 1));
    }
    RgbImage::from_fn(width, height, |x, y| pixels[(y * width + x) as usize])
}

#[test]
fn good_pictures_score_high_and_are_found_far_away() {
    for name in ["chelsea.png", "astronaut.png", "pictarize.jpg"] {
        let result = measured(&picture(name));
        assert!(result.score >= 85, "{name}: {result:?}");
        assert_eq!(result.score_version, SCORE_VERSION);
        let share = result.smallest_share.unwrap();
        assert!(share < 0.4, "{name}: {share}");
        let width = result.print_width(2.0).unwrap();
        assert!((width / (2.0 * share * 640.0 / 579.411) - 1.0).abs() < 1e-3);
    }
}

#[test]
fn the_score_falls_under_blur() {
    for name in ["chelsea.png", "astronaut.png"] {
        let sharp = picture(name);
        let scores = [6.0, 10.0].map(|sigma| score(&imageops::blur(&sharp, sigma)));
        let best = score(&sharp);
        assert!(best > scores[0] && scores[0] > scores[1], "{name}: {best} {scores:?}");
    }
}

#[test]
fn the_score_falls_with_contrast() {
    for name in ["chelsea.png", "astronaut.png"] {
        let vivid = picture(name);
        let scores = [0.25, 0.1].map(|contrast| score(&faded(&vivid, contrast)));
        let best = score(&vivid);
        assert!(best > scores[0] && scores[0] > scores[1], "{name}: {best} {scores:?}");
    }
}

#[test]
fn the_score_falls_when_pixels_are_shuffled() {
    for name in ["chelsea.png", "card.png"] {
        let whole = picture(name);
        let (before, after) = (score(&whole), score(&shuffled(&whole)));
        assert!(before >= after + 15, "{name}: {before} {after}");
    }
}

#[test]
fn a_repeated_tile_is_poor_and_named() {
    let tile = imageops::resize(&picture("astronaut.png"), 100, 100, FilterType::Triangle);
    let tiled = RgbImage::from_fn(500, 500, |x, y| *tile.get_pixel(x % 100, y % 100));
    let result = measured(&tiled);
    assert!(result.score <= 20, "{}", result.score);
    let repetition = result.diagnosis.iter().find(|f| f.kind == FindingKind::Repetition).unwrap();
    assert!(repetition.zone.width > 0.5);
}

#[test]
fn a_blank_wall_scores_nothing() {
    let result = measured(&RgbImage::from_pixel(400, 300, Rgb([190, 180, 170])));
    assert_eq!(result.score, 0);
    assert_eq!((result.smallest_share, result.print_width(1.0)), (None, None));
    assert!(result.diagnosis.iter().any(|finding| finding.kind == FindingKind::EmptyEdge));
}

#[test]
fn small_resizes_change_little() {
    for name in ["chelsea.png", "card.png", "gravel.png", "moon.png", "page.png"] {
        let whole = picture(name);
        let scores = [0.95, 1.0, 1.05].map(|factor| {
            let side = |length: u32| (f64::from(length) * factor).round() as u32;
            let (width, height) = (side(whole.width()), side(whole.height()));
            score(&imageops::resize(&whole, width, height, FilterType::CatmullRom))
        });
        assert!(scores.iter().all(|score| score.abs_diff(scores[1]) <= 5), "{name}: {scores:?}");
    }
}

#[test]
fn the_same_seed_gives_the_same_result() {
    let (picture, file) = compiled(&imageops::blur(&picture("chelsea.png"), 6.0));
    let options = ScoreOptions { views: 4, ..ScoreOptions::default() };
    let first = trackability(&picture, &file.targets[0], &options);
    assert_eq!(first, trackability(&picture, &file.targets[0], &options));
    let other = trackability(&picture, &file.targets[0], &ScoreOptions { seed: 2, ..options });
    assert_ne!(first.breakdown, other.breakdown);
}

#[test]
fn the_worst_nuisance_is_the_lowest_figure() {
    let result = measured(&imageops::blur(&picture("chelsea.png"), 6.0));
    let figures = result.breakdown;
    let lowest = match result.worst {
        Nuisance::Distance => figures.distance,
        Nuisance::Tilt => figures.tilt,
        Nuisance::Blur => figures.blur,
        Nuisance::Light => figures.light,
    };
    let all = [figures.distance, figures.tilt, figures.blur, figures.light];
    assert_eq!(all.into_iter().min(), Some(lowest));
    assert!(result.score >= lowest);
}

#[test]
fn a_picture_that_is_in_another_is_a_lookalike() {
    let cat = picture("chelsea.png");
    let mut poster = picture("astronaut.png");
    imageops::replace(&mut poster, &cat, 30, 150);
    let targets =
        [cat, poster, picture("gravel.png")].map(|rgb| compiled(&rgb).1.targets.remove(0));
    let found = lookalikes(&targets);
    let mut pairs: Vec<_> = found.iter().map(|found| (found.shown, found.found)).collect();
    pairs.sort_unstable();
    assert_eq!(pairs, [(0, 1), (1, 0)]);
    let Zone { y, height, .. } = found.iter().find(|found| found.found == 1).unwrap().zone;
    assert!(y > 0.2 && y + height < 0.95);
    assert_eq!(found[0].finding().kind, FindingKind::Lookalike);
}

#[test]
fn the_overlay_shows_points_and_weak_zones() {
    let mut rgb = picture("chelsea.png");
    imageops::replace(&mut rgb, &RgbImage::from_pixel(200, 300, Rgb([200; 3])), 251, 0);
    let (picture, file) = compiled(&rgb);
    let options = ScoreOptions { views: 2, ..ScoreOptions::default() };
    let result = trackability(&picture, &file.targets[0], &options);
    let drawn = overlay(&picture, &file.targets[0], &result);
    assert_eq!(drawn.dimensions(), (1000, 665));
    let red = |pixel: &Rgb<u8>| pixel.0[0] > pixel.0[1].saturating_add(25);
    assert!(drawn.enumerate_pixels().any(|(x, _, pixel)| x > 800 && red(pixel)));
}

#[test]
fn foreign_and_odd_targets_score_low_and_harm_nothing() {
    let (cat, file) = compiled(&picture("chelsea.png"));
    let whole = &file.targets[0];
    let options = ScoreOptions { views: 0, ..ScoreOptions::default() };
    let mut odd = vec![whole.clone(); 6];
    odd[0].keyframes.clear();
    odd[1].tracking.clear();
    odd[2].tracking[1] = Default::default();
    odd[3].width = 0;
    odd[4].height = u32::MAX;
    (odd[5].width, odd[5].height) = (1, 1);
    for target in &odd {
        let result = trackability(&cat, target, &options);
        assert!(result.score <= 30, "{}", result.score);
        let _ = overlay(&cat, target, &result);
    }
    let _ = lookalikes(&odd);
    for (width, height) in [(0, 0), (1, 1), (5, 3000)] {
        let tiny = Picture::from_rgb(RgbImage::new(width, height));
        let result = trackability(&tiny, whole, &options);
        assert_eq!(result.score, 0);
        let _ = overlay(&tiny, whole, &result);
    }
}

#[test]
fn views_of_ones_own_choice_are_told_one_by_one() {
    let (picture, file) = compiled(&picture("chelsea.png"));
    let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
    let views = simulate::views(&runtime_camera(), width, height, 16, 1);
    let marker = nft::compile(&picture, &nft::NftOptions::default()).expect("a detailed picture");
    let by_mindar = outcomes(&picture, &file.targets[0], &views);
    let by_arjs = nft_outcomes(&picture, &marker, &views).expect("a marker that was just made");
    for outcomes in [&by_mindar, &by_arjs] {
        assert!(
            outcomes.iter().map(|outcome| outcome.share).eq(views.iter().map(|view| view.share))
        );
        assert!(outcomes.iter().filter(|outcome| outcome.locked).count() >= 8, "{outcomes:?}");
        for outcome in outcomes.iter().filter(|outcome| outcome.locked) {
            assert!(outcome.keypoints >= 6 && outcome.places >= 4, "{outcome:?}");
            assert!(outcome.error.is_some_and(|error| error < 20.0), "{outcome:?}");
        }
    }
    let nothing = |outcome: &Outcome| outcome.keypoints == 0 && outcome.error.is_none();
    let empty = Target { width: 451, height: 300, ..Target::default() };
    assert!(outcomes(&picture, &empty, &views).iter().all(nothing));
}
