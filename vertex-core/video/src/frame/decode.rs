//! Decoding with openh264, unit by unit, so that what a file really holds is counted and not what its tables claim.

use openh264::{
    OpenH264API,
    decoder::{DecodedYUV, Decoder, DecoderConfig, Flush},
    formats::YUVSource,
};

use super::route::{BUDGET, Route, cost};
use crate::{
    codec::{
        h264::{sequence_set, unit_type},
        nal,
    },
    error::VideoError,
    mp4::samples::Sample,
    source::Source,
};

/// Bytes of one coded picture at most.
const MAX_PACKET: u32 = 32 << 20;
/// Units of a sample that do not begin a picture cost this part of one.
const SLICES_OF_A_PICTURE: u64 = 16;
const START_CODE: [u8; 4] = [0, 0, 0, 1];
const UNDECODABLE: VideoError = VideoError::Damaged("its middle picture cannot be decoded");
const CUT: VideoError = VideoError::Damaged("a picture is not made of whole units");
const TOO_MUCH: VideoError = VideoError::TooLarge(
    "its middle picture takes too much decoding; encode it with more key frames",
);

/// Decodes a route and gives what `take` makes of its last picture.
pub(super) fn last_of<T>(
    source: &mut Source<'_>,
    route: &Route,
    take: impl Fn(&DecodedYUV<'_>) -> Result<T, VideoError>,
) -> Result<T, VideoError> {
    // Flushing after each packet would give pictures away in decoding order.
    let options = DecoderConfig::new().flush_after_decode(Flush::NoFlush);
    let mut decoder =
        Decoder::with_api_config(OpenH264API::from_source(), options).map_err(|_| UNDECODABLE)?;
    let mut stream = Stream::new(route)?;
    let mut earlier = route.earlier;
    for sample in &route.samples {
        let packet = packet(source, sample)?;
        stream.append(&packet)?;
        if let Some(picture) = decoder.decode(&stream.bytes).map_err(|_| UNDECODABLE)? {
            stream.check_size(&picture)?;
            match earlier.checked_sub(1) {
                Some(left) => earlier = left,
                None => return take(&picture),
            }
        }
        stream.bytes.clear();
    }
    let rest = decoder.flush_remaining().map_err(|_| UNDECODABLE)?;
    let picture = rest.get(earlier).ok_or(UNDECODABLE)?;
    stream.check_size(picture)?;
    take(picture)
}

fn packet(source: &mut Source<'_>, sample: &Sample) -> Result<Vec<u8>, VideoError> {
    if sample.size > MAX_PACKET {
        return Err(VideoError::TooLarge("a coded picture is longer than 32 MiB"));
    }
    source.bytes_at(sample.offset, sample.size as usize)
}

/// Units on their way to the decoder, each behind a start code (Annex B of H.264), and what they have cost.
struct Stream {
    length_size: usize,
    bytes: Vec<u8>,
    /// Pixels of the largest picture that its parameter sets tell of.
    pixels: u64,
    left: u64,
}

impl Stream {
    fn new(route: &Route) -> Result<Self, VideoError> {
        let mut stream = Self {
            length_size: route.configuration.length_size,
            bytes: Vec::new(),
            pixels: 0,
            left: BUDGET + BUDGET / 2,
        };
        for set in &route.configuration.parameter_sets {
            stream.push(set)?;
        }
        Ok(stream)
    }

    /// Appends the slices and parameter sets of a sample.
    fn append(&mut self, sample: &[u8]) -> Result<(), VideoError> {
        let mut pictures = 0;
        for unit in nal::units(sample, self.length_size) {
            let unit = unit.ok_or(CUT)?;
            let kind = unit_type::of(unit);
            if let Some(unit_type::SLICE | unit_type::IDR_SLICE) = kind {
                // A slice that begins with the first macroblock writes its number as a single one.
                let begins = unit.get(1).is_some_and(|byte| byte & 0x80 != 0);
                pictures += u32::from(begins);
                let pixels = if begins { self.pixels } else { self.pixels / SLICES_OF_A_PICTURE };
                let bytes = u32::try_from(unit.len()).unwrap_or(u32::MAX);
                self.left = self.left.checked_sub(cost(pixels, bytes)).ok_or(TOO_MUCH)?;
                self.push(unit)?;
            } else if let Some(unit_type::SEQUENCE_SET | unit_type::PICTURE_SET) = kind {
                self.push(unit)?;
            }
        }
        if pictures > 1 {
            return Err(VideoError::Unsupported("H.264 with several pictures in one".to_owned()));
        }
        Ok(())
    }

    fn push(&mut self, unit: &[u8]) -> Result<(), VideoError> {
        if let Some(header) = sequence_set(unit) {
            if let Some(obstacle) = header.obstacle {
                return Err(VideoError::Unsupported(obstacle));
            }
            self.pixels = self.pixels.max(header.decoded_pixels);
        }
        self.bytes.extend_from_slice(&START_CODE);
        self.bytes.extend_from_slice(unit);
        Ok(())
    }

    /// Pictures are no larger than their parameter sets have said.
    fn check_size(&self, picture: &DecodedYUV<'_>) -> Result<(), VideoError> {
        let (width, height) = picture.dimensions();
        let pixels = width as u64 * height as u64;
        if pixels == 0 || pixels > self.pixels { Err(UNDECODABLE) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::h264::AvcConfiguration;
    use proptest::prelude::*;

    const RECORD: [u8; 15] = [1, 100, 0, 31, 0xFF, 0xE1, 0, 2, 0x67, 0x64, 1, 0, 1, 0x68, 0];

    fn stream() -> Stream {
        let configuration = AvcConfiguration::parse(&RECORD[..14]).unwrap();
        Stream::new(&Route { configuration, samples: Vec::new(), earlier: 0 }).unwrap()
    }

    #[test]
    fn parameter_sets_come_out_behind_start_codes() {
        assert_eq!(stream().bytes, [0, 0, 0, 1, 0x67, 0x64, 0, 0, 0, 1, 0x68]);
    }

    #[test]
    fn only_units_that_paint_are_passed_on() {
        let mut stream = Stream { bytes: Vec::new(), ..stream() };
        let sample = [0, 0, 0, 2, 0x06, 0xAA, 0, 0, 0, 3, 0x65, 1, 2, 0, 0, 0, 0];
        stream.append(&sample).unwrap();
        assert_eq!(stream.bytes, [0, 0, 0, 1, 0x65, 1, 2]);
    }

    #[test]
    fn a_unit_longer_than_its_sample_is_damage() {
        let outcome = stream().append(&[0, 0, 0, 9, 0x65]);
        assert!(matches!(outcome, Err(VideoError::Damaged(_))));
    }

    #[test]
    fn pictures_are_counted_where_they_are_and_not_where_tables_say() {
        let picture = [0, 0, 0, 2, 0x41, 0x80];
        stream().append(&picture).unwrap();
        let outcome = stream().append(&picture.repeat(2));
        assert!(matches!(outcome, Err(VideoError::Unsupported(_))));
        let mut large = Stream { pixels: 9_000_000, ..stream() };
        let outcome = (0..200).try_for_each(|_| large.append(&picture));
        assert!(matches!(outcome, Err(VideoError::TooLarge(_))));
    }

    proptest! {
        #[test]
        fn output_is_bounded_by_the_sample(sample in prop::collection::vec(0_u8..8, 0..256), length_size in 1_usize..=4) {
            let mut stream = Stream { length_size, bytes: Vec::new(), ..stream() };
            let _ = stream.append(&sample);
            prop_assert!(stream.bytes.len() <= 3 * sample.len());
        }
    }
}
