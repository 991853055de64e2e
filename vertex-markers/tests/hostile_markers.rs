//! Marker files from strangers: refused with a reason, never a panic.

#![expect(clippy::unwrap_used, reason = "a fixture or a result that is not there fails the test")]

use std::path::PathBuf;
use std::sync::LazyLock;

use proptest::prelude::*;
use vertex_markers::cluster::{Content, Node};
use vertex_markers::detector::{Descriptor, Keypoint, WORDS};
use vertex_markers::gray::GrayBytes;
use vertex_markers::mind::{Keyframe, PointSet, Target};
use vertex_markers::tracking::{TrackingImage, TrackingPoint};
use vertex_markers::{ErrorKind, MindFile};

static OFFICIAL: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/card.mind");
    std::fs::read(path).unwrap()
});

fn refusal(bytes: &[u8]) -> String {
    let error = MindFile::decode(bytes).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MalformedMarker);
    error.to_string()
}

/// A file of one target, one keyframe and three points, small enough to take apart.
fn small() -> MindFile {
    let point = |x: f32, maxima| Keypoint {
        x,
        y: 7.25,
        scale: 4.0,
        angle: -1.5,
        maxima,
        descriptor: Descriptor([0xdead_beef; WORDS]),
    };
    let tree = Node {
        center: None,
        content: Content::Branch(vec![Node::leaf(Some(1), vec![0]), Node::leaf(Some(0), vec![1])]),
    };
    let maxima = PointSet { points: vec![point(3.5, true), point(9.0, true)], tree };
    let minima = PointSet { points: vec![point(5.0, false)], tree: Node::leaf(None, vec![0]) };
    let tracking = TrackingImage {
        image: GrayBytes::from_fn(20, 10, |x, y| (x * y) as u8),
        scale: 0.2,
        points: vec![TrackingPoint { x: 8, y: 7 }],
    };
    MindFile {
        targets: vec![Target {
            width: 100,
            height: 50,
            tracking: vec![TrackingImage { scale: 1.0, ..TrackingImage::default() }, tracking],
            keyframes: vec![Keyframe { width: 100, height: 50, scale: 1.0, maxima, minima }],
        }],
    }
}

#[test]
fn a_small_file_reads_back_as_it_was() {
    assert_eq!(MindFile::decode(&small().encode()).unwrap(), small());
}

#[test]
fn every_cut_is_refused() {
    let bytes = small().encode();
    for length in 0..bytes.len() {
        refusal(&bytes[..length]);
    }
}

#[test]
fn another_version_is_refused() {
    assert!(refusal(b"\x82\xa1v\x01\xa8dataList\x90").contains("version 1"));
    assert!(refusal(b"\x81\xa8dataList\x90").contains("\"v\" is missing"));
}

#[test]
fn announced_lengths_are_checked_before_memory_is_taken() {
    let message = refusal(b"\x82\xa1v\x02\xa8dataList\xdd\xff\xff\xff\xff");
    assert!(message.contains("4294967295 values are announced"), "{message}");
}

#[test]
fn bottomless_nesting_is_refused() {
    let mut skipped = b"\x81\xa7unknown".to_vec();
    skipped.extend([0x91; 100_000]);
    assert!(refusal(&skipped).contains("deep"));
    let mut file = small();
    let mut tree = Node::leaf(Some(0), vec![0]);
    for _ in 0..100 {
        tree = Node { center: Some(0), content: Content::Branch(vec![tree]) };
    }
    file.targets[0].keyframes[0].minima.tree = tree;
    assert!(refusal(&file.encode()).contains("levels deep"));
}

#[test]
fn indices_must_exist_and_be_unique() {
    let broken = |tree: Node| {
        let mut file = small();
        file.targets[0].keyframes[0].maxima.tree = tree;
        refusal(&file.encode())
    };
    assert!(broken(Node::leaf(None, vec![0, 2])).contains("does not exist"));
    assert!(broken(Node::leaf(None, vec![1, 1])).contains("twice"));
    let stray = Content::Branch(vec![Node::leaf(Some(2), vec![0])]);
    assert!(broken(Node { center: None, content: stray }).contains("centre is point 2 of 2"));
}

#[test]
fn pixels_must_agree_with_the_size() {
    let mut bytes = small().encode();
    let width = bytes.windows(7).rposition(|w| w == b"\xa5width\x14").unwrap();
    bytes[width + 6] = 21;
    assert!(refusal(&bytes).contains("a 21x10 tracking image has 200 bytes"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn damaged_files_never_panic(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = small().encode();
        for (place, value) in damage {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        if let Ok(file) = MindFile::decode(&bytes) {
            prop_assert_eq!(MindFile::decode(&file.encode()).unwrap(), file);
        }
    }

    #[test]
    fn noise_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = MindFile::decode(&bytes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn a_damaged_official_file_never_panics(place: prop::sample::Index, value: u8) {
        let mut bytes = OFFICIAL.clone();
        let place = place.index(bytes.len());
        bytes[place] = value;
        let _ = MindFile::decode(&bytes);
    }
}

#[test]
fn a_position_beyond_32_bits_is_refused() {
    let mut bytes = OFFICIAL.clone();
    // The key "x" and the mark of a 64-bit float.
    let at = bytes.windows(3).position(|window| window == [0xa1, b'x', 0xcb]).unwrap();
    bytes[at + 3..at + 11].copy_from_slice(&1e300_f64.to_be_bytes());
    assert!(refusal(&bytes).contains("too large"));
}
