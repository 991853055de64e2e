//! The official compiler, step by step: the oracle for this one.

use image::RgbImage;

use crate::Picture;
use crate::cluster::build_compat;
use crate::detector::detect;
use crate::gray::GrayBytes;
use crate::tracking::{TrackingImage, select_compat};

use super::keyframes::split_by_polarity;
use super::{Keyframe, Target};

/// Compiles a target as the official compiler does; calls `progress` with shares of the work, 0 to 1.
pub(super) fn compile(picture: &Picture, progress: &(dyn Fn(f32) + Sync)) -> Target {
    let grey = floor_mean(picture.rgb());
    let shorter = f64::from(picture.width().min(picture.height()));
    let ladder = ladder(shorter);
    let mut keyframes = Vec::with_capacity(ladder.len());
    for (done, &scale) in ladder.iter().enumerate() {
        keyframes.push(keyframe(&grey, scale));
        progress((done + 1) as f32 / (ladder.len() + 1) as f32);
    }
    let tracking = [256.0, 128.0].map(|side| tracking_image(&grey, side / shorter));
    progress(1.0);
    Target {
        width: picture.width(),
        height: picture.height(),
        tracking: tracking.into(),
        keyframes,
    }
}

fn floor_mean(rgb: &RgbImage) -> GrayBytes {
    GrayBytes::from_fn(rgb.width() as usize, rgb.height() as usize, |x, y| {
        let sum: u16 = rgb.get_pixel(x as u32, y as u32).0.map(u16::from).iter().sum();
        (sum / 3) as u8
    })
}

/// Scales of the keyframes, three to an octave from 100 pixels up, the largest first.
fn ladder(shorter: f64) -> Vec<f64> {
    let mut scales = Vec::new();
    let mut scale = 100.0 / shorter;
    loop {
        scales.push(scale);
        scale *= 2_f64.powf(1.0 / 3.0);
        if scale >= 0.95 {
            break;
        }
    }
    scales.push(1.0);
    scales.reverse();
    scales
}

fn keyframe(grey: &GrayBytes, scale: f64) -> Keyframe {
    let image = shrink(grey, scale);
    let points = detect(&image.map(f32::from));
    let (maxima, minima) = split_by_polarity(points, build_compat);
    Keyframe { width: image.width() as u32, height: image.height() as u32, scale, maxima, minima }
}

fn tracking_image(grey: &GrayBytes, scale: f64) -> TrackingImage {
    let image = shrink(grey, scale);
    TrackingImage { points: select_compat(&image), image, scale }
}

/// Means over whole pixels, rounded down; where a window is empty (enlarging) the pixel is black.
fn shrink(grey: &GrayBytes, scale: f64) -> GrayBytes {
    let columns = windows(grey.width(), scale);
    let rows = windows(grey.height(), scale);
    GrayBytes::from_fn(columns.len(), rows.len(), |x, y| {
        let (columns, rows) = (columns[x].clone(), rows[y].clone());
        let count = (columns.len() * rows.len()) as u64;
        let sum: u64 = rows
            .map(|y| grey.row(y)[columns.clone()].iter().map(|&v| u64::from(v)).sum::<u64>())
            .sum();
        sum.checked_div(count).unwrap_or(0) as u8
    })
}

fn windows(length: usize, scale: f64) -> Vec<std::ops::Range<usize>> {
    let edge = |index: usize| (index as f64 / scale + 0.5).floor() as usize;
    let count = (length as f64 * scale + 0.5).floor() as usize;
    (0..count).map(|index| edge(index).min(length)..edge(index + 1).min(length)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ladder_has_three_steps_to_an_octave_and_ends_at_full_size() {
        assert_eq!(ladder(300.0).len(), 6);
        assert_eq!(ladder(427.0).len(), 8);
        assert_eq!(ladder(3391.0).len(), 17);
        assert_eq!(ladder(427.0)[0], 1.0);
        assert_eq!(ladder(100.0), [1.0, 1.0]);
    }
}
