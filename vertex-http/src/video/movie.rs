//! The index (`moov`) of an MP4 or MOV file: the picture track and what describes it.

use std::io::{Read, Seek};

use image::metadata::Orientation;
use re_mp4::{HdlrBox, MdhdBox, MehdBox, MvhdBox, TkhdBox, TrexBox};

use super::{
    boxes::{self, BoxSpan, TopLevel},
    error::VideoError,
    fragments,
    sample_entry::SampleEntry,
    samples::SampleTable,
    source::Source,
};

/// Bytes of the index at most. A two-hour film needs about five million.
const MAX_INDEX: u64 = 64 << 20;
/// Tracks looked at.
const MAX_TRACKS: usize = 64;
/// Bytes of the codec description at most.
const MAX_DESCRIPTION: u64 = 64 << 10;

/// An MP4 or MOV file whose index has been read; the sample tables are left in the file until they are asked for.
#[derive(Debug)]
pub(super) struct Movie {
    pub(super) picture: PictureTrack,
    pub(super) has_audio: bool,
    declared_seconds: Option<f64>,
    fragments_from: Option<u64>,
}

/// The track whose pictures are shown.
#[derive(Debug)]
pub(super) struct PictureTrack {
    pub(super) id: u32,
    pub(super) entry: SampleEntry,
    pub(super) orientation: Orientation,
    /// Where the sample tables lie: the children of `stbl`.
    pub(super) tables: Vec<BoxSpan>,
    /// What fragments leave unsaid about their samples.
    pub(super) defaults: TrexBox,
    timescale: u32,
    size: (u32, u32),
}

impl PictureTrack {
    /// Width and height in pixels as a player shows them.
    pub(super) fn displayed_size(&self) -> (u32, u32) {
        let (width, height) = self.size;
        match self.orientation {
            Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH => (height, width),
            _ => (width, height),
        }
    }
}

impl Movie {
    /// Finds and reads the index.
    pub(super) fn read<R: Read + Seek>(source: &mut Source<R>) -> Result<Self, VideoError> {
        let index = find_index(source)?;
        let parts = boxes::children(source, &index)?;
        let header: MvhdBox = boxes::leaf(source, &boxes::require(&parts, b"mvhd")?)?;

        let mut picture: Option<(bool, PictureTrack)> = None;
        let mut has_audio = false;
        for trak in parts.iter().filter(|part| part.kind == *b"trak").take(MAX_TRACKS) {
            match Track::read(source, trak)? {
                Track::Picture { enabled, track }
                    if picture.as_ref().is_none_or(|(known, _)| enabled && !known) =>
                {
                    picture = Some((enabled, track));
                }
                Track::Sound => has_audio = true,
                Track::Picture { .. } | Track::Other => {}
            }
        }
        let (_, mut picture) = picture.ok_or(VideoError::NoPicture)?;

        let mut declared = header.duration;
        let extends = boxes::find(&parts, b"mvex");
        if let Some(extends) = extends {
            let extensions = boxes::children(source, &extends)?;
            picture.defaults = fragment_defaults(source, &extensions, picture.id)?;
            if let Some(total) = boxes::find(&extensions, b"mehd") {
                declared = boxes::leaf::<_, MehdBox>(source, &total)?.fragment_duration;
            }
        } else {
            require_media(source, index.end)?;
        }
        let declared_seconds = seconds(declared, header.timescale);
        Ok(Self {
            picture,
            has_audio,
            declared_seconds,
            fragments_from: extends.map(|_| index.end),
        })
    }

    /// How long the movie plays, in seconds. Recorders that write fragments may declare nothing; then they are added up.
    pub(super) fn duration_seconds<R: Read + Seek>(
        &self,
        source: &mut Source<R>,
    ) -> Result<Option<f64>, VideoError> {
        if self.declared_seconds.is_some() || self.fragments_from.is_none() {
            return Ok(self.declared_seconds);
        }
        Ok(seconds(self.samples(source)?.duration(), self.picture.timescale))
    }

    /// Where and when each picture is.
    pub(super) fn samples<R: Read + Seek>(
        &self,
        source: &mut Source<R>,
    ) -> Result<SampleTable, VideoError> {
        let mut table = SampleTable::read(source, &self.picture.tables)?;
        if let Some(from) = self.fragments_from {
            fragments::append(source, from, &self.picture, &mut table)?;
        }
        Ok(table)
    }
}

enum Track {
    Picture { enabled: bool, track: PictureTrack },
    Sound,
    Other,
}

impl Track {
    fn read<R: Read + Seek>(source: &mut Source<R>, trak: &BoxSpan) -> Result<Self, VideoError> {
        let parts = boxes::children(source, trak)?;
        let media = boxes::children(source, &boxes::require(&parts, b"mdia")?)?;
        let handler: HdlrBox = boxes::leaf(source, &boxes::require(&media, b"hdlr")?)?;
        match &handler.handler_type.value {
            b"vide" => {}
            b"soun" => return Ok(Self::Sound),
            _ => return Ok(Self::Other),
        }
        let header: TkhdBox = boxes::leaf(source, &boxes::require(&parts, b"tkhd")?)?;
        let media_header: MdhdBox = boxes::leaf(source, &boxes::require(&media, b"mdhd")?)?;
        let information = boxes::children(source, &boxes::require(&media, b"minf")?)?;
        let tables = boxes::children(source, &boxes::require(&information, b"stbl")?)?;
        let description = boxes::body(source, &boxes::require(&tables, b"stsd")?, MAX_DESCRIPTION)?;
        let entry = SampleEntry::parse(&description)?;
        let size = match (u32::from(header.width.value()), u32::from(header.height.value())) {
            (0, _) | (_, 0) => (u32::from(entry.width), u32::from(entry.height)),
            size => size,
        };
        let track = PictureTrack {
            id: header.track_id,
            orientation: orientation(&header),
            timescale: media_header.timescale,
            defaults: TrexBox::default(),
            entry,
            tables,
            size,
        };
        Ok(Self::Picture { enabled: header.flags & 1 == 1, track })
    }
}

fn find_index<R: Read + Seek>(source: &mut Source<R>) -> Result<BoxSpan, VideoError> {
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

/// When the pictures follow the index, an interrupted upload still has a sound index. Their box tells.
fn require_media<R: Read + Seek>(source: &mut Source<R>, from: u64) -> Result<(), VideoError> {
    let mut walk = TopLevel::from(from);
    while let Some(span) = walk.advance(source)? {
        match span.kind == *b"mdat" {
            true if span.end > source.len() => {
                return Err(VideoError::Truncated("it ends before its last pictures"));
            }
            false if span.end > source.len() => break,
            _ => {}
        }
    }
    Ok(())
}

fn fragment_defaults<R: Read + Seek>(
    source: &mut Source<R>,
    extensions: &[BoxSpan],
    track: u32,
) -> Result<TrexBox, VideoError> {
    for span in extensions.iter().filter(|span| span.kind == *b"trex").take(MAX_TRACKS) {
        let defaults: TrexBox = boxes::leaf(source, span)?;
        if defaults.track_id == track {
            return Ok(defaults);
        }
    }
    Ok(TrexBox::default())
}

/// The quarter turns and flips of the display matrix, which maps (x, y) to (ax + cy, bx + dy) with y pointing down.
fn orientation(header: &TkhdBox) -> Orientation {
    let matrix = &header.matrix;
    match [matrix.a, matrix.b, matrix.c, matrix.d].map(i32::signum) {
        [0, 1, -1, 0] => Orientation::Rotate90,
        [-1, 0, 0, -1] => Orientation::Rotate180,
        [0, -1, 1, 0] => Orientation::Rotate270,
        [-1, 0, 0, 1] => Orientation::FlipHorizontal,
        [1, 0, 0, -1] => Orientation::FlipVertical,
        [0, 1, 1, 0] => Orientation::Rotate90FlipH,
        [0, -1, -1, 0] => Orientation::Rotate270FlipH,
        _ => Orientation::NoTransforms,
    }
}

/// Zero and the all-ones value both mean that the duration is unknown.
#[expect(clippy::cast_precision_loss, reason = "durations are far below 2^52 units")]
fn seconds(duration: u64, timescale: u32) -> Option<f64> {
    let known =
        !matches!(duration, 0 | u64::MAX) && duration != u64::from(u32::MAX) && timescale != 0;
    known.then(|| duration as f64 / f64::from(timescale))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarter_turns_and_flips_are_read_from_the_matrix() {
        const ONE: i32 = 1 << 16;
        for (matrix, expected) in [
            ([ONE, 0, 0, ONE], Orientation::NoTransforms),
            ([0, ONE, -ONE, 0], Orientation::Rotate90),
            ([-ONE, 0, 0, -ONE], Orientation::Rotate180),
            ([0, -ONE, ONE, 0], Orientation::Rotate270),
            ([-ONE, 0, 0, ONE], Orientation::FlipHorizontal),
        ] {
            let mut header = TkhdBox::default();
            [header.matrix.a, header.matrix.b, header.matrix.c, header.matrix.d] = matrix;
            assert_eq!(orientation(&header), expected, "{matrix:?}");
        }
    }

    #[test]
    fn an_unknown_duration_is_not_a_number() {
        assert_eq!(seconds(1500, 1000), Some(1.5));
        for (duration, timescale) in
            [(0, 1000), (u64::MAX, 1000), (u64::from(u32::MAX), 1000), (5, 0)]
        {
            assert_eq!(seconds(duration, timescale), None);
        }
    }
}
