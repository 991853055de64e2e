//! Videos: their facts make sense whatever the file claims, and the middle picture keeps to the limits.

#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let len = bytes.len() as u64;
    if let Ok(description) = vertex_video::describe(Cursor::new(bytes), len, || false) {
        let facts = description.facts;
        let head = &bytes[..bytes.len().min(4096)];
        assert_eq!(vertex_video::sniff(head), Some(facts.container));
        assert!(facts.duration_seconds.is_none_or(|it| it.is_finite() && it > 0.0));
        assert!(facts.width.is_none_or(|side| side > 0));
        assert!(facts.height.is_none_or(|side| side > 0));
    }
    for part in
        vertex_video::identifying_metadata(Cursor::new(bytes), len, || false).unwrap_or_default()
    {
        assert!(part.end <= len || part.start >= part.end, "{part:?}");
    }
    if let Ok(picture) = vertex_video::middle_frame(Cursor::new(bytes), len, || false) {
        assert!(picture.width() <= 8192 && picture.height() <= 8192);
    }
});
