//! Movie fragments (ISO/IEC 14496-12, section 8.8), as browsers and streaming packagers write them.

use std::io::{Read, Seek};

use re_mp4::{TfdtBox, TfhdBox, TrunBox};

use super::{
    boxes::{self, BoxSpan, TopLevel},
    samples::{MAX_SAMPLES, Sample, SampleTable},
    track::PictureTrack,
};
use crate::{error::VideoError, source::Source};

/// Bit of the sample flags that says decoding cannot start here.
const NON_SYNC: u32 = 1 << 16;

/// Appends the pictures of every fragment of this track after `from`. A fragment cut off by the end of the file is left
/// out, as players leave it out.
pub(crate) fn append<R: Read + Seek>(
    source: &mut Source<R>,
    from: u64,
    track: &PictureTrack,
    table: &mut SampleTable,
) -> Result<(), VideoError> {
    let mut walk = TopLevel::from(from);
    let mut next_time = table.end.max(0);
    while let Some(fragment) = walk.advance(source)?.filter(|span| span.end <= source.len()) {
        if fragment.kind != *b"moof" {
            continue;
        }
        for part in boxes::children(source, &fragment)? {
            if part.kind == *b"traf" {
                append_track_fragment(source, fragment.start, &part, track, table, &mut next_time)?;
            }
        }
    }
    Ok(())
}

fn append_track_fragment<R: Read + Seek>(
    source: &mut Source<R>,
    fragment_start: u64,
    part: &BoxSpan,
    track: &PictureTrack,
    table: &mut SampleTable,
    next_time: &mut i64,
) -> Result<(), VideoError> {
    let parts = boxes::children(source, part)?;
    let header: TfhdBox = boxes::leaf(source, &boxes::require(&parts, b"tfhd")?)?;
    if header.track_id != track.id {
        return Ok(());
    }
    if let Some(start) = boxes::find(&parts, b"tfdt") {
        let start: TfdtBox = boxes::leaf(source, &start)?;
        *next_time = i64::try_from(start.base_media_decode_time)
            .map_err(|_| VideoError::Damaged("a fragment starts at an impossible time"))?;
    }
    let base = header.base_data_offset.unwrap_or(fragment_start);
    let mut offset = base;
    for span in parts.iter().filter(|span| span.kind == *b"trun") {
        let run = read_run(source, span)?;
        if let Some(shift) = run.data_offset {
            offset = base.saturating_add_signed(i64::from(shift));
        }
        for index in 0..run.sample_count as usize {
            let of = |values: &[u32], own: Option<u32>, general: u32| {
                values.get(index).copied().or(own).unwrap_or(general)
            };
            let size = of(
                &run.sample_sizes,
                header.default_sample_size,
                track.defaults.default_sample_size,
            );
            let duration = of(
                &run.sample_durations,
                header.default_sample_duration,
                track.defaults.default_sample_duration,
            );
            let first_flags = run.first_sample_flags.filter(|_| index == 0);
            let flags = first_flags.unwrap_or_else(|| {
                of(
                    &run.sample_flags,
                    header.default_sample_flags,
                    track.defaults.default_sample_flags,
                )
            });
            let shift = run.sample_cts.get(index).copied().unwrap_or_default().cast_signed();
            let time = next_time.saturating_add(i64::from(shift));
            table.push(Sample { offset, size, sync: flags & NON_SYNC == 0, time }, duration)?;
            offset = offset.saturating_add(u64::from(size));
            *next_time = next_time.saturating_add(i64::from(duration));
        }
    }
    Ok(())
}

/// The library reads as many entries as the run claims, even when an entry takes no bytes: the claim is checked first.
fn read_run<R: Read + Seek>(source: &mut Source<R>, span: &BoxSpan) -> Result<TrunBox, VideoError> {
    let mut head = [0; 8];
    source.read_at(span.body, &mut head)?;
    let [_, _, _, _, count @ ..] = head;
    if u32::from_be_bytes(count) as usize > MAX_SAMPLES {
        return Err(VideoError::TooLarge("too many pictures"));
    }
    boxes::leaf(source, span)
}
