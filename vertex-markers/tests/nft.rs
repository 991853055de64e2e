//! NFT markers: those of the standard generator, ours, and hostile ones.

#![expect(clippy::unwrap_used, reason = "a fixture or a result that is not there fails the test")]

use std::f32::consts::TAU;
use std::path::PathBuf;
use std::sync::LazyLock;

use proptest::prelude::*;
use vertex_markers::detector::{Keypoint, kpm};
use vertex_markers::gray::{GrayBytes, Plane};
use vertex_markers::image::{Rgb, RgbImage};
use vertex_markers::nft::{
    self, Density, FeatureSet, ImageLevel, ImageSet, KeypointSet, Marker, MarkerFiles, NftOptions,
    Pictures, Point,
};
use vertex_markers::simulate::{Camera, Homography, MatchParams, Scene, View, find};
use vertex_markers::{ErrorKind, Limits, Picture};

fn data(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    std::fs::read(path).unwrap()
}

fn picture(name: &str) -> Picture {
    Picture::decode(&data(name), &Limits::ENGINE).unwrap()
}

/// The picture by the numbers in its file, as the standard generator was fed: its profile left aside.
fn unmanaged(name: &str) -> Picture {
    let numbers = image::load_from_memory(&data(name)).unwrap();
    Picture::from_rgb(numbers.into_rgb8())
}

/// What the standard generator made of `page.png`.
static STANDARD: LazyLock<MarkerFiles> = LazyLock::new(|| MarkerFiles {
    iset: data("page.iset"),
    fset: data("page.fset"),
    fset3: data("page.fset3"),
});

fn decode(files: &MarkerFiles) -> vertex_markers::Result<Marker> {
    Marker::decode(&files.iset, &files.fset, &files.fset3)
}

#[test]
fn a_marker_of_the_standard_generator_comes_back_byte_by_byte() {
    let marker = decode(&STANDARD).unwrap();
    assert_eq!(marker.encode(), *STANDARD);
    assert_eq!(marker.keypoints.points.len(), 1364);
    let sizes: Vec<u32> =
        marker.keypoints.pages[0].images.iter().map(|image| image.width).collect();
    assert_eq!(&sizes[..3], [384, 357, 284]);
    let (width, height) = marker.size_mm().unwrap();
    assert!((width - 384.0 / 72.0 * 25.4).abs() < 0.01 && (height - 67.38).abs() < 0.01);
}

/// The picture as the standard generator has it in its highest resolution.
fn full_size(picture: &Picture, dpi: f32) -> ImageLevel {
    let rgb = picture.rgb();
    let image = GrayBytes::from_fn(rgb.width() as usize, rgb.height() as usize, |x, y| {
        let sum: u16 = rgb.get_pixel(x as u32, y as u32).0.map(u16::from).iter().sum();
        (sum / 3) as u8
    });
    ImageLevel { dpi, image }
}

fn is_same_place(ours: &Keypoint, theirs: &Point) -> bool {
    let turned = (ours.angle - theirs.angle).abs();
    (ours.x - theirs.x).abs() < 0.05
        && (ours.y - theirs.y).abs() < 0.05
        && (ours.scale / theirs.sigma - 1.0).abs() < 0.02
        && turned.min(TAU - turned) < 0.01
        && ours.maxima == theirs.maxima
}

#[test]
fn the_detector_finds_what_the_standard_generator_finds() {
    let marker = decode(&STANDARD).unwrap();
    let Pictures::Jpeg { dpis, .. } = &marker.images.pictures else { panic!("a JPEG") };
    let first = full_size(&unmanaged("page.png"), 72.0);
    let mut detector = kpm::Detector::default();
    let (mut found, mut identical) = (0, 0);
    for (number, dpi) in (0..).zip(std::iter::once(72.0).chain(dpis.iter().copied())) {
        let level = if number == 0 { first.clone() } else { first.at(dpi) };
        let ours = detector.detect(&level.image.map(f32::from));
        for theirs in marker.keypoints.points.iter().filter(|point| point.image == number) {
            if let Some(ours) = ours.iter().find(|ours| is_same_place(ours, theirs)) {
                found += 1;
                identical += usize::from(ours.descriptor == theirs.descriptor);
            }
        }
    }
    let all = marker.keypoints.points.len();
    assert!(found * 100 >= all * 99, "{found} of {all}");
    assert!(identical * 100 >= all * 97, "{identical} of {all}");
}

fn compiled(name: &str) -> Marker {
    nft::compile(&picture(name), &NftOptions::default()).unwrap()
}

#[test]
fn a_marker_keeps_the_rules_and_reads_back() {
    let marker = compiled("card.png");
    let read = decode(&marker.encode()).unwrap();
    assert_eq!(read, marker);
    let page = &marker.keypoints.pages[0];
    let first = page.images[0].number;
    assert!(
        marker.keypoints.points.iter().all(|point| point.image != first),
        "jsartoolkitNFT's bug"
    );
    assert!(marker.keypoints.points.len() <= 1100);
    let (width, height) = marker.size_mm().unwrap();
    assert!((width - 160.0).abs() < 1.0 && (height / width - 372.0 / 674.0).abs() < 0.01);
    for level in &marker.features.levels {
        assert!((10..=100).contains(&level.features.len()), "{}", level.features.len());
    }
}

/// Looks at a picture from somewhere and finds it by its marker: the distance of the corners in pixels.
fn error_of_finding(name: &str, marker: &Marker, view: &View) -> Option<f64> {
    let picture = picture(name);
    let (width, height) = (picture.width(), picture.height());
    let camera = Camera::of(640, 480);
    let grey = vertex_markers::gray::luma_image(picture.rgb());
    let scene = Scene::new(grey, 1.0, f64::from(width), f64::from(height));
    let frame = scene.render(&camera, view);
    let queries = kpm::Detector::default().detect(&frame);
    let target = marker.keypoints.target(width, height);
    let found = find(&target, &queries, (640, 480), MatchParams::ARTOOLKIT)?;
    let (on_target, on_screen): (Vec<_>, Vec<_>) = found.pairs.into_iter().unzip();
    let map = Homography::fit(&on_target, &on_screen)?;
    let truth = view.pose(&camera, f64::from(width), f64::from(height)).homography(&camera);
    let corners = [(0.0, 0.0), (f64::from(width), 0.0), (f64::from(width), f64::from(height))];
    let apart = corners.map(|corner| {
        let (a, b) = (map.apply(corner), truth.apply(corner));
        (a.0 - b.0).hypot(a.1 - b.1)
    });
    apart.into_iter().reduce(f64::max)
}

#[test]
fn a_picture_is_found_by_its_marker_near_far_and_from_aside() {
    let marker = compiled("chelsea.png");
    let front = View::frontal(&Camera::of(640, 480), 0.7);
    let clutter = View { clutter: 7, noise: 2.0, ..front };
    let far = View { share: 0.3, ..clutter };
    let aside = View { tilt: 0.9, axis: 1.0, roll: 2.5, ..clutter };
    for view in [clutter, far, aside] {
        let error = error_of_finding("chelsea.png", &marker, &view).unwrap();
        assert!(error < 8.0, "{error} {view:?}");
    }
    assert_eq!(error_of_finding("astronaut.png", &marker, &clutter), None);
}

#[test]
fn options_say_how_much_and_how_far() {
    let picture = picture("astronaut.png");
    let compile = |options| nft::compile(&picture, &options).unwrap();
    let low = compile(NftOptions { density: Density::Low, ..NftOptions::default() });
    assert_eq!(low.keypoints.points.len(), 550);
    let near = compile(NftOptions { levels: 1, width_mm: 420.0, ..NftOptions::default() });
    assert!(near.keypoints.pages[0].images.iter().all(|image| image.height >= 250));
    assert!((near.size_mm().unwrap().0 - 420.0).abs() < 10.0);
    for options in [
        NftOptions { levels: 0, ..NftOptions::default() },
        NftOptions { levels: 4, ..NftOptions::default() },
        NftOptions { width_mm: f32::NAN, ..NftOptions::default() },
        NftOptions { width_mm: 0.0, ..NftOptions::default() },
    ] {
        assert_eq!(nft::compile(&picture, &options).unwrap_err().kind(), ErrorKind::InvalidOption);
    }
}

#[test]
fn a_wall_is_refused_and_so_is_a_slope() {
    let wall = Picture::from_rgb(RgbImage::from_pixel(500, 400, Rgb([180, 170, 160])));
    let slope = RgbImage::from_fn(500, 400, |x, _| Rgb([(x / 2) as u8; 3]));
    for picture in [wall, Picture::from_rgb(slope)] {
        let error = nft::compile(&picture, &NftOptions::default()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooPlain);
    }
}

#[test]
fn bricks_and_a_faint_picture_give_a_whole_marker() {
    let bricks = RgbImage::from_fn(600, 480, |x, y| {
        let shifted = x + (y / 40 % 2) * 30;
        Rgb(if y % 40 < 4 || shifted % 60 < 4 { [200; 3] } else { [150, 70, 50] })
    });
    let faint =
        RgbImage::from_fn(600, 480, |x, y| Rgb([120 + ((x * x + y * y * 3) / 977 % 24) as u8; 3]));
    for rgb in [bricks, faint] {
        match nft::compile(&Picture::from_rgb(rgb), &NftOptions::default()) {
            Ok(marker) => marker.check().unwrap(),
            Err(error) => assert_eq!(error.kind(), ErrorKind::TooPlain),
        }
    }
}

fn refusal(files: &MarkerFiles) -> String {
    let error = decode(files).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MalformedMarker, "{error}");
    error.to_string()
}

/// The standard marker with four bytes of one file replaced.
fn patched(file: fn(&mut MarkerFiles) -> &mut Vec<u8>, at: usize, value: i32) -> MarkerFiles {
    let mut files = STANDARD.clone();
    file(&mut files)[at..at + 4].copy_from_slice(&value.to_le_bytes());
    files
}

#[test]
fn hostile_files_are_refused_by_name() {
    let iset: fn(&mut MarkerFiles) -> &mut Vec<u8> = |files| &mut files.iset;
    let fset: fn(&mut MarkerFiles) -> &mut Vec<u8> = |files| &mut files.fset;
    let fset3: fn(&mut MarkerFiles) -> &mut Vec<u8> = |files| &mut files.fset3;
    let nan = f32::NAN.to_bits().cast_signed();
    let cases = [
        (patched(iset, 0, 0), ".iset: there is no level"),
        (patched(iset, 0, -3), "the number of levels is -3"),
        (patched(iset, 0, 2), "bytes follow the end"),
        (patched(fset, 0, i32::MAX), "do not fit"),
        (patched(fset, 4, 10), "level 10 is not among the 10"),
        (patched(fset, 4, -1), "the index of a level is -1"),
        (patched(fset, 8, nan), "NaN"),
        (patched(fset, 16, 0x0fff_ffff), "features do not fit"),
        (patched(fset3, 0, i32::from_le_bytes(*b"ARS3")), "do not fit"),
        (patched(fset3, 0, 0), ".fset3:"),
        (patched(fset3, 4 + 16 + 84, 1), "666 bits"),
        (patched(fset3, 4 + 112, 7.0_f32.to_bits().cast_signed()), "angle is 7"),
        (patched(fset3, 4 + 116, 0), "blur is 0"),
        (patched(fset3, 4 + 120, 2), "polarity is 2"),
        (patched(fset3, 4 + 128, 99), "image 99 of page 1"),
    ];
    for (files, reason) in cases {
        let said = refusal(&files);
        assert!(said.contains(reason), "{said:?} does not say {reason:?}");
    }
    let toy = MarkerFiles { iset: br#"{"width":640,"height":480}"#.to_vec(), ..STANDARD.clone() };
    assert!(refusal(&toy).starts_with("the marker file is malformed: .iset"));
}

#[test]
fn the_older_layout_reads_back_too() {
    let image = Plane::from_fn(40, 30, |x, y| (x * y % 256) as u8);
    let pictures = Pictures::Raw(vec![
        ImageLevel { dpi: 72.5, image: image.clone() },
        ImageLevel { dpi: 36.0, image },
    ]);
    let set = ImageSet { pictures };
    let read = ImageSet::decode(&set.encode()).unwrap();
    assert_eq!(read, set);
    assert_eq!(read.size().unwrap(), (40, 30, 72.5));
}

proptest! {
    #[test]
    fn no_bytes_make_a_decoder_panic(bytes: Vec<u8>, at in 0_usize..2000, value: u8) {
        let _ = ImageSet::decode(&bytes);
        let _ = FeatureSet::decode(&bytes);
        let _ = KeypointSet::decode(&bytes);
        let mut files = STANDARD.clone();
        for file in [&mut files.iset, &mut files.fset, &mut files.fset3] {
            let length = file.len();
            file[at % length] = value;
            file.truncate(length - usize::from(value & 1));
        }
        let _ = decode(&files);
    }
}
