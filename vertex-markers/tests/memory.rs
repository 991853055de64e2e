//! What decoding takes: never more than the header was read to need, and never more than is allowed.

#![expect(clippy::unwrap_used, reason = "a fixture or a result that is not there fails the test")]
#![expect(unsafe_code, reason = "an allocator that counts")]

mod made;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use vertex_markers::{ErrorKind, Header, Limits, Picture};

/// The system's allocator, which counts what is held.
struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is the system allocator's own.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let held = HELD.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(held, Ordering::Relaxed);
        // SAFETY: the caller keeps the rules of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the rules of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Bytes that are taken at the peak of some work.
fn taken<T>(work: impl FnOnce() -> T) -> (u64, T) {
    let before = HELD.load(Ordering::Relaxed);
    PEAK.store(before, Ordering::Relaxed);
    let done = work();
    ((PEAK.load(Ordering::Relaxed) - before) as u64, done)
}

#[test]
fn decoding_takes_no_more_than_its_header_says() {
    let Some(folder) = made::pictures("large", "large") else { return };
    let mut wrong = Vec::new();
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let header = Header::read(&bytes, &Limits::UPLOAD).unwrap();
        let (taken, picture) = taken(|| Picture::decode(&bytes, &Limits::UPLOAD).unwrap());
        let pixels = u64::from(picture.width()) * u64::from(picture.height());
        count += 1;
        if taken > header.memory || header.memory > 14 * pixels {
            let per_pixel = taken as f64 / pixels as f64;
            wrong.push(format!("{path:?}: {taken} of {}, {per_pixel:.1} a pixel", header.memory));
        }
    }
    assert!(wrong.is_empty() && count >= 12, "{count}: {}", wrong.join("\n"));
}

/// A PNG of which only the header is there.
fn png(width: u32, height: u32, depth: u8, colour: u8) -> Vec<u8> {
    let chunk = |name: &[u8; 4], content: &[u8]| {
        let checked = [&name[..], content].concat();
        let crc = checked.iter().fold(u32::MAX, |crc, &byte| {
            (0..8).fold(crc ^ u32::from(byte), |crc, _| {
                (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
            })
        });
        let length = content.len() as u32;
        [&length.to_be_bytes()[..], &checked, &(!crc).to_be_bytes()].concat()
    };
    let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
    let header = [&size[..], &[depth, colour, 0, 0, 0]].concat();
    [&b"\x89PNG\r\n\x1a\n"[..], &chunk(b"IHDR", &header), &chunk(b"IDAT", &[0])].concat()
}

#[test]
fn fifty_million_deep_pixels_fit_and_a_smaller_allowance_is_named() {
    let bytes = png(7071, 7071, 16, 6);
    let header = Header::read(&bytes, &Limits::UPLOAD).unwrap();
    assert!(header.memory < Limits::UPLOAD.max_memory, "{}", header.memory);

    let error = Header::read(&bytes, &Limits { max_memory: 100 << 20, ..Limits::UPLOAD });
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    let words = error.to_string();
    assert!(words.contains("7071x7071") && words.contains("at most 100 MB"), "{words}");
}
