//! Clusters and their blocks: the first frame of a track, and when the last ones are shown.

use super::{
    CLUSTER,
    elements::{Element, Walk, element_at, unsigned, variable},
};
use crate::{error::VideoError, source::Source};

const TIMESTAMP: u32 = 0xE7;
const SIMPLE_BLOCK: u32 = 0xA3;
const BLOCK_GROUP: u32 = 0xA0;
const BLOCK: u32 = 0xA1;
const BLOCK_DURATION: u32 = 0x9B;
/// What may stand in front of a cluster's timestamp: a checksum, its own position, the size of the one before.
const BEFORE_TIMESTAMP: [u32; 4] = [0xBF, 0xA7, 0xAB, 0xEC];
/// Bytes of a frame that hold the header of its codec.
const FRAME_HEAD: usize = 4096;
/// Blocks looked at for the first frame of a track.
const MAX_BLOCKS: usize = 4096;
/// Bytes searched at once for the last cluster, and in all. Recorders begin one every few seconds.
const PIECE: u64 = 1 << 20;
const SEARCHED: u64 = 64 << 20;

/// A block of one track.
#[derive(Clone, Copy, Debug)]
struct Block {
    track: u64,
    /// In units of the segment.
    time: i64,
    /// How long it is shown, in the same units, if it says so.
    duration: u64,
    /// Position of its frames, and behind them.
    frames: u64,
    end: u64,
}

/// A walk over the blocks of a cluster.
struct Blocks {
    walk: Walk,
    time: i64,
}

impl Blocks {
    fn of(cluster: Element) -> Self {
        Self { walk: Walk::inside(cluster), time: 0 }
    }

    /// The next block; `None` at the end of the cluster, which is where another begins if it has no size.
    fn advance(&mut self, source: &mut Source<'_>) -> Result<Option<Block>, VideoError> {
        while let Some(element) = self.walk.advance(source)? {
            match element.id {
                TIMESTAMP => self.time = i64::try_from(unsigned(source, element)?).unwrap_or(0),
                SIMPLE_BLOCK => return self.block(source, element, 0),
                BLOCK_GROUP => {
                    let (mut block, mut duration) = (None, 0);
                    let mut group = Walk::inside(element);
                    while let Some(part) = group.advance(source)? {
                        match part.id {
                            BLOCK => block = Some(part),
                            BLOCK_DURATION => duration = unsigned(source, part)?,
                            _ => {}
                        }
                    }
                    if let Some(block) = block {
                        return self.block(source, block, duration);
                    }
                }
                CLUSTER => return Ok(None),
                _ => {}
            }
        }
        Ok(None)
    }

    fn block(
        &self,
        source: &mut Source<'_>,
        element: Element,
        duration: u64,
    ) -> Result<Option<Block>, VideoError> {
        let head = source.bytes_up_to(element.body, 11)?;
        let Some((marked, length)) = variable(&head, 8) else { return Ok(None) };
        let Some([high, low, _flags]) = head.get(length..length + 3) else { return Ok(None) };
        let shift = i64::from(i16::from_be_bytes([*high, *low]));
        Ok(Some(Block {
            track: marked & ((1 << (7 * length)) - 1),
            time: self.time.saturating_add(shift),
            duration,
            frames: element.body + length as u64 + 3,
            end: element.end.min(source.len()),
        }))
    }
}

/// The beginning of the first frame of a track in this cluster, and when the first block of any track is shown.
pub(super) fn first_frame(
    source: &mut Source<'_>,
    cluster: Element,
    track: u64,
) -> Result<(Option<Vec<u8>>, Option<i64>), VideoError> {
    let mut blocks = Blocks::of(cluster);
    let mut first = None;
    for _ in 0..MAX_BLOCKS {
        let Some(block) = blocks.advance(source)? else { break };
        first.get_or_insert(block.time);
        if block.track == track {
            let length = usize::try_from(block.end.saturating_sub(block.frames));
            let length = length.unwrap_or(FRAME_HEAD).min(FRAME_HEAD);
            return Ok((Some(source.bytes_at(block.frames, length)?), first));
        }
    }
    Ok((None, first))
}

/// When the last blocks of a file end that does not say how long it is: those of the last cluster that is found from the
/// end of the file. `picture_duration` is how long a picture of `track` is shown, in units of the segment.
pub(super) fn end_of_last(
    source: &mut Source<'_>,
    segment: Element,
    (track, picture_duration): (u64, u64),
) -> Result<Option<i64>, VideoError> {
    let limit = segment.end.min(source.len());
    let first = limit.saturating_sub(SEARCHED).max(segment.body);
    let mut piece_end = limit;
    while piece_end > first {
        let start = piece_end.saturating_sub(PIECE).max(first);
        // A mark may lie on the border of two pieces.
        let length = usize::try_from((piece_end + 3).min(limit) - start).unwrap_or_default();
        let piece = source.bytes_at(start, length)?;
        for at in (0..piece.len().saturating_sub(3)).rev() {
            if piece.get(at..at + 4) != Some(&CLUSTER.to_be_bytes()) {
                continue;
            }
            let end = end_of_cluster(source, start + at as u64, limit, (track, picture_duration))?;
            if end.is_some() {
                return Ok(end);
            }
        }
        piece_end = start;
    }
    Ok(None)
}

/// When the blocks of the cluster at `at` end; `None` where there is none, but bytes that look alike.
fn end_of_cluster(
    source: &mut Source<'_>,
    at: u64,
    limit: u64,
    (track, picture_duration): (u64, u64),
) -> Result<Option<i64>, VideoError> {
    let cluster = match element_at(source, at, limit) {
        Ok(Some(cluster)) if !cluster.has_size || cluster.end <= limit => cluster,
        Ok(_) | Err(VideoError::Damaged(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    if !begins_with_a_timestamp(source, cluster)? {
        return Ok(None);
    }
    let mut blocks = Blocks::of(cluster);
    let mut end = None;
    loop {
        // A recording that was cut off ends inside a block.
        let block = match blocks.advance(source) {
            Ok(Some(block)) => block,
            Ok(None) | Err(VideoError::Damaged(_) | VideoError::Truncated(_)) => return Ok(end),
            Err(error) => return Err(error),
        };
        let usual = if block.track == track { picture_duration } else { 0 };
        let duration = if block.duration > 0 { block.duration } else { usual };
        let block_end = block.time.saturating_add_unsigned(duration);
        end = Some(end.unwrap_or(block_end).max(block_end));
    }
}

fn begins_with_a_timestamp(source: &mut Source<'_>, cluster: Element) -> Result<bool, VideoError> {
    let mut walk = Walk::inside(cluster);
    loop {
        match walk.advance(source) {
            Ok(Some(element)) if element.id == TIMESTAMP => {
                return Ok(element.end - element.body <= 8);
            }
            Ok(Some(element)) if BEFORE_TIMESTAMP.contains(&element.id) => {}
            Ok(_) | Err(VideoError::Damaged(_) | VideoError::Truncated(_)) => return Ok(false),
            Err(error) => return Err(error),
        }
    }
}
