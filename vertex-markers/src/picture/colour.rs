//! Colour profiles: what a file says its numbers mean, made sRGB.

use std::borrow::Cow;
use std::sync::Arc;

use moxcms::{
    Chromaticity, CicpColorPrimaries, CicpProfile, ColorPrimaries, ColorProfile, DataColorSpace,
    InterpolationMethod, Layout, MatrixCoefficients, ParsingOptions, ToneReprCurve,
    TransferCharacteristics, Transform8BitExecutor, Transform16BitExecutor, TransformOptions,
};

use super::Remark;

/// Channels of colour, opacity apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    Grey,
    Rgb,
    /// Amounts of ink.
    Cmyk,
}

impl Space {
    pub(super) fn channels(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::Rgb => 3,
            Self::Cmyk => 4,
        }
    }

    fn of_profile(self) -> DataColorSpace {
        match self {
            Self::Grey => DataColorSpace::Gray,
            Self::Rgb => DataColorSpace::Rgb,
            Self::Cmyk => DataColorSpace::Cmyk,
        }
    }

    fn layout(self, has_alpha: bool) -> Option<Layout> {
        match (self, has_alpha) {
            (Self::Grey, false) => Some(Layout::Gray),
            (Self::Grey, true) => Some(Layout::GrayAlpha),
            (Self::Rgb, false) => Some(Layout::Rgb),
            (Self::Rgb, true) | (Self::Cmyk, false) => Some(Layout::Rgba),
            (Self::Cmyk, true) => None,
        }
    }
}

/// What a file says of its colours.
pub(super) enum Source<'a> {
    /// Nothing, or that they are sRGB.
    Untagged,
    /// An ICC profile.
    Icc(Cow<'a, [u8]>),
    /// Code points of ITU-T H.273 for primaries and transfer.
    Cicp(u8, u8),
    /// A gamma, and where white, red, green and blue lie.
    Gamma(f32, Option<[(f32, f32); 4]>),
}

/// Makes sRGB of samples.
pub(super) struct Conversion {
    space: Space,
    has_alpha: bool,
    /// What is done for a profile; nothing for sRGB.
    managed: Option<Managed>,
}

struct Managed {
    shallow: Arc<Transform8BitExecutor>,
    deep: Option<Arc<Transform16BitExecutor>>,
}

/// Limits of a profile: many times what real ones have.
const LIMITS: ParsingOptions = ParsingOptions {
    max_profile_size: 8 << 20,
    max_allowed_clut_size: 4_000_000,
    max_allowed_trc_size: 40_000,
};

/// How far a profile's colours may be from those of sRGB to be taken for them, in levels of 255.
const NEARLY: u8 = 2;

impl Conversion {
    /// For opaque samples of eight bits.
    pub(super) fn new(source: Source<'_>, space: Space) -> (Self, Vec<Remark>) {
        Self::of(source, space, false, false)
    }

    /// For samples that may have an opacity, the last channel, and may be of sixteen bits.
    pub(super) fn of(
        source: Source<'_>,
        space: Space,
        has_alpha: bool,
        is_deep: bool,
    ) -> (Self, Vec<Remark>) {
        let is_guess = space == Space::Cmyk && matches!(source, Source::Untagged);
        let managed = profile(source, space).and_then(|profile| match profile {
            Some(profile) => managed(&profile, space, has_alpha, is_deep),
            None => Ok(None),
        });
        let useless = managed.as_ref().err().map(|_| Remark::ProfileIgnored);
        let remark = useless.or(is_guess.then_some(Remark::InksWithoutProfile));
        let managed = managed.unwrap_or_default();
        (Self { space, has_alpha, managed }, remark.into_iter().collect())
    }

    /// Channels of the result.
    pub(super) fn channels(&self) -> usize {
        if self.has_alpha { 4 } else { 3 }
    }

    /// Channels of the samples.
    pub(super) fn source_channels(&self) -> usize {
        self.space.channels() + usize::from(self.has_alpha)
    }

    /// Converts pixels of eight bits a channel.
    pub(super) fn row(&self, source: &[u8], target: &mut [u8]) {
        let done = match &self.managed {
            Some(managed) => managed.shallow.transform(source, target).is_ok(),
            None => false,
        };
        if !done {
            self.as_they_are(source, target);
        }
    }

    /// Converts pixels of sixteen bits a channel.
    pub(super) fn deep_row(&self, source: &[u16], target: &mut [u8]) {
        let deep = self.managed.as_ref().and_then(|managed| managed.deep.as_ref());
        let mut converted = vec![0_u16; if deep.is_some() { target.len() } else { 0 }];
        match deep {
            Some(deep) if deep.transform(source, &mut converted).is_ok() => {
                for (target, &value) in target.iter_mut().zip(&converted) {
                    *target = eight_bits(value);
                }
            }
            _ => {
                let shallow: Vec<u8> = source.iter().map(|&value| eight_bits(value)).collect();
                self.row(&shallow, target);
            }
        }
    }

    fn as_they_are(&self, source: &[u8], target: &mut [u8]) {
        match (self.space, self.has_alpha) {
            (Space::Rgb, _) => target.copy_from_slice(source),
            (Space::Grey, false) => {
                for (target, &grey) in target.as_chunks_mut().0.iter_mut().zip(source) {
                    *target = [grey; 3];
                }
            }
            (Space::Grey, true) => {
                let (pixels, _) = source.as_chunks();
                for (target, &[grey, alpha]) in target.as_chunks_mut().0.iter_mut().zip(pixels) {
                    *target = [grey, grey, grey, alpha];
                }
            }
            (Space::Cmyk, false) => {
                let (pixels, _) = source.as_chunks();
                for (target, inks) in target.as_chunks_mut().0.iter_mut().zip(pixels) {
                    *target = without_inks(inks);
                }
            }
            (Space::Cmyk, true) => {
                let (pixels, _) = source.as_chunks::<5>();
                for (target, [c, m, y, k, a]) in target.as_chunks_mut().0.iter_mut().zip(pixels) {
                    let [red, green, blue] = without_inks(&[*c, *m, *y, *k]);
                    *target = [red, green, blue, *a];
                }
            }
        }
    }
}

/// What is left of white paper under inks, as programs without a profile take it.
fn without_inks(&[c, m, y, k]: &[u8; 4]) -> [u8; 3] {
    let left = |ink: u8| u16::from(255 - ink);
    [c, m, y].map(|ink| ((left(ink) * left(k) + 127) / 255) as u8)
}

/// The nearest of eight bits.
pub(super) fn eight_bits(value: u16) -> u8 {
    ((u32::from(value) + 128) / 257) as u8
}

/// Why a profile is of no use.
struct Useless;

/// The profile that is named, if it differs from sRGB.
fn profile(source: Source<'_>, space: Space) -> Result<Option<ColorProfile>, Useless> {
    match source {
        Source::Untagged => Ok(None),
        Source::Icc(icc) => {
            let profile = ColorProfile::new_from_slice_with_options(&icc, LIMITS);
            profile.map(Some).map_err(|_| Useless)
        }
        Source::Cicp(primaries, transfer) => by_code_points(primaries, transfer),
        Source::Gamma(gamma, white_and_primaries) => by_gamma(gamma, white_and_primaries, space),
    }
}

fn by_code_points(primaries: u8, transfer: u8) -> Result<Option<ColorProfile>, Useless> {
    // What is bright beyond white would need a choice of how bright the print is.
    if matches!(transfer, 16 | 18) {
        return Err(Useless);
    }
    let code_points = CicpProfile {
        color_primaries: CicpColorPrimaries::try_from(primaries).map_err(|_| Useless)?,
        transfer_characteristics: TransferCharacteristics::try_from(transfer)
            .map_err(|_| Useless)?,
        matrix_coefficients: MatrixCoefficients::Identity,
        full_range: true,
    };
    let profile = ColorProfile::new_from_cicp(code_points);
    if profile.red_trc.is_some() { Ok(Some(profile)) } else { Err(Useless) }
}

/// White, red, green and blue of sRGB.
const SRGB_POINTS: [(f32, f32); 4] = [(0.3127, 0.3290), (0.64, 0.33), (0.30, 0.60), (0.15, 0.06)];

/// The gamma that writers give for sRGB, whose curve is none.
fn is_like_srgb(gamma: f32, white_and_primaries: Option<[(f32, f32); 4]>) -> bool {
    let points = white_and_primaries.unwrap_or(SRGB_POINTS);
    let near = |(a, b): (&(f32, f32), &(f32, f32))| (a.0 - b.0).hypot(a.1 - b.1) < 0.005;
    (gamma - 1.0 / 2.2).abs() < 0.02 && points.iter().zip(&SRGB_POINTS).all(near)
}

fn by_gamma(
    gamma: f32,
    white_and_primaries: Option<[(f32, f32); 4]>,
    space: Space,
) -> Result<Option<ColorProfile>, Useless> {
    if !(0.05..=20.0).contains(&gamma) {
        return Err(Useless);
    }
    if is_like_srgb(gamma, white_and_primaries) {
        return Ok(None);
    }
    let curve = ToneReprCurve::Parametric(vec![1.0 / gamma]);
    if space == Space::Grey {
        let mut profile = ColorProfile::new_gray_with_gamma(1.0);
        profile.gray_trc = Some(curve);
        return Ok(Some(profile));
    }
    let mut profile = ColorProfile::new_srgb();
    profile.cicp = None;
    if let Some(points) = white_and_primaries {
        if points.iter().any(|&(x, y)| !(0.0..=1.0).contains(&x) || !(0.01..=1.0).contains(&y)) {
            return Err(Useless);
        }
        let [white, red, green, blue] = points.map(|(x, y)| Chromaticity::new(x, y));
        profile.update_rgb_colorimetry(white.to_xyyb(), ColorPrimaries { red, green, blue });
    }
    for channel in [&mut profile.red_trc, &mut profile.green_trc, &mut profile.blue_trc] {
        *channel = Some(curve.clone());
    }
    Ok(Some(profile))
}

/// What is to be done to samples of this profile; nothing if they are sRGB.
fn managed(
    profile: &ColorProfile,
    space: Space,
    has_alpha: bool,
    is_deep: bool,
) -> Result<Option<Managed>, Useless> {
    if profile.color_space != space.of_profile() {
        return Err(Useless);
    }
    let srgb = ColorProfile::new_srgb();
    // As Little CMS interpolates, and most programs with it.
    let interpolation_method = InterpolationMethod::Tetrahedral;
    let options = TransformOptions { interpolation_method, ..TransformOptions::default() };
    let opaque = space.layout(false).ok_or(Useless)?;
    let probe = profile.create_transform_8bit(opaque, &srgb, Layout::Rgb, options);
    if is_srgb(probe.map_err(|_| Useless)?.as_ref(), space) {
        return Ok(None);
    }
    let from = space.layout(has_alpha).ok_or(Useless)?;
    let to = if has_alpha { Layout::Rgba } else { Layout::Rgb };
    let shallow = profile.create_transform_8bit(from, &srgb, to, options).map_err(|_| Useless)?;
    let deep = is_deep.then(|| profile.create_transform_16bit(from, &srgb, to, options));
    let deep = deep.transpose().map_err(|_| Useless)?;
    Ok(Some(Managed { shallow, deep }))
}

/// Whether a transformation changes hardly anything.
fn is_srgb(transform: &Transform8BitExecutor, space: Space) -> bool {
    let colours: Vec<u8> = match space {
        Space::Grey => (0..=255).collect(),
        Space::Rgb => {
            let level = |step: u8| step * 51;
            let colours = (0..216).map(|n: u8| [level(n / 36), level(n / 6 % 6), level(n % 6)]);
            let greys = (0..=255).map(|grey| [grey; 3]);
            colours.chain(greys).flatten().collect()
        }
        Space::Cmyk => return false,
    };
    let mut converted = vec![0; colours.len() / space.channels() * 3];
    if transform.transform(&colours, &mut converted).is_err() {
        return false;
    }
    let expected = |index: usize| match space {
        Space::Grey => colours[index / 3],
        _ => colours[index],
    };
    (0..converted.len()).all(|index| converted[index].abs_diff(expected(index)) <= NEARLY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(source: Source<'_>, colour: [u8; 3]) -> [u8; 3] {
        let (conversion, remarks) = Conversion::new(source, Space::Rgb);
        assert_eq!(remarks, []);
        let mut target = [0; 3];
        conversion.row(&colour, &mut target);
        target
    }

    fn close(a: [u8; 3], b: [u8; 3]) -> bool {
        a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= 3)
    }

    #[test]
    fn display_p3_by_code_points_is_wider_than_srgb() {
        let orange = converted(Source::Cicp(12, 13), [200, 100, 50]);
        assert!(close(orange, [215, 93, 31]), "{orange:?}");
        assert_eq!(converted(Source::Cicp(1, 13), [200, 100, 50]), [200, 100, 50]);
    }

    #[test]
    fn a_gamma_is_applied_unless_it_is_that_of_srgb() {
        assert_eq!(converted(Source::Gamma(0.45455, None), [200, 100, 50])[0], 200);
        let linear = converted(Source::Gamma(1.0, None), [128, 128, 128]);
        assert!(close(linear, [188, 188, 188]), "{linear:?}");
    }

    #[test]
    fn useless_profiles_are_ignored_and_said_to_be() {
        for source in [
            Source::Icc(Cow::Borrowed(b"no profile at all")),
            Source::Icc(Cow::Borrowed(&[])),
            Source::Cicp(9, 16),
            Source::Cicp(200, 200),
            Source::Gamma(0.0, None),
            Source::Gamma(0.5, Some([(0.3, 0.0); 4])),
        ] {
            let (conversion, remarks) = Conversion::new(source, Space::Rgb);
            assert_eq!(remarks, [Remark::ProfileIgnored]);
            let mut target = [0; 3];
            conversion.row(&[1, 2, 3], &mut target);
            assert_eq!(target, [1, 2, 3]);
        }
    }
}
