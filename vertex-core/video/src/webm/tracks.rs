//! The tracks of a WebM file, as its `Tracks` element declares them (RFC 9559).

use image::metadata::Orientation;

use super::elements::{Element, Walk, float, text, unsigned, value};
use crate::{
    codec::{StreamHeader, av1, vp8, vp9},
    colour::Colour,
    error::VideoError,
    geometry::{Geometry, Rectangle, sane_aspect},
    source::Source,
};

const TRACK_ENTRY: u32 = 0xAE;
const TRACK_NUMBER: u32 = 0xD7;
const TRACK_TYPE: u32 = 0x83;
const FLAG_ENABLED: u32 = 0xB9;
const FLAG_DEFAULT: u32 = 0x88;
const DEFAULT_DURATION: u32 = 0x23_E383;
const CODEC_ID: u32 = 0x86;
const CODEC_PRIVATE: u32 = 0x63A2;
const VIDEO: u32 = 0xE0;
const FLAG_INTERLACED: u32 = 0x9A;
const PIXEL_WIDTH: u32 = 0xB0;
const PIXEL_HEIGHT: u32 = 0xBA;
const CROP_BOTTOM: u32 = 0x54AA;
const CROP_TOP: u32 = 0x54BB;
const CROP_LEFT: u32 = 0x54CC;
const CROP_RIGHT: u32 = 0x54DD;
const DISPLAY_WIDTH: u32 = 0x54B0;
const DISPLAY_HEIGHT: u32 = 0x54BA;
const DISPLAY_UNIT: u32 = 0x54B2;
const COLOUR: u32 = 0x55B0;
const MATRIX: u32 = 0x55B1;
const RANGE: u32 = 0x55B9;
const TRANSFER: u32 = 0x55BA;
const PRIMARIES: u32 = 0x55BB;
const PROJECTION: u32 = 0x7670;
const PROJECTION_ROLL: u32 = 0x7675;

/// The display size is not told in pixels or as a shape.
const UNIT_UNKNOWN: u64 = 4;
/// Bytes of a codec's own data that are looked at.
const MAX_PRIVATE: u64 = 4096;

/// What a file has to show and to say.
#[derive(Default)]
pub(super) struct Tracks {
    pub(super) picture: Option<Picture>,
    /// Codec of the first sound track.
    pub(super) sound: Option<String>,
}

/// The track whose pictures are shown.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    pub(super) number: u64,
    /// Its number among the tracks of pictures, from 0 on.
    pub(crate) index: usize,
    /// Nanoseconds that a picture is shown, if all are shown equally long.
    pub(super) default_duration: u64,
    codec_id: String,
    codec_private: Vec<u8>,
    video: Video,
    /// What the headers of its codec say, where they have been found.
    pub(crate) stream: Option<StreamHeader>,
    is_preferred: bool,
}

/// What a `Video` element says.
#[derive(Clone, Debug, Default)]
struct Video {
    width: u32,
    height: u32,
    /// Pixels cut off left, right, above and below.
    crop: [u32; 4],
    display: (u64, u64),
    display_unit: u64,
    is_interlaced: bool,
    colour: Colour,
    /// Degrees by which pictures are turned against the clock.
    roll: f64,
}

impl Tracks {
    pub(super) fn read(source: &mut Source<'_>, tracks: Element) -> Result<Self, VideoError> {
        let mut found = Self::default();
        let mut pictures = 0;
        let mut walk = Walk::inside(tracks);
        while let Some(entry) = walk.advance(source)? {
            if entry.id != TRACK_ENTRY {
                continue;
            }
            let (kind, mut track) = read_entry(source, entry)?;
            match kind {
                1 => {
                    track.index = pictures;
                    pictures += 1;
                    let known = found.picture.as_ref();
                    if known.is_none_or(|known| track.is_preferred && !known.is_preferred) {
                        found.picture = Some(track);
                    }
                }
                2 => {
                    found.sound.get_or_insert(track.codec_id);
                }
                _ => {}
            }
        }
        Ok(found)
    }
}

/// The track type and what its entry says of pictures.
fn read_entry(source: &mut Source<'_>, entry: Element) -> Result<(u64, Picture), VideoError> {
    let mut kind = 0;
    let (mut is_enabled, mut is_default) = (true, true);
    let mut track = Picture {
        number: 0,
        index: 0,
        default_duration: 0,
        codec_id: String::new(),
        codec_private: Vec::new(),
        video: Video::default(),
        stream: None,
        is_preferred: false,
    };
    let mut walk = Walk::inside(entry);
    while let Some(element) = walk.advance(source)? {
        match element.id {
            TRACK_NUMBER => track.number = unsigned(source, element)?,
            TRACK_TYPE => kind = unsigned(source, element)?,
            FLAG_ENABLED => is_enabled = unsigned(source, element)? != 0,
            FLAG_DEFAULT => is_default = unsigned(source, element)? != 0,
            DEFAULT_DURATION => track.default_duration = unsigned(source, element)?,
            CODEC_ID => track.codec_id = text(source, element)?,
            CODEC_PRIVATE if element.end.saturating_sub(element.body) <= MAX_PRIVATE => {
                track.codec_private = value(source, element, MAX_PRIVATE)?;
            }
            VIDEO => track.video = Video::read(source, element)?,
            _ => {}
        }
    }
    track.is_preferred = is_enabled && is_default;
    if track.codec_id == "V_AV1" {
        track.stream = av1::configured_header(&track.codec_private);
    }
    Ok((kind, track))
}

impl Picture {
    /// Looks into a frame for what the headers of its codec say.
    pub(super) fn look_into(&mut self, frame: &[u8]) {
        let header = match self.codec_id.as_str() {
            "V_VP8" => vp8::header(frame),
            "V_VP9" => vp9::header(frame),
            "V_AV1" => av1::header(frame),
            _ => None,
        };
        self.stream = self.stream.take().or(header);
    }

    /// RFC 6381 codec string where the headers of its codec have been found, else the name that players use.
    pub(crate) fn codec(&self) -> String {
        let name = match self.codec_id.as_str() {
            "V_VP8" => return "vp8".to_owned(),
            "V_VP9" => "vp9",
            "V_AV1" => "av01",
            other => return other.to_owned(),
        };
        let details = self.stream.as_ref().and_then(|stream| stream.codec.as_deref());
        match (name, details) {
            ("vp9", Some(details)) => format!("vp09.{details}"),
            (_, Some(details)) => format!("{name}.{details}"),
            (_, None) => name.to_owned(),
        }
    }

    pub(crate) fn colour(&self) -> Colour {
        let stream = self.stream.as_ref().map(|stream| stream.colour).unwrap_or_default();
        stream.or(self.video.colour)
    }

    pub(crate) fn is_interlaced(&self) -> bool {
        self.video.is_interlaced
    }

    /// `None` where neither codec nor container tell a size.
    pub(crate) fn geometry(&self) -> Option<Geometry> {
        let video = &self.video;
        let told = self.stream.as_ref().map(|stream| (stream.width, stream.height));
        let (width, height) = told.unwrap_or((video.width, video.height));
        if width == 0 || height == 0 {
            return None;
        }
        let mut geometry = Geometry {
            clean: video.clean(width, height),
            orientation: video.orientation(),
            ..Geometry::plain(width, height)
        };
        let shown = geometry.shown();
        geometry.pixel_aspect = video.pixel_aspect(shown).unwrap_or((1, 1));
        Some(geometry)
    }
}

impl Video {
    fn read(source: &mut Source<'_>, video: Element) -> Result<Self, VideoError> {
        let mut read = Self::default();
        let mut walk = Walk::inside(video);
        while let Some(element) = walk.advance(source)? {
            match element.id {
                COLOUR => read.colour = colours(source, element)?,
                PROJECTION => read.roll = roll(source, element)?,
                DISPLAY_WIDTH => read.display.0 = unsigned(source, element)?,
                DISPLAY_HEIGHT => read.display.1 = unsigned(source, element)?,
                DISPLAY_UNIT => read.display_unit = unsigned(source, element)?,
                FLAG_INTERLACED => read.is_interlaced = unsigned(source, element)? == 1,
                _ => {
                    let field = match element.id {
                        PIXEL_WIDTH => &mut read.width,
                        PIXEL_HEIGHT => &mut read.height,
                        CROP_LEFT => &mut read.crop[0],
                        CROP_RIGHT => &mut read.crop[1],
                        CROP_TOP => &mut read.crop[2],
                        CROP_BOTTOM => &mut read.crop[3],
                        _ => continue,
                    };
                    *field = u32::try_from(unsigned(source, element)?).unwrap_or_default();
                }
            }
        }
        Ok(read)
    }

    fn clean(&self, width: u32, height: u32) -> Option<Rectangle> {
        let [left, right, top, bottom] = self.crop;
        let across = width.checked_sub(left)?.checked_sub(right).filter(|side| *side > 0)?;
        let down = height.checked_sub(top)?.checked_sub(bottom).filter(|side| *side > 0)?;
        let part = Rectangle { left, top, width: across, height: down };
        (self.crop != [0; 4]).then_some(part)
    }

    /// By the size on the screen, whose shape counts in whatever unit it is told.
    fn pixel_aspect(&self, shown: Rectangle) -> Option<(u32, u32)> {
        let (width, height) = self.display;
        if self.display_unit >= UNIT_UNKNOWN || width == 0 || height == 0 {
            return None;
        }
        let across = width.checked_mul(u64::from(shown.height))?;
        let down = height.checked_mul(u64::from(shown.width))?;
        // Display sizes are whole pixels: a shape that is off by less than one is that of the picture itself.
        let is_square = across.abs_diff(down) < u64::from(shown.width.max(shown.height));
        if is_square && self.display_unit == 0 {
            return None;
        }
        let divisor = greatest_common_divisor(across, down);
        let side = |side: u64| u32::try_from(side / divisor).ok();
        sane_aspect((side(across)?, side(down)?))
    }

    fn orientation(&self) -> Orientation {
        let degrees = self.roll.rem_euclid(360.0);
        match degrees {
            45.0..135.0 => Orientation::Rotate270,
            135.0..225.0 => Orientation::Rotate180,
            225.0..315.0 => Orientation::Rotate90,
            _ => Orientation::NoTransforms,
        }
    }
}

fn greatest_common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a.max(1) } else { greatest_common_divisor(b, a % b) }
}

fn colours(source: &mut Source<'_>, parent: Element) -> Result<Colour, VideoError> {
    let [mut primaries, mut transfer, mut matrix] = [2; 3];
    let mut full_range = None;
    let mut walk = Walk::inside(parent);
    while let Some(element) = walk.advance(source)? {
        let field = match element.id {
            PRIMARIES => &mut primaries,
            TRANSFER => &mut transfer,
            MATRIX => &mut matrix,
            RANGE => {
                full_range = match unsigned(source, element)? {
                    1 => Some(false),
                    2 => Some(true),
                    _ => None,
                };
                continue;
            }
            _ => continue,
        };
        *field = u8::try_from(unsigned(source, element)?).unwrap_or(2);
    }
    Ok(Colour { full_range, ..Colour::from_codes(primaries, transfer, matrix) })
}

fn roll(source: &mut Source<'_>, projection: Element) -> Result<f64, VideoError> {
    let mut walk = Walk::inside(projection);
    while let Some(element) = walk.advance(source)? {
        if element.id == PROJECTION_ROLL {
            return float(source, element);
        }
    }
    Ok(0.0)
}
