//! Pictures: the header and the pixels must agree, and limits hold.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vertex_markers::{Header, Limits, Picture};

const LIMITS: Limits = Limits { min_side: 1, max_side: 1024, max_pixels: 300_000 };

fuzz_target!(|bytes: &[u8]| {
    let header = Header::read(bytes, &LIMITS);
    match (header, Picture::decode(bytes, &LIMITS)) {
        (Ok(header), Ok(picture)) => {
            assert_eq!((header.width, header.height), (picture.width(), picture.height()));
            assert_eq!(picture.format(), Some(header.format));
            assert_eq!(LIMITS.check(picture.width(), picture.height()), Ok(()));
        }
        (Err(error), Ok(_)) => panic!("decoded, although its header is refused: {error}"),
        (_, Err(_)) => {}
    }
});
