//! Which samples are decoded for the picture in the middle.

use crate::{
    codec::h264::{AvcConfiguration, unit_type},
    error::VideoError,
    mp4::{
        movie::Movie,
        sample_entry::Configuration,
        samples::{Sample, SampleTable},
        timeline::{Moment, Timeline},
    },
    source::Source,
};

/// Pixels decoded on the way to the wanted picture at most: about three hundred of 1920x1080, which take a few seconds.
pub(super) const BUDGET: u64 = 600_000_000;
/// What a byte of a coded picture costs beside its pixels, and what every picture costs, in pixels.
const BYTE_COST: u64 = 16;
const PICTURE_COST: u64 = 16 * 1024;
/// Pictures by which decoding order and display order may differ (H.264 allows 16).
const MAX_REORDER: usize = 32;
/// Sync samples looked at for one to start from when the way from the last one is too long.
const MAX_KEY_FRAMES_TRIED: usize = 64;
/// Units of a sample looked at for its first slice.
const MAX_UNITS: usize = 64;

/// What a coded picture of so many pixels and bytes costs.
pub(super) fn cost(pixels: u64, bytes: u32) -> u64 {
    pixels.max(PICTURE_COST).saturating_add(u64::from(bytes) * BYTE_COST)
}

/// The samples to decode for one picture, and how many pictures come out before it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) configuration: AvcConfiguration,
    pub(super) samples: Vec<Sample>,
    pub(super) earlier: usize,
}

impl Route {
    /// The way from a key frame to the picture in the middle. When that is too long, the key frame nearest to the middle
    /// has to do.
    pub(super) fn to_the_middle(
        source: &mut Source<'_>,
        movie: &Movie,
    ) -> Result<Self, VideoError> {
        let table = &movie.pictures;
        let moment = movie.timeline.middle();
        let target = shown_at(table, moment).ok_or(VideoError::Damaged("it has no pictures"))?;
        let pixels = movie.picture.stream.as_ref().map_or(0, |stream| stream.decoded_pixels);
        let search = Search { table, pixels, movie };
        if let Some(samples) = search.way_to(source, target)? {
            let wanted = table.samples.get(target).map_or(i64::MAX, |sample| sample.time);
            let earlier = samples.iter().filter(|sample| sample.time < wanted).count();
            let samples = samples.to_vec();
            return Ok(Self { configuration: search.configuration(target)?, samples, earlier });
        }
        let key = search.key_near(source, moment, &movie.timeline)?;
        let key = key.ok_or_else(|| {
            VideoError::Unsupported("H.264 without a key frame near its middle".to_owned())
        })?;
        let samples = table.samples.get(key).copied().into_iter().collect();
        Ok(Self { configuration: search.configuration(key)?, samples, earlier: 0 })
    }
}

/// Index of the sample on screen at a moment, preferably one that begins inside the stretch that is shown.
fn shown_at(table: &SampleTable, moment: Moment) -> Option<usize> {
    let latest_from = |from: i64| {
        let begun = table.samples.iter().enumerate();
        let begun = begun.filter(|(_, sample)| (from..=moment.media).contains(&sample.time));
        begun.max_by_key(|(_, sample)| sample.time).map(|(index, _)| index)
    };
    latest_from(moment.stretch_from).or_else(|| latest_from(i64::MIN))
}

struct Search<'a> {
    table: &'a SampleTable,
    /// Pixels that are decoded for one picture.
    pixels: u64,
    movie: &'a Movie,
}

impl<'a> Search<'a> {
    fn configuration(&self, index: usize) -> Result<AvcConfiguration, VideoError> {
        let number = self.table.samples.get(index).map_or(1, |sample| sample.description);
        let entries = &self.movie.picture.entries;
        let entry = entries.get(usize::from(number).saturating_sub(1)).or(entries.first());
        match entry.map(|entry| &entry.configuration) {
            Some(Configuration::Avc(configuration)) => Ok(configuration.clone()),
            _ => Err(VideoError::Damaged("its H.264 configuration cannot be read")),
        }
    }

    /// The samples from the last key frame before the target to the last picture shown before it, if they are affordable.
    /// The key frame is shown no later than the target: a sync sample of open groups of pictures need not be one.
    fn way_to(
        &self,
        source: &mut Source<'_>,
        target: usize,
    ) -> Result<Option<&'a [Sample]>, VideoError> {
        let samples = &self.table.samples;
        let Some(wanted) = samples.get(target) else { return Ok(None) };
        let until = samples.len().min(target.saturating_add(MAX_REORDER));
        let shown_before = |sample: &Sample| sample.time <= wanted.time;
        let last = samples.get(..until).and_then(|all| all.iter().rposition(shown_before));
        let last = last.unwrap_or(target).max(target);
        let mut spent = 0;
        for index in (0..=last).rev() {
            let Some(sample) = samples.get(index) else { break };
            spent += cost(self.pixels, sample.size);
            if spent > BUDGET || sample.description != wanted.description {
                break;
            }
            if index <= target
                && sample.sync
                && shown_before(sample)
                && self.is_key_frame(source, index)?
            {
                return Ok(samples.get(index..=last));
            }
        }
        Ok(None)
    }

    /// The key frame that is shown nearest to a moment.
    fn key_near(
        &self,
        source: &mut Source<'_>,
        moment: Moment,
        timeline: &Timeline,
    ) -> Result<Option<usize>, VideoError> {
        let samples = self.table.samples.iter().enumerate();
        let affordable = |sample: &Sample| cost(self.pixels, sample.size) <= BUDGET;
        let mut candidates: Vec<(u64, usize)> = samples
            .filter(|(_, it)| it.sync && affordable(it) && timeline.shows(it.time))
            .map(|(index, sample)| (sample.time.abs_diff(moment.media), index))
            .collect();
        candidates.sort_unstable();
        for (_, index) in candidates.into_iter().take(MAX_KEY_FRAMES_TRIED) {
            if self.is_key_frame(source, index)? {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    /// Whether a sample is an IDR picture. Nothing after it refers to anything before it, so decoding can start there.
    fn is_key_frame(&self, source: &mut Source<'_>, index: usize) -> Result<bool, VideoError> {
        let Some(sample) = self.table.samples.get(index) else { return Ok(false) };
        let length_size = self.configuration(index)?.length_size;
        let mut at = sample.offset;
        for _ in 0..MAX_UNITS {
            let head = source.bytes_up_to(at, length_size + 1)?;
            let Some((length, unit)) = head.split_at_checked(length_size) else { break };
            match unit_type::of(unit) {
                Some(unit_type::IDR_SLICE) => return Ok(true),
                Some(unit_type::SLICE) | None => return Ok(false),
                Some(_) => {}
            }
            let length = length.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
            at = at.saturating_add(length_size as u64).saturating_add(length);
            if at >= sample.end() {
                break;
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Decoding order I0 P3 B1 B2 I4 P7 B5 B6, each shown for one unit.
    fn table() -> SampleTable {
        let mut table = SampleTable::default();
        for (index, time) in [0, 3, 1, 2, 4, 7, 5, 6].into_iter().enumerate() {
            let sample = Sample { offset: 0, size: 0, sync: index % 4 == 0, time, description: 1 };
            table.push(sample, 1).unwrap();
        }
        table
    }

    fn moment(media: i64, stretch_from: i64) -> Moment {
        Moment { presented: 0, media, stretch_from }
    }

    #[test]
    fn the_picture_of_a_moment_is_the_last_that_was_shown() {
        let table = table();
        assert_eq!(shown_at(&table, moment(4, 0)), Some(4));
        assert_eq!(shown_at(&table, moment(50, 0)), Some(5));
        assert_eq!(shown_at(&SampleTable::default(), moment(0, 0)), None);
    }

    #[test]
    fn a_picture_that_begins_before_its_stretch_is_the_last_resort() {
        let mut table = table();
        table.samples.retain(|sample| sample.time != 5);
        assert_eq!(shown_at(&table, moment(5, 5)), Some(4));
        assert_eq!(shown_at(&table, moment(6, 5)).map(|at| table.samples[at].time), Some(6));
    }
}
