//! Videos: their facts make sense whatever the file claims, and the middle picture keeps to the limits.

#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;

#[path = "../../vertex-http/src/video/mod.rs"]
#[expect(
    dead_code,
    unused_imports,
    reason = "the service uses more of the module than this target"
)]
mod video;

fuzz_target!(|bytes: &[u8]| {
    let len = bytes.len() as u64;
    if let Ok(facts) = video::inspect(Cursor::new(bytes), len) {
        let head = &bytes[..bytes.len().min(4096)];
        assert_eq!(video::sniff(head), Some(facts.container));
        assert!(facts.duration_seconds.is_none_or(|it| it.is_finite() && it > 0.0));
        assert!(facts.width.is_none_or(|side| side > 0));
        assert!(facts.height.is_none_or(|side| side > 0));
    }
    let _ = video::refuse_stowaways(Cursor::new(bytes), len);
    for part in video::private_parts(Cursor::new(bytes), len).unwrap_or_default() {
        assert!(part.end <= len || part.start >= part.end, "{part:?}");
    }
    if let Ok(picture) = video::middle_frame(Cursor::new(bytes), len) {
        assert!(picture.width() <= 8192 && picture.height() <= 8192);
    }
});
