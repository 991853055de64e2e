//! What people call codecs, and which of them every browser plays.

use super::audio;

/// Beginnings of codec strings and four-character codes, and what they stand for.
const PICTURES: [(&str, &str); 24] = [
    ("avc", "H.264"),
    ("hvc", "HEVC"),
    ("hev", "HEVC"),
    ("dvh", "Dolby Vision"),
    ("dva", "Dolby Vision"),
    ("vp8", "VP8"),
    ("vp08", "VP8"),
    ("vp9", "VP9"),
    ("vp09", "VP9"),
    ("av01", "AV1"),
    ("vvc", "VVC"),
    ("vvi", "VVC"),
    ("ap4", "ProRes"),
    ("apc", "ProRes"),
    ("apr", "ProRes RAW"),
    ("mp4v", "MPEG-4 Part 2"),
    ("s263", "H.263"),
    ("h263", "H.263"),
    ("jpeg", "Motion JPEG"),
    ("mjp", "Motion JPEG"),
    ("dv", "DV"),
    ("hdv", "MPEG-2"),
    ("AVd", "DNxHD"),
    ("enc", "an encrypted codec"),
];

/// The same of sound.
const SOUNDS: [(&str, &str); 23] = [
    ("mp4a.40.1", "AAC Main"),
    ("mp4a.40.42", "xHE-AAC"),
    ("mp4a.40.39", "AAC-ELD"),
    ("mp4a.40.23", "AAC-LD"),
    ("mp4a.40", "AAC of a rare kind"),
    ("mp4a.a5", "AC-3"),
    ("mp4a.a6", "E-AC-3"),
    ("mp4a.a9", "DTS"),
    ("mp4a.dd", "Vorbis"),
    ("ac-3", "AC-3"),
    ("ec-3", "E-AC-3"),
    ("ac-4", "AC-4"),
    ("dts", "DTS"),
    ("alac", "Apple Lossless"),
    ("fLaC", "FLAC"),
    ("Opus", "Opus"),
    ("sowt", "PCM"),
    ("twos", "PCM"),
    ("lpcm", "PCM"),
    ("ipcm", "PCM"),
    ("in", "PCM"),
    ("fl", "PCM"),
    ("sam", "AMR"),
];

fn name<'a>(names: &'a [(&str, &'a str)], codec: &'a str) -> &'a str {
    let known = names.iter().find(|(beginning, _)| codec.starts_with(beginning));
    known.map_or(codec, |(_, name)| name)
}

/// What people call the codec of pictures.
pub(crate) fn of_pictures(codec: &str) -> &str {
    name(&PICTURES, codec)
}

/// What keeps some browser from playing this sound in an MP4 or MOV file, in words.
pub(crate) fn sound_obstacle(codec: &str) -> Option<String> {
    (!audio::plays_everywhere(codec)).then(|| format!("sound in {}", name(&SOUNDS, codec)))
}
