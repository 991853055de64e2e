//! One decoded picture of an H.264 movie.

use std::io::{Read, Seek};

use image::{DynamicImage, RgbImage};
use openh264::{
    OpenH264API,
    decoder::{DecodedYUV, Decoder, DecoderConfig, Flush},
    formats::YUVSource,
};

use crate::{
    error::VideoError,
    mp4::{
        avc::AvcConfiguration,
        movie::Movie,
        samples::{Sample, SampleTable},
    },
    source::Source,
};

/// Pixels on a side at most.
const MAX_SIDE: usize = 8192;
/// Bytes of one coded picture at most.
const MAX_PACKET: u32 = 32 << 20;
/// Pixels decoded on the way to the wanted picture at most: two thousand frames of 1920x1080.
const MAX_DECODED_PIXELS: u64 = 4_000_000_000;
/// Pictures by which decoding order and display order may differ (H.264 allows 16).
const MAX_REORDER: usize = 32;

/// Sync samples looked at on the way back to an IDR picture.
const MAX_KEY_FRAMES_TRIED: usize = 64;

const UNDECODABLE: VideoError = VideoError::Damaged("its middle picture cannot be decoded");

/// The picture shown half-way through, upright.
pub(crate) fn middle<R: Read + Seek>(
    source: &mut Source<R>,
    movie: &Movie,
) -> Result<RgbImage, VideoError> {
    let entry = &movie.picture.entry;
    if !matches!(&entry.format, b"avc1" | b"avc3") {
        return Err(VideoError::Unsupported(entry.codec.clone()));
    }
    let configuration = AvcConfiguration::parse(&entry.configuration)?;
    let (width, height) = (usize::from(entry.width), usize::from(entry.height));
    if width > MAX_SIDE || height > MAX_SIDE {
        return Err(VideoError::TooLarge("a picture is wider or higher than 8192 pixels"));
    }
    let affordable = MAX_DECODED_PIXELS / (width * height).max(1) as u64;
    let table = movie.samples(source)?;
    let target = middle_sample(&table).ok_or(VideoError::Damaged("it has no pictures"))?;
    let key = key_frame_before(source, &configuration, &table.samples, target)?;
    let route = Route::new(&table.samples, key, target, affordable).ok_or(UNDECODABLE)?;
    let picture = decode(source, &configuration, &route)?;
    let mut picture = DynamicImage::ImageRgb8(picture);
    picture.apply_orientation(movie.picture.orientation);
    Ok(picture.into_rgb8())
}

/// Index of the sample on screen half-way between the first picture and the end of the last.
fn middle_sample(table: &SampleTable) -> Option<usize> {
    let start = table.samples.iter().map(|sample| sample.time).min()?;
    let middle = start.saturating_add_unsigned(table.duration() / 2);
    let shown = table.samples.iter().enumerate().filter(|(_, sample)| sample.time <= middle);
    shown.max_by_key(|(_, sample)| sample.time).map(|(index, _)| index)
}

/// Index of the last IDR picture that is decoded no later and shown no later than `target`. The sync samples of files with
/// open groups of pictures are not all IDR pictures, and the pictures shown before such a sample need earlier ones.
fn key_frame_before<R: Read + Seek>(
    source: &mut Source<R>,
    configuration: &AvcConfiguration,
    samples: &[Sample],
    target: usize,
) -> Result<usize, VideoError> {
    let latest = samples.get(target).map_or(i64::MAX, |sample| sample.time);
    let reachable = samples.iter().enumerate().take(target.saturating_add(1));
    let candidates = reachable.rev().filter(|(_, sample)| sample.sync && sample.time <= latest);
    for (index, sample) in candidates.take(MAX_KEY_FRAMES_TRIED) {
        if configuration.is_idr(&packet(source, sample)?)? {
            return Ok(index);
        }
    }
    Err(VideoError::Damaged("it has no key frame to start from"))
}

/// The samples to decode for one picture, and how many pictures come out before it.
#[derive(Debug, PartialEq, Eq)]
struct Route {
    samples: Vec<Sample>,
    earlier: usize,
}

impl Route {
    /// The way from the key frame to the target. When that is more than `affordable` pictures, the key frame itself has to
    /// do.
    fn new(samples: &[Sample], key: usize, target: usize, affordable: u64) -> Option<Self> {
        let key_frame = samples.get(key)?;
        let wanted = samples.get(target)?.time;
        let until = samples.len().min(target.saturating_add(MAX_REORDER));
        let last = samples.get(..until)?.iter().rposition(|sample| sample.time <= wanted)?;
        let needed = samples.get(key..=last)?;
        if needed.len() as u64 > affordable {
            return Some(Self { samples: vec![*key_frame], earlier: 0 });
        }
        let earlier = needed.iter().filter(|sample| sample.time < wanted).count();
        Some(Self { samples: needed.to_vec(), earlier })
    }
}

fn decode<R: Read + Seek>(
    source: &mut Source<R>,
    configuration: &AvcConfiguration,
    route: &Route,
) -> Result<RgbImage, VideoError> {
    // Flushing after each packet would give pictures away in decoding order.
    let options = DecoderConfig::new().flush_after_decode(Flush::NoFlush);
    let mut decoder =
        Decoder::with_api_config(OpenH264API::from_source(), options).map_err(|_| UNDECODABLE)?;
    let mut stream = configuration.parameter_sets.clone();
    let mut earlier = route.earlier;
    for sample in &route.samples {
        if sample.size > MAX_PACKET {
            return Err(VideoError::TooLarge("a coded picture is longer than 32 MiB"));
        }
        let packet = source.bytes_at(sample.offset, sample.size as usize)?;
        configuration.append_annex_b(&packet, &mut stream)?;
        if let Some(picture) = decoder.decode(&stream).map_err(|_| UNDECODABLE)? {
            match earlier.checked_sub(1) {
                Some(left) => earlier = left,
                None => return rgb(&picture),
            }
        }
        stream.clear();
    }
    let rest = decoder.flush_remaining().map_err(|_| UNDECODABLE)?;
    rest.get(earlier).ok_or(UNDECODABLE).and_then(rgb)
}

fn packet<R: Read + Seek>(source: &mut Source<R>, sample: &Sample) -> Result<Vec<u8>, VideoError> {
    if sample.size > MAX_PACKET {
        return Err(VideoError::TooLarge("a coded picture is longer than 32 MiB"));
    }
    source.bytes_at(sample.offset, sample.size as usize)
}

fn rgb(picture: &DecodedYUV<'_>) -> Result<RgbImage, VideoError> {
    let (width, height) = picture.dimensions();
    if !(1..=MAX_SIDE).contains(&width) || !(1..=MAX_SIDE).contains(&height) {
        return Err(VideoError::TooLarge("a picture is wider or higher than 8192 pixels"));
    }
    let mut pixels = vec![0; width * height * 3];
    picture.write_rgb8(&mut pixels);
    let size = u32::try_from(width).ok().zip(u32::try_from(height).ok());
    size.and_then(|(width, height)| RgbImage::from_raw(width, height, pixels)).ok_or(UNDECODABLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Decoding order I0 P3 B1 B2 I4 P7 B5 B6, each shown for one unit.
    fn table() -> SampleTable {
        let mut table = SampleTable::default();
        for (index, time) in [0, 3, 1, 2, 4, 7, 5, 6].into_iter().enumerate() {
            let sample = Sample { offset: 0, size: 0, sync: index % 4 == 0, time };
            table.push(sample, 1).unwrap();
        }
        table
    }

    #[test]
    fn the_middle_is_a_moment_not_an_index() {
        let mut table = table();
        assert_eq!(middle_sample(&table), Some(4));
        // The last picture now stays on screen longer than all others together.
        table.end = 100;
        assert_eq!(middle_sample(&table), Some(5));
        assert_eq!(middle_sample(&SampleTable::default()), None);
    }

    #[test]
    fn a_route_ends_with_the_last_picture_shown_before_the_target() {
        let table = table();
        // B2 is shown third, and P3 is decoded on the way to it.
        let route = Route::new(&table.samples, 0, 3, 100).unwrap();
        assert_eq!((route.samples.len(), route.earlier), (4, 2));
    }

    #[test]
    fn a_route_that_costs_too_much_is_cut_to_its_key_frame() {
        let table = table();
        let route = Route::new(&table.samples, 0, 3, 3).unwrap();
        assert_eq!((route.samples.len(), route.earlier), (1, 0));
    }
}
