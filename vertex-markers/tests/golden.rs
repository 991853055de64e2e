//! The compat layout against files of the official compiler.

#![expect(clippy::unwrap_used, reason = "a fixture or a result that is not there fails the test")]

use std::path::PathBuf;

use vertex_markers::cluster::build_compat;
use vertex_markers::detector::{Descriptor, Keypoint};
use vertex_markers::mind::{Keyframe, PointSet};
use vertex_markers::{CompileOptions, Layout, Limits, MindFile, Picture, compile};

fn data(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    std::fs::read(path).unwrap()
}

fn ours(name: &str) -> MindFile {
    let picture = Picture::decode(&data(&format!("{name}.png")), &Limits::ENGINE).unwrap();
    compile(&picture, &CompileOptions { layout: Layout::Compat }).unwrap()
}

fn official(name: &str) -> MindFile {
    MindFile::decode(&data(&format!("{name}.mind"))).unwrap()
}

fn sets(keyframe: &Keyframe) -> [&PointSet; 2] {
    [&keyframe.maxima, &keyframe.minima]
}

/// Whether all that describes a point lies inside the picture, left and right.
///
/// Beyond these edges the official compiler in the browser reads the rows above and below instead of
/// repeating the edge, which changes a few pixels of every octave.
fn clear_of_the_sides(point: &Keypoint, width: u32) -> bool {
    let margin = 12.0 * point.scale;
    point.x > margin && point.x < width as f32 - margin
}

#[test]
fn keypoints_agree_in_place_order_and_descriptor() {
    for name in ["chelsea", "card"] {
        let (ours, official) = (ours(name), official(name));
        let (ours, official) = (&ours.targets[0], &official.targets[0]);
        assert_eq!((ours.width, ours.height), (official.width, official.height));
        assert_eq!(ours.keyframes.len(), official.keyframes.len());
        let (mut compared, mut identical) = (0, 0);
        for (a, b) in ours.keyframes.iter().zip(&official.keyframes) {
            assert_eq!((a.width, a.height), (b.width, b.height));
            assert!((a.scale - b.scale).abs() < 1e-12);
            for (a, b) in sets(a).iter().zip(sets(b)) {
                assert_eq!(a.points.len(), b.points.len());
                for (p, q) in a.points.iter().zip(&b.points) {
                    assert!((p.x - q.x).abs() < 0.01 && (p.y - q.y).abs() < 0.01, "{p:?} {q:?}");
                    assert_eq!(p.scale, q.scale);
                }
            }
            for (p, q) in
                sets(a).iter().zip(sets(b)).flat_map(|(a, b)| a.points.iter().zip(&b.points))
            {
                if clear_of_the_sides(p, a.width) {
                    compared += 1;
                    identical += usize::from(p.descriptor == q.descriptor);
                }
            }
        }
        assert!(
            identical * 100 >= compared * 94,
            "{name}: {identical} of {compared} are identical"
        );
    }
}

#[test]
fn tracking_images_and_points_are_the_same() {
    for name in ["chelsea", "card"] {
        let (ours, official) = (ours(name), official(name));
        for (a, b) in ours.targets[0].tracking.iter().zip(&official.targets[0].tracking) {
            assert!(a.image == b.image, "{name}: pixels differ");
            assert_eq!(a.points, b.points);
            assert_eq!(a.scale, b.scale);
        }
    }
}

#[test]
fn the_same_descriptors_give_the_same_tree() {
    for keyframe in &official("chelsea").targets[0].keyframes {
        for set in sets(keyframe) {
            let descriptors: Vec<Descriptor> = set.points.iter().map(|p| p.descriptor).collect();
            assert_eq!(build_compat(&descriptors), set.tree);
        }
    }
}

#[test]
fn an_official_file_survives_our_encoding_and_shrinks() {
    let bytes = data("card.mind");
    let official = MindFile::decode(&bytes).unwrap();
    let written = official.encode();
    assert!(written.len() < bytes.len());
    assert_eq!(MindFile::decode(&written).unwrap(), official);
}
