//! Pictures: the header and the pixels must agree, limits hold, and a copy looks the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vertex_markers::picture::{
    ConvertibleFormat, heif_outline, png_copy, polyglot, without_profiles,
};
use vertex_markers::{Header, Limits, Picture};

const LIMITS: Limits =
    Limits { min_side: 1, max_side: 1024, max_pixels: 300_000, max_memory: 64 << 20 };

fuzz_target!(|bytes: &[u8]| {
    let _ = polyglot(bytes);
    if ConvertibleFormat::of(bytes).is_some() {
        let _ = heif_outline(bytes);
        let _ = without_profiles(bytes);
    }
    let header = Header::read(bytes, &LIMITS);
    match (header, Picture::decode(bytes, &LIMITS)) {
        (Ok(header), Ok(picture)) => {
            assert_eq!((header.width, header.height), (picture.width(), picture.height()));
            assert_eq!(picture.format(), Some(header.format));
            assert_eq!(LIMITS.check(picture.width(), picture.height()), Ok(()));
            let copy = png_copy(bytes, &LIMITS).expect("what is decoded can be copied");
            let copy = Picture::decode(&copy, &LIMITS).expect("a copy is a picture");
            assert!(copy.rgb() == picture.rgb() && copy.remarks() == picture.remarks());
        }
        (Err(error), Ok(_)) => panic!("decoded, although its header is refused: {error}"),
        (_, Err(_)) => {}
    }
});
