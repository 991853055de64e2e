//! Decoding pictures as people upload them.

#![expect(clippy::unwrap_used, reason = "a fixture or a result that is not there fails the test")]

use std::io::Cursor;
use std::path::PathBuf;

use image::codecs::{jpeg::JpegEncoder, png::PngEncoder, webp::WebPEncoder};
use image::{
    DynamicImage, ExtendedColorType, ImageEncoder, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage,
};
use proptest::prelude::*;
use vertex_markers::picture::{Remark, png_copy, polyglot};
use vertex_markers::{ErrorKind, Header, Limits, Picture, PictureFormat};

const ANY_SIZE: Limits = Limits { min_side: 1, ..Limits::ENGINE };
const FORMATS: [PictureFormat; 3] = [PictureFormat::Jpeg, PictureFormat::Png, PictureFormat::WebP];

/// EXIF with one tag: orientation 6, "turn me a quarter clockwise".
const QUARTER_TURN: &[u8] = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";

/// Left half red, right half blue.
fn red_and_blue() -> RgbImage {
    RgbImage::from_fn(64, 32, |x, _| Rgb(if x < 32 { [230, 20, 20] } else { [20, 20, 230] }))
}

fn encoded(image: &RgbImage, format: PictureFormat, exif: Option<&[u8]>) -> Vec<u8> {
    fn write(mut encoder: impl ImageEncoder, image: &RgbImage, exif: Option<&[u8]>) {
        if let Some(exif) = exif {
            encoder.set_exif_metadata(exif.to_vec()).unwrap();
        }
        encoder.write_image(image, image.width(), image.height(), ExtendedColorType::Rgb8).unwrap();
    }
    let mut bytes = Vec::new();
    match format {
        PictureFormat::Jpeg => write(JpegEncoder::new_with_quality(&mut bytes, 95), image, exif),
        PictureFormat::Png => write(PngEncoder::new(&mut bytes), image, exif),
        PictureFormat::WebP => write(WebPEncoder::new_lossless(&mut bytes), image, exif),
    }
    bytes
}

fn is_red(pixel: &Rgb<u8>) -> bool {
    pixel.0[0] > 180 && pixel.0[2] < 80
}

#[test]
fn a_turned_picture_is_turned_upright_once() {
    for format in FORMATS {
        let bytes = encoded(&red_and_blue(), format, Some(QUARTER_TURN));
        let header = Header::read(&bytes, &ANY_SIZE).unwrap();
        assert_eq!((header.format, header.width, header.height), (format.into(), 32, 64));
        let picture = Picture::decode(&bytes, &ANY_SIZE).unwrap();
        assert_eq!((picture.width(), picture.height()), (32, 64));
        assert!(is_red(picture.rgb().get_pixel(16, 8)), "{format:?}: red is on top");
        assert!(!is_red(picture.rgb().get_pixel(16, 56)), "{format:?}: blue is below");
    }
}

#[test]
fn the_format_is_told_by_content() {
    for format in FORMATS {
        let picture = Picture::decode(&encoded(&red_and_blue(), format, None), &ANY_SIZE).unwrap();
        assert_eq!(picture.format(), Some(format.into()));
    }
    let layers = Picture::decode(b"8BPS and so on", &ANY_SIZE).unwrap_err();
    assert_eq!(layers.kind(), ErrorKind::UnsupportedFormat);
    assert_eq!(Picture::decode(b"", &ANY_SIZE).unwrap_err().kind(), ErrorKind::UnsupportedFormat);
}

#[test]
fn transparency_is_laid_over_white_unless_that_swallows_the_picture() {
    let decoded = |value: u8, alpha: u8| {
        let logo = RgbaImage::from_fn(32, 32, |x, y| {
            let inside = (8..24).contains(&x) && (8..24).contains(&y);
            Rgba([value, value, value, if inside { alpha } else { 0 }])
        });
        let mut png = Vec::new();
        logo.write_to(&mut Cursor::new(&mut png), ImageFormat::Png).unwrap();
        Picture::decode(&png, &ANY_SIZE).unwrap()
    };
    for (value, alpha, inside, around, remark) in [
        (0, 255, 0, 255, Remark::LaidOverWhite),
        (40, 128, 147, 255, Remark::LaidOverWhite),
        (255, 255, 255, 0, Remark::LaidOverBlack),
        (250, 128, 125, 0, Remark::LaidOverBlack),
    ] {
        let picture = decoded(value, alpha);
        assert_eq!(picture.rgb().get_pixel(16, 16).0, [inside; 3], "{value} {alpha}");
        assert_eq!(picture.rgb().get_pixel(2, 2).0, [around; 3], "{value} {alpha}");
        assert_eq!(picture.remarks(), [remark]);
    }
}

#[test]
fn sixteen_bits_and_grey_become_eight_bit_rgb() {
    let deep = image::ImageBuffer::from_pixel(8, 8, image::Luma([0x80ff_u16]));
    let mut png = Vec::new();
    DynamicImage::ImageLuma16(deep).write_to(&mut Cursor::new(&mut png), ImageFormat::Png).unwrap();
    let picture = Picture::decode(&png, &ANY_SIZE).unwrap();
    let [r, g, b] = picture.rgb().get_pixel(0, 0).0;
    assert!(r == g && g == b && (128..=129).contains(&r), "{r} {g} {b}");
}

#[test]
fn cmyk_keeps_its_colours() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/cmyk.jpg");
    let picture = Picture::decode(&std::fs::read(path).unwrap(), &ANY_SIZE).unwrap();
    let at = |x, y| picture.rgb().get_pixel(x, y).0;
    let [red, green, blue, white] = [at(40, 30), at(120, 30), at(40, 90), at(120, 90)];
    assert!(red[0] > red[1] + 60 && red[0] > red[2] + 60, "{red:?}");
    assert!(green[1] > green[0] + 40 && green[1] > green[2] + 40, "{green:?}");
    assert!(blue[2] > blue[0] + 40 && blue[2] > blue[1] + 40, "{blue:?}");
    assert!(white.iter().all(|&v| v > 200), "{white:?}");
}

#[test]
fn of_an_animation_the_first_frame_is_taken() {
    let config = webp::WebPConfig::new().unwrap();
    let mut animation = webp::AnimEncoder::new(64, 32, &config);
    let (first, second) = (red_and_blue(), RgbImage::from_pixel(64, 32, Rgb([0, 255, 0])));
    animation.add_frame(webp::AnimFrame::from_rgb(first.as_raw(), 64, 32, 0));
    animation.add_frame(webp::AnimFrame::from_rgb(second.as_raw(), 64, 32, 100));
    let picture = Picture::decode(&animation.encode(), &ANY_SIZE).unwrap();
    assert!(is_red(picture.rgb().get_pixel(10, 10)));
}

#[test]
fn a_cut_file_is_an_error_not_half_a_picture() {
    let noisy =
        RgbImage::from_fn(160, 120, |x, y| Rgb([(x * y % 251) as u8, (x * 7) as u8, y as u8]));
    for format in FORMATS {
        let bytes = encoded(&noisy, format, None);
        for share in [10, 50, 90, 99] {
            let cut = &bytes[..bytes.len() * share / 100];
            let error = Picture::decode(cut, &ANY_SIZE).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::CorruptPicture, "{format:?} at {share} %");
        }
    }
}

#[test]
fn a_png_may_lack_its_end_but_no_pixels() {
    let bytes = encoded(&red_and_blue(), PictureFormat::Png, None);
    let whole = Picture::decode(&bytes, &ANY_SIZE).unwrap();
    for missing in [1, 4, 11, 12] {
        let cut = &bytes[..bytes.len() - missing];
        assert_eq!(Picture::decode(cut, &ANY_SIZE).unwrap(), whole, "without {missing} bytes");
        assert_eq!(polyglot(cut), None);
    }
    let cut = &bytes[..bytes.len() - 13];
    assert_eq!(Picture::decode(cut, &ANY_SIZE).unwrap_err().kind(), ErrorKind::CorruptPicture);
    // A whole chunk with half of the pixels.
    let name = bytes.windows(4).position(|window| window == b"IDAT").unwrap();
    let length = u32::from_be_bytes(*bytes[name - 4..].first_chunk().unwrap()) / 2;
    let half = &bytes[name..name + 4 + length as usize];
    let checksum = crc32(half).to_be_bytes();
    let cut = [&bytes[..name - 4], &length.to_be_bytes(), half, &checksum].concat();
    assert_eq!(Picture::decode(&cut, &ANY_SIZE).unwrap_err().kind(), ErrorKind::CorruptPicture);
}

#[test]
fn a_giant_is_refused_by_its_header() {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    png.extend(65_000_u32.to_be_bytes());
    png.extend(65_000_u32.to_be_bytes());
    png.extend([8, 2, 0, 0, 0]);
    png.extend(crc32(&png[12..]).to_be_bytes());
    png.extend(b"\0\0\0\x01IDAT\0");
    png.extend(crc32(b"IDAT\0").to_be_bytes());
    for limits in [Limits::UPLOAD, Limits::ENGINE] {
        let error = Header::read(&png, &limits).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge);
        assert!(error.to_string().contains("65000x65000"), "{error}");
        assert_eq!(Picture::decode(&png, &limits).unwrap_err(), error);
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

/// Small files of every format and of many variants.
fn seeds() -> Vec<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds/picture_decode");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|file| std::fs::read(file).unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn damaged_files_of_every_kind_never_panic(
        file in prop::sample::select(seeds()),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        end in any::<prop::sample::Index>(),
        is_cut in prop::bool::weighted(0.2),
    ) {
        let mut bytes = file;
        for (place, value) in damage {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        if is_cut {
            bytes.truncate(end.index(bytes.len()));
        }
        let limits = Limits { max_pixels: 1 << 20, max_memory: 64 << 20, ..ANY_SIZE };
        let _ = polyglot(&bytes);
        if let Ok(picture) = Picture::decode(&bytes, &limits) {
            let copy = Picture::decode(&png_copy(&bytes, &limits).unwrap(), &limits).unwrap();
            prop_assert!(picture.rgb() == copy.rgb());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn damaged_files_never_panic(
        format in prop::sample::select(FORMATS.to_vec()),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let mut bytes = encoded(&red_and_blue(), format, Some(QUARTER_TURN));
        for (place, value) in damage {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        let _ = Picture::decode(&bytes, &ANY_SIZE);
    }
}
