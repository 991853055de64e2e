//! What ffmpeg has to do to pictures so that they look as players show them: fields, apertures, shapes of pixels, colours.

use vertex_video::{Description, HighDynamicRange, Matrix, Rectangle, TrackChoice};

/// Fields become pictures where they are marked as fields.
const DEINTERLACE: &str = "bwdif=mode=send_frame:deint=interlaced";
/// From linear light to that of usual screens.
const TONE_MAP: &str = "format=gbrpf32le,zscale=p=bt709,tonemap=tonemap=hable:desat=0,\
    zscale=t=bt709:m=bt709:r=limited,format=yuv420p";
/// Posters show the values that screens get, as browsers show videos. What else a PNG said of them would be applied to them
/// once more.
const AS_SHOWN: &str = "setparams=color_primaries=bt709:color_trc=iec61966-2-1,format=rgb24";
/// Longest side of pictures that are made.
const LONGEST_SIDE: u32 = 1920;

/// What pictures are made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// One picture in red, green and blue.
    Poster,
    /// A copy no longer than [`LONGEST_SIDE`] on any side.
    Copy,
    /// A copy of this height.
    Height(u32),
}

/// The stream specifier of the pictures.
pub(super) fn track(description: Option<&Description>) -> String {
    match description.map(|description| description.track) {
        Some(TrackChoice::Id(id)) => format!("0:i:{id}"),
        Some(TrackChoice::Index(index)) => format!("0:v:{index}"),
        None => "0:v:0".to_owned(),
    }
}

/// The chain of filters. Turns have been made by ffmpeg itself before it.
pub(super) fn chain(description: Option<&Description>, purpose: Purpose) -> String {
    let mut filters = Vec::new();
    if description.is_some_and(|description| description.is_interlaced) {
        filters.push(DEINTERLACE.to_owned());
    }
    let geometry = description.and_then(|description| description.geometry);
    if let Some(geometry) = geometry.filter(|geometry| geometry.clean.is_some()) {
        let Rectangle { left, top, width, height } = geometry.shown_upright();
        filters.push(format!("crop={width}:{height}:{left}:{top}"));
    }
    let size = geometry.map(|geometry| fitted(geometry.displayed_size(), purpose));
    let range = description.and_then(|description| description.colour.high_dynamic_range());
    if let (Some(description), Some(range)) = (description, range) {
        filters.push(linear(description, range));
        filters.push(TONE_MAP.to_owned());
        filters.push(scaled(size, purpose, "in_color_matrix=bt709:in_range=tv"));
    } else {
        let colours = description.map(input_colours).unwrap_or_default();
        filters.push(scaled(size, purpose, &colours));
    }
    filters.push("setsar=1".to_owned());
    filters.push(if purpose == Purpose::Poster { AS_SHOWN } else { "format=yuv420p" }.to_owned());
    filters.join(",")
}

/// Width and height that fit the purpose; even ones for copies.
fn fitted((width, height): (u32, u32), purpose: Purpose) -> (u32, u32) {
    let of = |side: u32, by: u32, all: u32| {
        let side = u64::from(side) * u64::from(by) / u64::from(all.max(1));
        u32::try_from(side).unwrap_or(u32::MAX)
    };
    let (width, height) = match purpose {
        Purpose::Height(wanted) => (of(width, wanted, height), wanted),
        Purpose::Poster | Purpose::Copy => {
            let longest = width.max(height);
            match longest > LONGEST_SIDE {
                true => (of(width, LONGEST_SIDE, longest), of(height, LONGEST_SIDE, longest)),
                false => (width, height),
            }
        }
    };
    let even =
        |side: u32| if purpose == Purpose::Poster { side.max(1) } else { (side & !1).max(2) };
    (even(width), even(height))
}

fn scaled(size: Option<(u32, u32)>, purpose: Purpose, colours: &str) -> String {
    let size = match (size, purpose) {
        (Some((width, height)), _) => format!("{width}:{height}"),
        (None, Purpose::Height(height)) => format!("-2:{height}"),
        (None, _) => "'trunc(min(1920,iw)/2)*2':-2".to_owned(),
    };
    let output =
        if purpose == Purpose::Poster { "" } else { "out_color_matrix=bt709:out_range=tv" };
    let options = [colours, output].map(|option| match option {
        "" => String::new(),
        option => format!(":{option}"),
    });
    format!("scale={size}{}", options.concat())
}

/// What the scaler is told of colours that are known.
fn input_colours(description: &Description) -> String {
    let matrix = description.matrix().and_then(|matrix| match matrix {
        Matrix::Bt601 => Some("bt601"),
        Matrix::Bt709 => Some("bt709"),
        Matrix::Bt2020 => Some("bt2020"),
        Matrix::Smpte240 => Some("smpte240m"),
        Matrix::Rgb => None,
    });
    let matrix = matrix.map(|matrix| format!("in_color_matrix={matrix}"));
    let range = description.colour.full_range;
    let range = range.map(|full| format!("in_range={}", if full { "pc" } else { "tv" }));
    let both: Vec<String> = matrix.into_iter().chain(range).collect();
    both.join(":")
}

fn linear(description: &Description, range: HighDynamicRange) -> String {
    let transfer = match range {
        HighDynamicRange::Pq => "smpte2084",
        HighDynamicRange::Hlg => "arib-std-b67",
    };
    let matrix = match description.matrix() {
        Some(Matrix::Bt709) if description.colour.matrix.is_some() => "bt709",
        _ => "bt2020nc",
    };
    let full = description.colour.full_range.unwrap_or_default();
    let range = if full { "full" } else { "limited" };
    format!("zscale=tin={transfer}:pin=bt2020:min={matrix}:rin={range}:t=linear:npl=100")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_fit_and_are_even_for_copies() {
        assert_eq!(fitted((3840, 2160), Purpose::Poster), (1920, 1080));
        assert_eq!(fitted((1080, 1920), Purpose::Copy), (1080, 1920));
        assert_eq!(fitted((1047, 577), Purpose::Copy), (1046, 576));
        assert_eq!(fitted((640, 360), Purpose::Height(240)), (426, 240));
        assert_eq!(fitted((1, 4000), Purpose::Copy), (2, 1920));
    }

    #[test]
    fn what_cannot_be_described_is_scaled_as_it_is() {
        assert_eq!(
            chain(None, Purpose::Height(240)),
            "scale=-2:240:out_color_matrix=bt709:out_range=tv,setsar=1,format=yuv420p"
        );
        assert_eq!(track(None), "0:v:0");
    }
}
