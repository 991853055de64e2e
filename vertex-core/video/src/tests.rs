use std::{
    fs,
    io::{self, Cursor},
    sync::OnceLock,
};

use proptest::prelude::*;

use super::*;

const BFRAMES: &str = "video-bframes.mp4";
const FASTSTART: &str = "video-faststart.mp4";
const FRAGMENTED: &str = "video-fragmented.mp4";
const HEVC: &str = "video-hevc.mp4";
const OPEN_GOP: &str = "video-open-gop.mp4";
const PORTRAIT: &str = "video-portrait.mov";
const SOUND_ONLY: &str = "video-sound-only.mp4";
const WEBM: &str = "video-clip.webm";

fn clip(name: &str) -> Vec<u8> {
    fs::read(format!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/{}"), name)).unwrap()
}

fn inspect_bytes(bytes: &[u8]) -> Result<VideoFacts, VideoError> {
    describe(Cursor::new(bytes), bytes.len() as u64, || false).map(|it| it.facts)
}

fn middle_of(bytes: &[u8]) -> Result<RgbImage, VideoError> {
    middle_frame(Cursor::new(bytes), bytes.len() as u64, || false)
}

/// The number of a test picture, from the grey of its left half: level 20 + 4n in limited range.
fn frame_number(picture: &RgbImage, x: u32, y: u32) -> f64 {
    let level = f64::from(picture.get_pixel(x, y).0[1]) * 219.0 / 255.0 + 16.0;
    (level - 20.0) / 4.0
}

fn assert_frame(name: &str, number: u32) {
    let picture = middle_of(&clip(name)).unwrap();
    assert_eq!(picture.dimensions(), (320, 180), "{name}");
    let seen = frame_number(&picture, 80, 110);
    assert!((seen - f64::from(number)).abs() < 0.4, "{name} shows frame {seen}, not {number}");
    // The bar in the right half moves eight pixels to the left per frame.
    let bar = (160..224).filter(|x| picture.get_pixel(*x, 90).0[1] > 170);
    let expected = (160..224).filter(|x| (x + 8 * number) % 64 < 16);
    assert!(bar.eq(expected), "{name}: the bar is elsewhere");
}

/// Writes over what is `shift` bytes behind the name of the last box of a kind; the name itself is at -4.
fn patch(bytes: &mut [u8], kind: &[u8; 4], shift: isize, value: &[u8]) {
    let at = bytes.windows(4).rposition(|window| window == kind).unwrap() + 4;
    let at = at.checked_add_signed(shift).unwrap();
    bytes[at..at + value.len()].copy_from_slice(value);
}

#[test]
fn facts_of_real_clips() {
    for (name, container, size, seconds, codec, has_audio) in [
        (BFRAMES, Container::Mp4, (320, 180), 2.0, "avc1.64000c", false),
        (PORTRAIT, Container::Mov, (180, 320), 1.0, "avc1.4d400c", true),
        (FASTSTART, Container::Mp4, (320, 180), 1.0, "avc1.42c00c", true),
        (FRAGMENTED, Container::Mp4, (320, 180), 2.0, "avc1.64000c", false),
        (HEVC, Container::Mp4, (320, 180), 1.0, "hvc1.1.6.L60.90", false),
        (WEBM, Container::WebM, (320, 180), 1.0, "vp09.00.11.08", true),
    ] {
        let facts = inspect_bytes(&clip(name)).unwrap();
        assert_eq!(facts.container, container, "{name}");
        assert_eq!((facts.width.unwrap(), facts.height.unwrap()), size, "{name}");
        assert!((facts.duration_seconds.unwrap() - seconds).abs() < 0.1, "{name}: {facts:?}");
        assert_eq!(facts.codec.as_deref(), Some(codec), "{name}");
        assert_eq!(facts.audio_codec.is_some(), has_audio, "{name}");
    }
}

#[test]
fn the_middle_frame_is_the_one_on_screen_half_way() {
    assert_frame(BFRAMES, 25);
    assert_frame(FASTSTART, 12);
    assert_frame(FRAGMENTED, 25);
}

#[test]
fn what_a_broken_off_recording_lacks_is_not_counted() {
    let bytes = clip(FRAGMENTED);
    let data = |(at, window): (usize, &[u8])| (window == b"mdat").then_some(at);
    let second = bytes.windows(4).enumerate().filter_map(data).nth(1).unwrap();
    let kept = &bytes[..second + 30];
    let seconds = inspect_bytes(kept).unwrap().duration_seconds.unwrap();
    assert!((seconds - 0.96).abs() < 0.01, "{seconds}");
    let seen = frame_number(&middle_of(kept).unwrap(), 80, 110);
    assert!((seen - 12.0).abs() < 0.4, "frame {seen}");
}

#[test]
fn a_picture_before_its_key_frame_is_decoded_from_the_one_before() {
    assert_frame(OPEN_GOP, 22);
}

#[test]
fn a_phone_clip_comes_out_upright() {
    let picture = middle_of(&clip(PORTRAIT)).unwrap();
    assert_eq!(picture.dimensions(), (180, 320));
    assert!(picture.get_pixel(170, 10).0[1] > 240, "the mark is not at the top right");
    assert!((frame_number(&picture, 60, 40) - 12.0).abs() < 0.4);
}

#[test]
fn quicktime_without_a_brand_is_read() {
    let mut bytes = clip(PORTRAIT);
    bytes[4..8].copy_from_slice(b"free");
    assert_eq!(inspect_bytes(&bytes).unwrap().container, Container::Mov);
    assert_eq!(middle_of(&bytes).unwrap().dimensions(), (180, 320));
}

#[test]
fn other_codecs_are_named_in_the_refusal() {
    for (name, codec) in [(HEVC, "HEVC"), (WEBM, "VP9")] {
        match middle_of(&clip(name)) {
            Err(VideoError::Unsupported(named)) => assert_eq!(named, codec),
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn what_is_no_video_is_told_so() {
    assert!(matches!(inspect_bytes(b""), Err(VideoError::NotVideo)));
    assert!(matches!(inspect_bytes(b"\x89PNG\r\n\x1a\n and more"), Err(VideoError::NotVideo)));
    assert!(matches!(inspect_bytes(&clip(SOUND_ONLY)), Err(VideoError::NoPicture)));
}

#[test]
fn an_interrupted_upload_is_cut_short() {
    for name in [BFRAMES, PORTRAIT, FASTSTART, WEBM] {
        let bytes = clip(name);
        for kept in [bytes.len() / 3, bytes.len() / 2, bytes.len() - 40] {
            let outcome = inspect_bytes(&bytes[..kept]);
            assert!(
                matches!(outcome, Err(VideoError::Truncated(_))),
                "{name} at {kept}: {outcome:?}"
            );
        }
    }
}

#[test]
fn garbage_behind_a_good_beginning_is_an_error() {
    let mut bytes = clip(BFRAMES);
    bytes[32..].fill(0x5A);
    assert!(matches!(
        inspect_bytes(&bytes),
        Err(VideoError::Truncated(_) | VideoError::Damaged(_))
    ));
    let mut bytes = clip(WEBM);
    bytes[40..].fill(0x5A);
    assert!(matches!(
        inspect_bytes(&bytes),
        Err(VideoError::Truncated(_) | VideoError::Damaged(_))
    ));
}

#[test]
fn claimed_counts_take_no_memory() {
    // Four billion samples of one byte each need no table, so nothing in the file contradicts them.
    let mut bytes = clip(BFRAMES);
    patch(&mut bytes, b"stsz", 4, &[0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF]);
    assert!(matches!(middle_of(&bytes), Err(VideoError::TooLarge(_))));
    for table in [b"stts", b"ctts", b"stss", b"stsc", b"stco"] {
        let mut bytes = clip(BFRAMES);
        patch(&mut bytes, table, 4, &[0xFF; 4]);
        assert!(matches!(middle_of(&bytes), Err(VideoError::Damaged(_))), "{table:?}");
    }
    // A run without tables of its own may claim any count.
    let mut bytes = clip(FRAGMENTED);
    patch(&mut bytes, b"trun", 0, &[0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF]);
    assert!(matches!(middle_of(&bytes), Err(VideoError::TooLarge(_))));
}

#[test]
fn a_part_without_size_ends_the_walk() {
    let bytes = clip(BFRAMES);
    let index = bytes.windows(4).rposition(|window| window == b"moov").unwrap();
    for at in index..bytes.len() - 4 {
        let mut bytes = bytes.clone();
        bytes[at..at + 4].fill(0);
        let _ = inspect_bytes(&bytes);
    }
}

/// A clip blown up to the size of a film by a hole between its pictures and its index; counts what is fetched.
struct Sparse {
    start: Vec<u8>,
    end: Vec<u8>,
    hole: u64,
    position: u64,
    fetches: usize,
    fetched: u64,
}

impl Sparse {
    fn new(hole: u64) -> Self {
        let mut start = clip(BFRAMES);
        let index = start.windows(4).rposition(|window| window == b"moov").unwrap() - 4;
        let end = start.split_off(index);
        // The free box before the data is there to make room for a long size.
        let data = start.windows(4).position(|window| window == b"free").unwrap() - 4;
        let size = start.len() as u64 + hole - data as u64;
        let header = [&[0, 0, 0, 1], &b"mdat"[..], &size.to_be_bytes()].concat();
        start[data..data + 16].copy_from_slice(&header);
        Self { start, end, hole, position: 0, fetches: 0, fetched: 0 }
    }

    fn len(&self) -> u64 {
        self.start.len() as u64 + self.hole + self.end.len() as u64
    }
}

impl Read for Sparse {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let index_start = self.start.len() as u64 + self.hole;
        let mut read = 0;
        for (at, byte) in (self.position..self.len()).zip(target.iter_mut()) {
            let in_end = at.checked_sub(index_start).map(|at| self.end[at as usize]);
            *byte = in_end.or_else(|| self.start.get(at as usize).copied()).unwrap_or_default();
            read += 1;
        }
        self.position += read as u64;
        self.fetches += 1;
        self.fetched += read as u64;
        Ok(read)
    }
}

impl Seek for Sparse {
    fn seek(&mut self, target: io::SeekFrom) -> io::Result<u64> {
        self.position = match target {
            io::SeekFrom::Start(at) => at,
            io::SeekFrom::Current(step) => self.position.saturating_add_signed(step),
            io::SeekFrom::End(step) => self.len().saturating_add_signed(step),
        };
        Ok(self.position)
    }
}

#[test]
fn a_film_is_described_from_a_few_small_reads() {
    let mut film = Sparse::new(5 << 30);
    let len = film.len();
    assert_eq!(describe(&mut film, len, || false).unwrap().facts.duration_seconds, Some(2.0));
    assert!(
        film.fetches <= 3 && film.fetched < 256 << 10,
        "{} reads, {} bytes",
        film.fetches,
        film.fetched
    );

    let picture = middle_frame(&mut film, len, || false).unwrap();
    assert!((frame_number(&picture, 80, 110) - 25.0).abs() < 0.4);
    assert!(
        film.fetches <= 8 && film.fetched < 512 << 10,
        "{} reads, {} bytes",
        film.fetches,
        film.fetched
    );
}

#[test]
fn a_trimmed_clip_is_what_is_left_of_it() {
    let clip = clip("video-trimmed.mp4");
    let seconds = inspect_bytes(&clip).unwrap().duration_seconds.unwrap();
    assert!((seconds - 0.9).abs() < 0.01, "{seconds}");
    // The thirds are red, green and blue; only the last is shown.
    assert_colour(&middle_of(&clip).unwrap(), (160, 90), [40, 60, 200]);
}

#[test]
fn wide_pixels_keep_their_shape() {
    let clip = clip("video-wide-pixels.mp4");
    let facts = inspect_bytes(&clip).unwrap();
    assert_eq!((facts.width, facts.height), (Some(320), Some(180)));
    let (width, height) = middle_of(&clip).unwrap().dimensions();
    assert_eq!((width, height), (180, 101));
    // Without the box that tells of pixels their codec tells.
    let mut by_codec = clip.clone();
    patch(&mut by_codec, b"pasp", -4, b"free");
    assert_eq!(inspect_bytes(&by_codec).unwrap().width, Some(320));
}

#[test]
fn colours_are_those_that_were_coded() {
    for name in ["video-bt709.mp4", "video-full-range.mp4"] {
        let picture = middle_of(&clip(name)).unwrap();
        assert_colour(&picture, (40, 90), [230, 200, 40]);
        assert_colour(&picture, (280, 90), [30, 170, 60]);
    }
}

fn assert_colour(picture: &RgbImage, (x, y): (u32, u32), expected: [u8; 3]) {
    let seen = picture.get_pixel(x, y).0;
    let is_near = seen.iter().zip(&expected).all(|(a, b)| a.abs_diff(*b) <= 6);
    assert!(is_near, "{seen:?} is not {expected:?}");
}

#[test]
fn what_few_decoders_show_is_named() {
    for (name, kind) in
        [("video-422.mp4", "H.264 with 8-bit 4:2:2"), ("video-interlaced.mp4", "interlaced H.264")]
    {
        let facts = inspect_bytes(&clip(name)).unwrap();
        assert_eq!(facts.decoding_obstacle.as_deref(), Some(kind));
        assert_eq!(facts.web_obstacle, Some(format!("pictures in {kind}")));
        assert!(matches!(middle_of(&clip(name)), Err(VideoError::Unsupported(_))));
    }
    let plain = inspect_bytes(&clip(BFRAMES)).unwrap();
    assert_eq!((plain.web_obstacle, plain.decoding_obstacle), (None, None));
}

#[test]
fn a_live_recording_is_as_long_as_its_last_blocks() {
    let facts = inspect_bytes(&clip("video-live.webm")).unwrap();
    let seconds = facts.duration_seconds.unwrap();
    assert!((seconds - 2.0).abs() < 0.15, "{seconds}");
    assert_eq!((facts.width, facts.height), (Some(160), Some(90)));
}

#[test]
fn a_header_without_a_duration_leaves_it_to_the_tables() {
    for unknown in [[0; 4], [0xFF; 4]] {
        let mut bytes = clip(BFRAMES);
        patch(&mut bytes, b"mvhd", 16, &unknown);
        assert_eq!(inspect_bytes(&bytes).unwrap().duration_seconds, Some(2.0));
    }
}

#[test]
fn bytes_behind_the_end_change_nothing() {
    for name in [BFRAMES, FASTSTART, FRAGMENTED] {
        let whole = inspect_bytes(&clip(name)).unwrap();
        for tail in [&[0, 0, 0, 3, b'm', b'o', b'o', b'v', 0, 0][..], &[0xFF; 40], b"TAG of a song"]
        {
            let bytes = [&clip(name)[..], tail].concat();
            assert_eq!(inspect_bytes(&bytes).unwrap(), whole, "{name} {tail:?}");
        }
    }
}

#[test]
fn sizes_are_those_of_the_codec_whatever_its_description_claims() {
    let mut bytes = clip(BFRAMES);
    patch(&mut bytes, b"avc1", 24, &[0, 1, 0, 1]);
    let facts = inspect_bytes(&bytes).unwrap();
    assert_eq!((facts.width, facts.height), (Some(320), Some(180)));
}

#[test]
fn whoever_no_longer_waits_is_not_served() {
    let bytes = clip(BFRAMES);
    let stopped = middle_frame(Cursor::new(&bytes), bytes.len() as u64, || true);
    assert!(matches!(stopped, Err(VideoError::Stopped)));
}

fn clips() -> &'static [Vec<u8>] {
    static CLIPS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    CLIPS.get_or_init(|| {
        [BFRAMES, PORTRAIT, FASTSTART, FRAGMENTED, OPEN_GOP, HEVC, WEBM].map(clip).to_vec()
    })
}

fn mutated_clip() -> impl Strategy<Value = Vec<u8>> {
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8);
    (0..clips().len(), changes, prop::option::weighted(0.3, any::<prop::sample::Index>())).prop_map(
        |(clip, changes, cut)| {
            let mut bytes = clips()[clip].clone();
            for (at, value) in changes {
                let at = at.index(bytes.len());
                bytes[at] = value;
            }
            if let Some(cut) = cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            bytes
        },
    )
}

proptest! {
    #[test]
    fn damaged_clips_are_answered(bytes in mutated_clip()) {
        if let Ok(facts) = inspect_bytes(&bytes) {
            prop_assert!(facts.duration_seconds.is_none_or(|seconds| seconds.is_finite() && seconds > 0.0));
        }
        if let Ok(picture) = middle_of(&bytes) {
            prop_assert!(picture.width() <= 8192 && picture.height() <= 8192);
        }
    }

    #[test]
    fn any_bytes_are_sniffed(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = sniff(&bytes);
        let _ = inspect_bytes(&bytes);
    }
}
