//! A picture of a picture: its points and its weak zones.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::{Rgb, RgbImage};

use crate::Picture;
use crate::gray::Weights;
use crate::mind::{Keyframe, Target};

use super::Trackability;
use super::finding::{FindingKind, Zone};

/// Longer side of an overlay in pixels; smaller pictures are enlarged to it.
pub const OVERLAY_SIDE: u32 = 1000;

type Colour = [f32; 3];

/// Of points that are brighter than their surroundings, and of those that are darker.
const BRIGHT: Colour = [255.0, 214.0, 64.0];
const DARK: Colour = [64.0, 224.0, 255.0];
const OUTLINE: Colour = [16.0, 18.0, 24.0];

/// How far the picture is turned to grey, and dimmed, so that what is drawn stands out.
const GREY: f32 = 0.55;
const DIMMED: f32 = 0.82;

/// Draws the points of a target and the weak zones of its picture over the picture.
///
/// Rings are the points the runtime looks for at a middle distance: yellow where the picture is brighter than
/// round about, cyan where it is darker, larger for coarser detail. Weak zones are hatched: red where there is
/// nothing to find, orange where contrast is low, violet where detail is repeated or shared with another target.
/// The longer side is [`OVERLAY_SIDE`]; an empty picture stays empty.
#[must_use]
pub fn overlay(picture: &Picture, target: &Target, trackability: &Trackability) -> RgbImage {
    draw(backdrop(picture), target, trackability)
}

/// Draws over a [`backdrop`].
pub(super) fn draw(mut canvas: RgbImage, target: &Target, trackability: &Trackability) -> RgbImage {
    for finding in &trackability.diagnosis {
        if let Some(colour) = colour(finding.kind) {
            shade(&mut canvas, &finding.zone, colour);
        }
    }
    if let Some(keyframe) = middle_keyframe(target) {
        draw_points(&mut canvas, keyframe);
    }
    canvas
}

fn colour(kind: FindingKind) -> Option<Colour> {
    match kind {
        FindingKind::TooFewPoints | FindingKind::EmptyEdge => Some([255.0, 60.0, 60.0]),
        FindingKind::LowContrast => Some([255.0, 150.0, 30.0]),
        FindingKind::Repetition | FindingKind::Lookalike => Some([190.0, 90.0, 255.0]),
        FindingKind::Source(_) => None,
    }
}

/// The picture, muted, at the size of the overlay.
pub(super) fn backdrop(picture: &Picture) -> RgbImage {
    let mut canvas = scaled(picture).unwrap_or_default();
    for pixel in canvas.pixels_mut() {
        let luma = Weights::LUMA.grey(pixel.0);
        let muted = |value: u8| (f32::from(value) * (1.0 - GREY) + luma * GREY) * DIMMED;
        pixel.0 = pixel.0.map(|value| muted(value).round() as u8);
    }
    canvas
}

/// `None` for a picture without pixels.
fn scaled(picture: &Picture) -> Option<RgbImage> {
    let (width, height) = (picture.width(), picture.height());
    let factor = f64::from(OVERLAY_SIDE) / f64::from(width.max(height));
    let side = |length: u32| ((f64::from(length) * factor).round() as u32).clamp(1, OVERLAY_SIDE);
    let source = ImageRef::new(width, height, picture.rgb().as_raw(), PixelType::U8x3).ok()?;
    let mut scaled = Image::new(side(width), side(height), PixelType::U8x3);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom));
    Resizer::new().resize(&source, &mut scaled, &options).ok()?;
    RgbImage::from_raw(side(width), side(height), scaled.into_vec())
}

/// Shorter side of the keyframe whose points are drawn, in pixels.
const MIDDLE: u32 = 300;

fn middle_keyframe(target: &Target) -> Option<&Keyframe> {
    let distance = |keyframe: &&Keyframe| keyframe.width.min(keyframe.height).abs_diff(MIDDLE);
    target.keyframes.iter().min_by_key(distance)
}

fn draw_points(canvas: &mut RgbImage, keyframe: &Keyframe) {
    let (width, height) = (canvas.width() as f32, canvas.height() as f32);
    let across = width / keyframe.width.max(1) as f32;
    let down = height / keyframe.height.max(1) as f32;
    for (set, colour) in [(&keyframe.maxima, BRIGHT), (&keyframe.minima, DARK)] {
        for point in &set.points {
            let center = ((point.x + 0.5) * across, (point.y + 0.5) * down);
            draw_ring(
                canvas,
                center,
                RING * point.scale.max(1.0).log2().clamp(1.0, 3.0).sqrt(),
                colour,
            );
        }
    }
}

/// Radius of the ring round the finest detail, and half the width of its line, in pixels.
const RING: f32 = 4.5;
const LINE: f32 = 1.0;

fn draw_ring(canvas: &mut RgbImage, (x, y): (f32, f32), radius: f32, colour: Colour) {
    let reach = radius + LINE + 2.0;
    let range = |center: f32, length: u32| {
        let end = (center + reach).ceil().clamp(0.0, length as f32);
        (center - reach).floor().clamp(0.0, length as f32) as u32..end as u32
    };
    for row in range(y, canvas.height()) {
        for column in range(x, canvas.width()) {
            let distance = (column as f32 + 0.5 - x).hypot(row as f32 + 0.5 - y);
            let off_line = (distance - radius).abs();
            let pixel = canvas.get_pixel_mut(column, row);
            blend(pixel, OUTLINE, 0.7 * coverage(LINE + 1.2 - off_line));
            blend(pixel, colour, coverage(LINE - off_line));
        }
    }
}

/// Opacity of a zone's tint and of its hatching and frame.
const TINT: f32 = 0.22;
const HATCHING: f32 = 0.38;
const FRAME: f32 = 0.95;
/// Distance of the hatches, width of the frame and room between frames of adjacent zones, in pixels.
const HATCH: u32 = 18;
const FRAME_WIDTH: u32 = 3;
const ROOM: f64 = 2.0;

fn shade(canvas: &mut RgbImage, zone: &Zone, colour: Colour) {
    let range = |from: f64, size: f64, length: u32| {
        let length = f64::from(length);
        let start = (from * length + ROOM).round().clamp(0.0, length);
        let end = ((from + size) * length - ROOM).round().clamp(start, length);
        start as u32..end as u32
    };
    let columns = range(zone.x, zone.width, canvas.width());
    let rows = range(zone.y, zone.height, canvas.height());
    for y in rows.clone() {
        for x in columns.clone() {
            let inset = [x - columns.start, columns.end - 1 - x, y - rows.start, rows.end - 1 - y];
            let opacity = match inset.into_iter().min() {
                Some(0..FRAME_WIDTH) => FRAME,
                _ if (x + y) % HATCH < HATCH / 6 => HATCHING,
                _ => TINT,
            };
            blend(canvas.get_pixel_mut(x, y), colour, opacity);
        }
    }
}

/// How much of a pixel is covered by a shape whose edge is this far outside its centre.
fn coverage(distance: f32) -> f32 {
    (distance + 0.5).clamp(0.0, 1.0)
}

fn blend(pixel: &mut Rgb<u8>, colour: Colour, opacity: f32) {
    for (value, target) in pixel.0.iter_mut().zip(colour) {
        *value = (f32::from(*value) + (target - f32::from(*value)) * opacity).round() as u8;
    }
}
