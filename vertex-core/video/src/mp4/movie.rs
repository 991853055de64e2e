//! The index (`moov`) of an MP4 or MOV file: the picture track and what describes it.

use std::io::{Read, Seek};

use re_mp4::{HdlrBox, MdhdBox, MehdBox, MvhdBox, TkhdBox, TrexBox};

use super::{
    boxes::{self, BoxSpan, TopLevel},
    fragments,
    sample_entry::SampleEntry,
    samples::SampleTable,
    track::{PictureTrack, orientation},
};
use crate::{error::VideoError, source::Source};

/// Bytes of the index at most. A two-hour film needs about five million.
const MAX_INDEX: u64 = 64 << 20;
/// Tracks looked at.
const MAX_TRACKS: usize = 64;
/// Bytes of the codec description at most.
const MAX_DESCRIPTION: u64 = 64 << 10;

/// An MP4 or MOV file whose index has been read; the sample tables are left in the file until they are asked for.
#[derive(Debug)]
pub(crate) struct Movie {
    pub(crate) picture: PictureTrack,
    pub(crate) has_audio: bool,
    declared_seconds: Option<f64>,
    fragments_from: Option<u64>,
}

impl Movie {
    /// Finds and reads the index.
    pub(crate) fn read<R: Read + Seek>(source: &mut Source<R>) -> Result<Self, VideoError> {
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
    pub(crate) fn duration_seconds<R: Read + Seek>(
        &self,
        source: &mut Source<R>,
    ) -> Result<Option<f64>, VideoError> {
        if self.declared_seconds.is_some() || self.fragments_from.is_none() {
            return Ok(self.declared_seconds);
        }
        Ok(seconds(self.samples(source)?.duration(), self.picture.timescale))
    }

    /// Where and when each picture is.
    pub(crate) fn samples<R: Read + Seek>(
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
    fn an_unknown_duration_is_not_a_number() {
        assert_eq!(seconds(1500, 1000), Some(1.5));
        for (duration, timescale) in
            [(0, 1000), (u64::MAX, 1000), (u64::from(u32::MAX), 1000), (5, 0)]
        {
            assert_eq!(seconds(duration, timescale), None);
        }
    }
}
