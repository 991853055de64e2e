//! Movie fragments (ISO/IEC 14496-12, section 8.8), as browsers and streaming packagers write them.

use super::{
    boxes::{self, BoxSpan, TopLevel},
    headers::{self, FragmentDefaults, FragmentHeader, Run},
    samples::{MAX_SAMPLES, Sample, SampleTable, TOO_MANY},
};
use crate::{error::VideoError, source::Source};

/// Bytes of a run that tell how many samples it has.
const RUN_HEAD: usize = 8;
/// Bit of the sample flags that says decoding cannot start here.
const NON_SYNC: u32 = 1 << 16;

/// Appends the pictures of every fragment of a track after `from`. What the end of the file cuts off is left out, as
/// players leave it out: a recording may have been broken off.
pub(crate) fn append(
    source: &mut Source<'_>,
    from: u64,
    defaults: &FragmentDefaults,
    table: &mut SampleTable,
) -> Result<(), VideoError> {
    let mut walk = TopLevel::from(from);
    let mut next_time = table.end.max(0);
    while let Some(fragment) = walk.advance(source)?.filter(|span| span.end <= source.len()) {
        if fragment.kind != *b"moof" {
            continue;
        }
        // Where the data of a track begin that does not say: behind those of the track before.
        let mut base = fragment.start;
        for part in boxes::children(source, &fragment)? {
            if part.kind == *b"traf" {
                let fragment = TrackFragment { start: fragment.start, base, part };
                base = fragment.append(source, defaults, table, &mut next_time)?;
            }
        }
    }
    Ok(())
}

/// The part of a fragment that belongs to one track.
struct TrackFragment {
    /// Position of the fragment in the file.
    start: u64,
    /// Position behind the data of the track before.
    base: u64,
    part: BoxSpan,
}

impl TrackFragment {
    /// Appends its samples if they are of the track with these defaults; gives the position behind its data.
    fn append(
        &self,
        source: &mut Source<'_>,
        defaults: &FragmentDefaults,
        table: &mut SampleTable,
        next_time: &mut i64,
    ) -> Result<u64, VideoError> {
        let parts = boxes::children(source, &self.part)?;
        let header = boxes::require(&parts, b"tfhd")?;
        let header = boxes::leaf(source, &header, |body| FragmentHeader::parse(body, defaults))?;
        let is_ours = header.defaults.track == defaults.track;
        if is_ours
            && let Some(start) = boxes::optional(source, &parts, b"tfdt", headers::fragment_time)?
        {
            *next_time = i64::try_from(start)
                .map_err(|_| VideoError::Damaged("a fragment starts at an impossible time"))?;
        }
        let base = match header.base_offset {
            Some(base) => base,
            None if header.base_is_fragment => self.start,
            None => self.base,
        };
        let mut offset = base;
        for span in parts.iter().filter(|span| span.kind == *b"trun") {
            let head = source.bytes_up_to(span.body, RUN_HEAD)?;
            if Run::claimed(&head) > MAX_SAMPLES - table.samples.len() {
                return Err(TOO_MANY);
            }
            let run = boxes::leaf(source, span, |body| Run::parse(body, &header.defaults))?;
            if let Some(shift) = run.data_offset {
                offset = base.saturating_add_signed(i64::from(shift));
            }
            for sample in run.samples {
                let size = sample.size;
                let end = offset.saturating_add(u64::from(size));
                if is_ours && end <= source.len() {
                    let time = next_time.saturating_add(i64::from(sample.shift));
                    let sync = sample.flags & NON_SYNC == 0;
                    let description =
                        u16::try_from(header.defaults.description).unwrap_or(u16::MAX);
                    let taken = Sample { offset, time, size, description, sync };
                    table.push(taken, sample.duration)?;
                    *next_time = next_time.saturating_add(i64::from(sample.duration));
                }
                offset = end;
            }
        }
        Ok(offset)
    }
}
