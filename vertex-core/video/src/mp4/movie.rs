//! The index (`moov`) of an MP4 or MOV file: the picture track and what describes it.

use super::{
    boxes::{self, BoxSpan, TopLevel},
    fragments,
    headers::{self, FragmentDefaults, Timing},
    samples::{self, SampleTable},
    timeline::Timeline,
    track::{PictureTrack, SoundTrack, Track},
};
use crate::{error::VideoError, source::Source};

/// Bytes of the index at most. A two-hour film needs about five million.
const MAX_INDEX: u64 = 64 << 20;
/// Tracks looked at.
const MAX_TRACKS: usize = 64;

/// An MP4 or MOV file whose index has been read, with the tables of its pictures.
#[derive(Debug)]
pub(crate) struct Movie {
    pub(crate) picture: PictureTrack,
    /// The first sound track, which is the one that players take.
    pub(crate) sound: Option<SoundTrack>,
    pub(crate) pictures: SampleTable,
    /// Which of the pictures are shown.
    pub(crate) timeline: Timeline,
    declared: Timing,
    /// Seconds of the presentation in which each track is shown.
    shown_seconds: Vec<(f64, f64)>,
}

impl Movie {
    /// Finds and reads the index.
    pub(crate) fn read(source: &mut Source<'_>) -> Result<Self, VideoError> {
        let index = find_index(source)?;
        let parts = boxes::children(source, &index)?;
        let mut declared =
            boxes::optional(source, &parts, b"mvhd", Timing::parse)?.unwrap_or_default();
        let extends = boxes::find(&parts, b"mvex");
        let (mut picture, sounds) = tracks(source, &parts, extends.is_some())?;
        if let Some(extends) = &extends {
            let extensions = boxes::children(source, extends)?;
            picture.defaults = fragment_defaults(source, &extensions, picture.header.id)?;
            let total =
                boxes::optional(source, &extensions, b"mehd", headers::fragmented_duration)?;
            declared.duration = total.unwrap_or(declared.duration);
        }

        let mut pictures = SampleTable::read(source, &picture.media.tables)?;
        let known_end = pictures.end.max(0);
        if extends.is_some() {
            fragments::append(source, index.end, &picture.defaults, &mut pictures)?;
        } else {
            require_bytes(source, &pictures, &sounds)?;
        }
        let (first, end) = (pictures.start(), pictures.end);
        let timeline = picture.media.timeline(&declared, first, end, extends.map(|_| known_end));
        let mut shown_seconds: Vec<(f64, f64)> =
            picture.media.seconds(&timeline).into_iter().collect();
        for sound in &sounds {
            shown_seconds.extend(sound_seconds(source, sound, &declared)?);
        }
        if let Some(first) = pictures.samples.first().filter(|first| first.end() <= source.len()) {
            let head = source.bytes_at(first.offset, PictureTrack::head_of(first.size))?;
            picture.look_into(&head);
        }
        let sound = sounds.into_iter().next();
        Ok(Self { picture, sound, pictures, timeline, declared, shown_seconds })
    }

    /// How long the movie plays, in seconds: by its tables, which players go by, else by its header.
    pub(crate) fn duration_seconds(&self) -> Option<f64> {
        let ends = self.shown_seconds.iter().map(|(_, end)| *end).fold(f64::MIN, f64::max);
        let told = Some(ends - self.start_seconds()).filter(|seconds| *seconds > 0.0);
        let told = told.filter(|seconds| seconds.is_finite());
        told.or_else(|| seconds(&self.declared)).or_else(|| seconds(&self.picture.media.timing))
    }

    /// When the movie begins, in seconds of its presentation.
    fn start_seconds(&self) -> f64 {
        self.shown_seconds.iter().map(|(start, _)| *start).fold(f64::MAX, f64::min)
    }

    /// When the picture half-way through what is shown is on screen, in seconds from the beginning.
    #[expect(clippy::cast_precision_loss, reason = "times are far below 2^52 units")]
    pub(crate) fn middle_seconds(&self) -> Option<f64> {
        let scale = f64::from(self.picture.media.timing.timescale);
        let middle = self.timeline.middle().presented as f64 / scale - self.start_seconds();
        Some(middle).filter(|seconds| seconds.is_finite() && *seconds >= 0.0)
    }
}

/// The picture track that players show, and all sound tracks. A track that cannot be read is left out as long as another
/// shows pictures.
fn tracks(
    source: &mut Source<'_>,
    parts: &[BoxSpan],
    is_fragmented: bool,
) -> Result<(PictureTrack, Vec<SoundTrack>), VideoError> {
    let (mut pictures, mut sounds) = (Vec::new(), Vec::new());
    let mut failure = VideoError::NoPicture;
    for trak in parts.iter().filter(|part| part.kind == *b"trak").take(MAX_TRACKS) {
        match Track::read(source, trak) {
            Ok(Track::Picture(track)) => pictures.push(*track),
            Ok(Track::Sound(track)) => sounds.push(track),
            Ok(Track::Other) => {}
            Err(error @ (VideoError::Damaged(_) | VideoError::Truncated(_))) => failure = error,
            Err(error) => return Err(error),
        }
    }
    let mut best: Option<(u8, PictureTrack)> = None;
    let chapters: Vec<u32> = pictures.iter().flat_map(|it| it.chapters.iter().copied()).collect();
    for picture in pictures {
        let has_pictures = is_fragmented || picture.known_pictures(source)? > 0;
        let is_chapter = chapters.contains(&picture.header.id);
        let rank = 4 * u8::from(has_pictures)
            + 2 * u8::from(!is_chapter)
            + u8::from(picture.header.is_enabled);
        if best.as_ref().is_none_or(|(known, _)| rank > *known) {
            best = Some((rank, picture));
        }
    }
    best.map(|(_, picture)| (picture, sounds)).ok_or(failure)
}

fn sound_seconds(
    source: &mut Source<'_>,
    sound: &SoundTrack,
    movie: &Timing,
) -> Result<Option<(f64, f64)>, VideoError> {
    let total = samples::total_duration(source, &sound.media.tables)?;
    let total = i64::try_from(total).unwrap_or(i64::MAX);
    if total == 0 {
        return Ok(None);
    }
    Ok(sound.media.seconds(&sound.media.timeline(movie, 0, total, None)))
}

fn find_index(source: &mut Source<'_>) -> Result<BoxSpan, VideoError> {
    const MISSING: VideoError = VideoError::Truncated("it ends before its index");
    let mut walk = TopLevel::from(0);
    while let Some(span) = walk.advance(source)? {
        if span.end > source.len() {
            return Err(MISSING);
        }
        if span.kind == *b"moov" {
            return match span.body_length() {
                ..=MAX_INDEX => Ok(span),
                _ => Err(VideoError::TooLarge("its index is longer than 64 MiB")),
            };
        }
    }
    Err(MISSING)
}

/// When pictures and sound follow the index, an interrupted upload still has a sound index. Its tables tell.
fn require_bytes(
    source: &mut Source<'_>,
    pictures: &SampleTable,
    sounds: &[SoundTrack],
) -> Result<(), VideoError> {
    if pictures.end_of_bytes() > source.len() {
        return Err(VideoError::Truncated("it ends before its last pictures"));
    }
    for sound in sounds {
        if samples::end_of_bytes(source, &sound.media.tables)? > source.len() {
            return Err(VideoError::Truncated("it ends before the end of its sound"));
        }
    }
    Ok(())
}

fn fragment_defaults(
    source: &mut Source<'_>,
    extensions: &[BoxSpan],
    track: u32,
) -> Result<FragmentDefaults, VideoError> {
    for span in extensions.iter().filter(|span| span.kind == *b"trex").take(MAX_TRACKS) {
        let defaults = boxes::leaf(source, span, FragmentDefaults::parse)?;
        if defaults.track == track {
            return Ok(defaults);
        }
    }
    Ok(FragmentDefaults { track, description: 1, ..FragmentDefaults::default() })
}

#[expect(clippy::cast_precision_loss, reason = "durations are far below 2^52 units")]
fn seconds(timing: &Timing) -> Option<f64> {
    let known = timing.duration != 0 && timing.timescale != 0;
    known.then(|| timing.duration as f64 / f64::from(timing.timescale))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_duration_is_not_a_number() {
        let timing = |duration, timescale| Timing { timescale, duration };
        assert_eq!(seconds(&timing(1500, 1000)), Some(1.5));
        assert_eq!(seconds(&timing(0, 1000)), None);
        assert_eq!(seconds(&timing(5, 0)), None);
    }
}
