//! Files of several targets: joined, parted, exchanged.

#![expect(clippy::unwrap_used, reason = "a fixture or a result that is not there fails the test")]

use std::path::PathBuf;

use image::RgbImage;
use proptest::prelude::*;
use vertex_markers::tracking::TrackingImage;
use vertex_markers::{
    CompileOptions, Error, ErrorKind, Layout, Limits, MindFile, Picture, compile, compile_many,
};

fn data(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    std::fs::read(path).unwrap()
}

fn picture(name: &str) -> Picture {
    Picture::decode(&data(name), &Limits::ENGINE).unwrap()
}

fn compiled(name: &str) -> MindFile {
    compile(&picture(name), &CompileOptions::default()).unwrap()
}

fn official(name: &str) -> MindFile {
    MindFile::decode(&data(name)).unwrap()
}

/// The tracking images the runtime reads.
fn tracking(file: &MindFile) -> impl Iterator<Item = &TrackingImage> {
    file.targets.iter().map(|target| &target.tracking[1])
}

fn sizes(file: &MindFile) -> Vec<(usize, usize)> {
    tracking(file).map(|tracking| (tracking.image.width(), tracking.image.height())).collect()
}

#[test]
fn merged_targets_share_one_tracking_size() {
    let (wide, square) = (compiled("card.png"), compiled("astronaut.png"));
    let merged = MindFile::merge([square, wide.clone()]);
    assert_eq!(sizes(&merged), [(140, 105), (140, 105)]);
    assert_eq!(merged.targets[1].tracking[1].points, wide.targets[0].tracking[1].points);
    assert_eq!(MindFile::decode(&merged.encode()).unwrap(), merged);
}

#[test]
fn splitting_undoes_merging_of_any_compilers_files() {
    let files = [
        official("card.mind"),
        compiled("page.png"),
        official("chelsea.mind"),
        compiled("astronaut.png"),
    ];
    let merged = MindFile::merge(files.clone());
    assert_eq!(sizes(&merged), [(232, 128); 4]);
    let bytes = merged.encode();
    let split = MindFile::decode(&bytes).unwrap().split();
    assert_eq!(split, files);
    assert!(MindFile::merge(split).encode() == bytes);
}

#[test]
fn merging_pads_a_file_of_several_targets_that_was_not() {
    let (wide, square) = (compiled("card.png"), compiled("astronaut.png"));
    let unpadded = MindFile { targets: [square.targets, wide.targets].concat() };
    assert_eq!(sizes(&unpadded), [(105, 105), (140, 77)]);
    assert_eq!(sizes(&MindFile::merge([unpadded])), [(140, 105); 2]);
}

#[test]
fn merging_in_steps_is_merging_at_once() {
    let files = ["page.png", "card.png", "moon.png"].map(compiled);
    let at_once = MindFile::merge(files.clone());
    let [first, second, third] = files;
    let mut in_steps = first;
    in_steps.push(second);
    in_steps.push(third);
    assert_eq!(in_steps, at_once);
}

#[test]
fn pictures_compile_into_one_file_as_one_by_one() {
    let pictures = ["card.png", "astronaut.png"].map(picture);
    let options = CompileOptions::default();
    let one_by_one = pictures.each_ref().map(|picture| compile(picture, &options).unwrap());
    assert_eq!(compile_many(&pictures, &options).unwrap().split(), one_by_one);
    assert_eq!(compile_many(pictures, &options).unwrap(), MindFile::merge(one_by_one));
}

#[test]
fn a_picture_that_is_refused_fails_all() {
    let pictures = [picture("page.png"), Picture::from_rgb(RgbImage::new(99, 400))];
    let error = compile_many(&pictures, &CompileOptions::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooSmall);
}

#[test]
fn no_files_merge_to_a_file_without_targets() {
    let none = MindFile::merge([]);
    assert!(none.targets.is_empty() && none.clone().split().is_empty());
    assert_eq!(compile_many([] as [Picture; 0], &CompileOptions::default()).unwrap(), none);
}

#[test]
fn a_replacement_takes_the_place_and_the_padding_follows() {
    let [wide, square, page] = ["card.png", "astronaut.png", "page.png"].map(compiled);
    let mut file = MindFile::merge([wide.clone(), square.clone()]);
    assert_eq!(file.replace(1, page.clone()).unwrap(), square);
    assert_eq!(file, MindFile::merge([wide.clone(), page.clone()]));
    assert_eq!(sizes(&file), [(140, 77); 2]);
    assert_eq!(file.replace(1, square.clone()).unwrap(), page);
    assert_eq!(file, MindFile::merge([wide, square]));
}

#[test]
fn removing_the_widest_target_takes_its_padding_along() {
    let [wide, square] = ["card.png", "astronaut.png"].map(compiled);
    let mut file = MindFile::merge([wide.clone(), square.clone()]);
    assert_eq!(file.remove(0).unwrap(), wide);
    assert_eq!(file, square);
}

#[test]
fn a_target_that_is_not_there_is_said_to_be_missing() {
    let single = compiled("page.png");
    let mut file = single.clone();
    let missing = Error::NoSuchTarget { index: 1, count: 1 };
    assert_eq!(missing.kind(), ErrorKind::NoSuchTarget);
    assert_eq!(file.replace(1, single.clone()), Err(missing.clone()));
    assert_eq!(file.remove(1), Err(missing));
    assert_eq!(file, single);
}

#[test]
fn only_a_file_of_one_target_replaces_a_target() {
    let single = compiled("page.png");
    let mut file = single.clone();
    for (others, count) in
        [(MindFile::default(), 0), (MindFile::merge([single.clone(), single.clone()]), 2)]
    {
        let error = file.replace(0, others).unwrap_err();
        assert_eq!(error, Error::NotOneTarget { count });
        assert_eq!(error.kind(), ErrorKind::NotOneTarget);
    }
    assert_eq!(file, single);
}

/// A picture of which nothing tells where its tracking image ends but the size it was compiled to.
fn black(width: u32, height: u32, layout: Layout) -> MindFile {
    let picture = Picture::from_rgb(RgbImage::new(width, height));
    compile(&picture, &CompileOptions { layout }).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn even_black_pictures_keep_their_size(
        sides in prop::collection::vec((100_u32..1600, 100_u32..1600), 1..4),
    ) {
        let files = sides.iter().map(|&(width, height)| black(width, height, Layout::Tuned));
        let files: Vec<_> = files.collect();
        prop_assert_eq!(MindFile::merge(files.clone()).split(), files);
    }

    #[test]
    fn so_they_do_in_the_official_layout(
        sides in prop::collection::vec((100_u32..400, 100_u32..400), 1..4),
    ) {
        let files = sides.iter().map(|&(width, height)| black(width, height, Layout::Compat));
        let files: Vec<_> = files.collect();
        prop_assert_eq!(MindFile::merge(files.clone()).split(), files);
    }
}

/// What is done to a file of several targets.
#[derive(Debug, Clone)]
enum Change {
    Push(usize),
    Replace(prop::sample::Index, usize),
    Remove(prop::sample::Index),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (0..3_usize).prop_map(Change::Push),
        (any::<prop::sample::Index>(), 0..3_usize).prop_map(|(at, of)| Change::Replace(at, of)),
        any::<prop::sample::Index>().prop_map(Change::Remove),
    ]
}

#[test]
fn any_changes_come_to_the_same_as_merging_what_is_left() {
    let singles = ["card.png", "astronaut.png", "page.png"].map(compiled);
    let changes = prop::collection::vec(change(), 1..12);
    proptest!(ProptestConfig::with_cases(40), |(changes in changes)| {
        let mut file = MindFile::default();
        let mut expected: Vec<MindFile> = Vec::new();
        for change in changes {
            match change {
                Change::Push(of) => {
                    file.push(singles[of].clone());
                    expected.push(singles[of].clone());
                }
                Change::Replace(at, of) if !expected.is_empty() => {
                    let at = at.index(expected.len());
                    let replaced = file.replace(at, singles[of].clone()).unwrap();
                    prop_assert!(replaced == std::mem::replace(&mut expected[at], singles[of].clone()));
                }
                Change::Remove(at) if !expected.is_empty() => {
                    let at = at.index(expected.len());
                    prop_assert!(file.remove(at).unwrap() == expected.remove(at));
                }
                Change::Replace(..) | Change::Remove(_) => {}
            }
            prop_assert!(sizes(&file).windows(2).all(|pair| pair[0] == pair[1]));
            prop_assert!(tracking(&file).all(points_are_inside));
        }
        prop_assert!(file == MindFile::merge(expected));
    });
}

fn points_are_inside(tracking: &TrackingImage) -> bool {
    let (width, height) = (tracking.image.width() as u32, tracking.image.height() as u32);
    tracking.points.iter().all(|point| point.x < width && point.y < height)
}
