//! H.264 as MP4 stores it (ISO/IEC 14496-15, section 5): length-prefixed units, with the parameter sets apart.

use std::iter;

use crate::error::VideoError;

/// Profiles of eight-bit 4:2:0 pictures: Baseline, Main, High.
const DECODABLE_PROFILES: [u8; 3] = [66, 77, 100];
const START_CODE: [u8; 4] = [0, 0, 0, 1];
// Types of units, from table 7-1 of H.264.
const SLICE: u8 = 1;
const IDR_SLICE: u8 = 5;
const SEQUENCE_SET: u8 = 7;
const PICTURE_SET: u8 = 8;
const CUT: VideoError = VideoError::Damaged("a picture is not made of whole units");
const BROKEN: VideoError = VideoError::Damaged("its H.264 configuration cannot be read");

/// The `avcC` record: what a decoder needs before the first picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AvcConfiguration {
    length_size: usize,
    /// The parameter sets, each behind a start code.
    pub(crate) parameter_sets: Vec<u8>,
}

impl AvcConfiguration {
    /// Parses the body of an `avcC` box.
    pub(crate) fn parse(record: &[u8]) -> Result<Self, VideoError> {
        let ([_version, profile, _compatibility, _level, length_size], rest) =
            record.split_first_chunk().ok_or(BROKEN)?;
        if !DECODABLE_PROFILES.contains(profile) {
            return Err(VideoError::Unsupported(format!("H.264 of profile {profile}")));
        }
        let mut parameter_sets = Vec::new();
        let rest = append_sets(rest, 0x1F, &mut parameter_sets)?;
        append_sets(rest, 0xFF, &mut parameter_sets)?;
        Ok(Self { length_size: usize::from(length_size & 3) + 1, parameter_sets })
    }

    /// Appends the slices and parameter sets of a sample to `stream`, each behind a start code (Annex B of H.264).
    pub(crate) fn append_annex_b(
        &self,
        sample: &[u8],
        stream: &mut Vec<u8>,
    ) -> Result<(), VideoError> {
        for unit in self.units(sample) {
            let unit = unit?;
            if let Some(SLICE | IDR_SLICE | SEQUENCE_SET | PICTURE_SET) = unit_type(unit) {
                stream.extend_from_slice(&START_CODE);
                stream.extend_from_slice(unit);
            }
        }
        Ok(())
    }

    /// Whether a sample is an IDR picture. Nothing after it refers to anything before it, so decoding can start there.
    pub(crate) fn is_idr(&self, sample: &[u8]) -> Result<bool, VideoError> {
        for unit in self.units(sample) {
            if unit_type(unit?) == Some(IDR_SLICE) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The units of a sample, without their lengths.
    fn units<'a>(&self, mut rest: &'a [u8]) -> impl Iterator<Item = Result<&'a [u8], VideoError>> {
        let length_size = self.length_size;
        iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let unit = rest.split_at_checked(length_size).and_then(|(length, after)| {
                let length = length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
                after.split_at_checked(length)
            });
            let (unit, after) = unit.map_or((Err(CUT), &[][..]), |(unit, after)| (Ok(unit), after));
            rest = after;
            Some(unit)
        })
    }
}

fn unit_type(unit: &[u8]) -> Option<u8> {
    unit.first().map(|header| header & 0x1F)
}

/// Appends the sets of one kind, counted by the bits of `mask`, and gives what follows them.
fn append_sets<'a>(record: &'a [u8], mask: u8, sets: &mut Vec<u8>) -> Result<&'a [u8], VideoError> {
    let (count, mut rest) = record.split_first().ok_or(BROKEN)?;
    for _ in 0..count & mask {
        let (length, after) = rest.split_first_chunk().ok_or(BROKEN)?;
        let (set, after) =
            after.split_at_checked(usize::from(u16::from_be_bytes(*length))).ok_or(BROKEN)?;
        sets.extend_from_slice(&START_CODE);
        sets.extend_from_slice(set);
        rest = after;
    }
    Ok(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RECORD: [u8; 16] =
        [1, 100, 0, 31, 0xFF, 0xE1, 0, 2, 0x67, 0x64, 1, 0, 1, 0x68, 0xFD, 0xF8];

    #[test]
    fn parameter_sets_come_out_behind_start_codes() {
        let configuration = AvcConfiguration::parse(&RECORD).unwrap();
        assert_eq!(configuration.parameter_sets, [0, 0, 0, 1, 0x67, 0x64, 0, 0, 0, 1, 0x68]);
    }

    #[test]
    fn ten_bit_profiles_are_unsupported() {
        let mut record = RECORD;
        record[1] = 110;
        assert!(matches!(AvcConfiguration::parse(&record), Err(VideoError::Unsupported(_))));
    }

    #[test]
    fn only_units_that_paint_are_passed_on() {
        let configuration = AvcConfiguration::parse(&RECORD).unwrap();
        let mut stream = Vec::new();
        let sample = [0, 0, 0, 2, 0x06, 0xAA, 0, 0, 0, 3, 0x65, 1, 2, 0, 0, 0, 0];
        configuration.append_annex_b(&sample, &mut stream).unwrap();
        assert_eq!(stream, [0, 0, 0, 1, 0x65, 1, 2]);
    }

    #[test]
    fn a_unit_longer_than_its_sample_is_damage() {
        let configuration = AvcConfiguration::parse(&RECORD).unwrap();
        let outcome = configuration.append_annex_b(&[0, 0, 0, 9, 0x65], &mut Vec::new());
        assert!(matches!(outcome, Err(VideoError::Damaged(_))));
    }

    proptest! {
        #[test]
        fn any_record_is_answered(record in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = AvcConfiguration::parse(&record);
        }

        #[test]
        fn output_is_bounded_by_the_sample(sample in prop::collection::vec(0_u8..8, 0..256), length_size in 1_usize..=4) {
            let configuration = AvcConfiguration { length_size, parameter_sets: Vec::new() };
            let mut stream = Vec::new();
            let _ = configuration.append_annex_b(&sample, &mut stream);
            prop_assert!(stream.len() <= 3 * sample.len());
        }
    }
}
