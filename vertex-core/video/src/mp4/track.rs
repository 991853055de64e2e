//! The tracks of a movie: which is shown, and how its pictures are to be seen.

use super::{
    boxes::{self, BoxSpan},
    headers::{self, EditEntry, FragmentDefaults, Timing, TrackHeader},
    sample_entry::{Configuration, SampleEntry, sound_codec},
    samples,
    timeline::{EditUnits, Timeline},
};
use crate::{
    codec::{StreamHeader, av1, vp8, vp9},
    colour::Colour,
    error::VideoError,
    geometry::{Geometry, orientation, sane_aspect},
    source::Source,
};

/// Bytes of the codec descriptions at most.
const MAX_DESCRIPTION: u64 = 1 << 20;
/// Bytes of a sample that hold the headers of its codec.
const SAMPLE_HEAD: usize = 64 << 10;

/// The track whose pictures are shown.
#[derive(Debug)]
pub(crate) struct PictureTrack {
    pub(crate) header: TrackHeader,
    pub(crate) media: Media,
    /// Its sample descriptions; the first is that of the first pictures.
    pub(crate) entries: Vec<SampleEntry>,
    /// What fragments leave unsaid about their samples.
    pub(crate) defaults: FragmentDefaults,
    /// What the headers of its codec say, where they have been found.
    pub(crate) stream: Option<StreamHeader>,
    /// Tracks that it refers to as its chapters.
    pub(crate) chapters: Vec<u32>,
}

/// A track of sound.
#[derive(Debug)]
pub(crate) struct SoundTrack {
    pub(crate) media: Media,
    pub(crate) codec: Option<String>,
}

/// What pictures and sound have in common: times, and where their samples are told.
#[derive(Debug)]
pub(crate) struct Media {
    pub(crate) timing: Timing,
    pub(crate) edits: Vec<EditEntry>,
    /// Where the sample tables lie: the children of `stbl`.
    pub(crate) tables: Vec<BoxSpan>,
}

impl Media {
    fn read(
        source: &mut Source<'_>,
        parts: &[BoxSpan],
        media: &[BoxSpan],
    ) -> Result<Self, VideoError> {
        let timing = boxes::leaf(source, &boxes::require(media, b"mdhd")?, Timing::parse)?;
        let information = boxes::children(source, &boxes::require(media, b"minf")?)?;
        let tables = boxes::children(source, &boxes::require(&information, b"stbl")?)?;
        let edits = match boxes::find(parts, b"edts") {
            Some(edits) => {
                let edits = boxes::children(source, &edits)?;
                boxes::optional(source, &edits, b"elst", headers::edits)?.unwrap_or_default()
            }
            None => Vec::new(),
        };
        Ok(Self { timing, edits, tables })
    }

    /// What is shown of samples from `first` to `end`. `known_end` is where those end that are told by the tables, if
    /// fragments may follow.
    pub(crate) fn timeline(
        &self,
        movie: &Timing,
        first: i64,
        end: i64,
        known_end: Option<i64>,
    ) -> Timeline {
        let units = EditUnits { movie: movie.timescale, media: self.timing.timescale, known_end };
        Timeline::new(&self.edits, units, first, end)
    }

    /// Seconds of the presentation in which it is shown. A track with an edit list begins with the movie.
    #[expect(clippy::cast_precision_loss, reason = "times are far below 2^52 units")]
    pub(crate) fn seconds(&self, timeline: &Timeline) -> Option<(f64, f64)> {
        let scale = f64::from(self.timing.timescale);
        let start = if self.edits.is_empty() { timeline.start() } else { 0 };
        (scale > 0.0).then(|| (start as f64 / scale, timeline.end() as f64 / scale))
    }

    pub(crate) fn descriptions(&self, source: &mut Source<'_>) -> Result<Vec<u8>, VideoError> {
        let descriptions = boxes::require(&self.tables, b"stsd")?;
        boxes::body(source, &descriptions, MAX_DESCRIPTION)
    }
}

/// A track by what it holds.
pub(crate) enum Track {
    Picture(Box<PictureTrack>),
    Sound(SoundTrack),
    Other,
}

impl Track {
    pub(crate) fn read(source: &mut Source<'_>, trak: &BoxSpan) -> Result<Self, VideoError> {
        let parts = boxes::children(source, trak)?;
        let media = boxes::children(source, &boxes::require(&parts, b"mdia")?)?;
        let handler = boxes::leaf(source, &boxes::require(&media, b"hdlr")?, headers::handler)?;
        match &handler {
            b"vide" => PictureTrack::read(source, &parts, &media).map(Box::new).map(Self::Picture),
            b"soun" => {
                let media = Media::read(source, &parts, &media)?;
                let codec = sound_codec(&media.descriptions(source)?);
                Ok(Self::Sound(SoundTrack { media, codec }))
            }
            _ => Ok(Self::Other),
        }
    }
}

impl PictureTrack {
    fn read(
        source: &mut Source<'_>,
        parts: &[BoxSpan],
        media: &[BoxSpan],
    ) -> Result<Self, VideoError> {
        let header = boxes::leaf(source, &boxes::require(parts, b"tkhd")?, TrackHeader::parse)?;
        let media = Media::read(source, parts, media)?;
        let entries = SampleEntry::parse_all(&media.descriptions(source)?);
        if entries.is_empty() {
            return Err(VideoError::Damaged("its codec description cannot be read"));
        }
        let chapters = match boxes::find(parts, b"tref") {
            Some(references) => {
                let references = boxes::children(source, &references)?;
                boxes::optional(source, &references, b"chap", headers::references)?
                    .unwrap_or_default()
            }
            None => Vec::new(),
        };
        let stream = entries.first().and_then(SampleEntry::header);
        let defaults = FragmentDefaults::default();
        Ok(Self { header, media, entries, defaults, stream, chapters })
    }

    /// The description of the first pictures.
    pub(crate) fn entry(&self) -> &SampleEntry {
        &self.entries[0]
    }

    /// Number of pictures that the index knows of.
    pub(crate) fn known_pictures(&self, source: &mut Source<'_>) -> Result<u32, VideoError> {
        samples::count(source, &self.media.tables)
    }

    /// Looks into the first sample for what the configuration does not tell.
    pub(crate) fn look_into(&mut self, sample: &[u8]) {
        if self.stream.is_none() {
            self.stream = stream_in(self.entry(), sample);
        }
    }

    /// Bytes of the first sample that are of use there.
    pub(crate) fn head_of(size: u32) -> usize {
        usize::try_from(size).unwrap_or(SAMPLE_HEAD).min(SAMPLE_HEAD)
    }

    pub(crate) fn codec(&self) -> String {
        self.entry().codec(self.stream.as_ref())
    }

    /// What keeps a decoder of common H.264 from showing it, in words.
    pub(crate) fn h264_obstacle(&self) -> Option<String> {
        let told = self.entries.iter().filter_map(|entry| match &entry.configuration {
            Configuration::Avc(avc) => Some(avc.headers()),
            _ => None,
        });
        told.flatten().chain(self.stream.clone()).find_map(|header| header.obstacle)
    }

    pub(crate) fn colour(&self) -> Colour {
        let stream = self.stream.as_ref().map(|stream| stream.colour).unwrap_or_default();
        stream.or(self.entry().colour)
    }

    /// Whether pictures may be made of two fields. Of codecs whose headers are not read here only a decoder knows.
    pub(crate) fn is_interlaced(&self) -> bool {
        self.entry().is_interlaced || self.stream.as_ref().is_none_or(|it| it.is_interlaced)
    }

    pub(crate) fn geometry(&self) -> Geometry {
        let entry = self.entry();
        let declared = (u32::from(entry.width), u32::from(entry.height));
        let (width, height) =
            self.stream.as_ref().map_or(declared, |stream| (stream.width, stream.height));
        // An aperture is told for pictures of the declared size.
        let clean = entry.clean.filter(|_| declared == (width, height));
        let mut geometry = Geometry {
            clean,
            orientation: orientation(self.header.matrix),
            ..Geometry::plain(width, height)
        };
        let told = entry.pixel_aspect;
        let told = told.or_else(|| sane_aspect(self.stream.as_ref()?.pixel_aspect?));
        geometry.pixel_aspect = told.or_else(|| self.aspect_by_track(&geometry)).unwrap_or((1, 1));
        geometry
    }

    /// The aspect of a pixel by the size that the track header gives to its pictures, if only one of the two sides is
    /// another. Other sizes there are no shapes but wishes.
    fn aspect_by_track(&self, geometry: &Geometry) -> Option<(u32, u32)> {
        let shown = geometry.shown();
        let (width, height) = self.header.size;
        let (width, height) = (width.round() as u32, height.round() as u32);
        let one_side = shown.height.abs_diff(height) <= 1 || shown.width.abs_diff(width) <= 1;
        let across = width.checked_mul(shown.height)?;
        let down = height.checked_mul(shown.width)?;
        let differs = across.abs_diff(down) > down / 50;
        (one_side && differs).then_some((across, down)).and_then(sane_aspect)
    }
}

/// What the headers of a codec in a sample say.
fn stream_in(entry: &SampleEntry, sample: &[u8]) -> Option<StreamHeader> {
    match (&entry.configuration, &entry.format) {
        (Configuration::Avc(avc), _) => avc.header_in(sample),
        (Configuration::Hevc(hevc), _) => hevc.header_in(sample),
        (_, b"av01") => av1::header(sample),
        (_, b"vp09") => vp9::header(sample),
        (_, b"vp08") => vp8::header(sample),
        _ => None,
    }
}
