//! The segments of a JPEG file (ITU-T T.81, annex B), read without decoding a pixel.

const START_OF_SCAN: u8 = 0xda;
const END_OF_IMAGE: u8 = 0xd9;
const JFIF: u8 = 0xe0;

/// What the headers of a JPEG file say.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Outline {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) components: u8,
    /// Dots per inch, where both axes have the same.
    pub(crate) dpi: Option<f32>,
    /// Bytes up to the end of the picture; more may follow.
    pub(crate) length: usize,
}

/// Reads the headers of a JPEG file; `None` when it is not a whole one.
pub(crate) fn outline(bytes: &[u8]) -> Option<Outline> {
    let mut outline = Outline::default();
    outline.length = walk(bytes, |marker, segment| match (marker, segment) {
        (JFIF, [b'J', b'F', b'I', b'F', 0, _, _, unit, a, b, c, d, ..]) if (a, b) == (c, d) => {
            let density = f32::from(u16::from_be_bytes([*a, *b]));
            outline.dpi = match unit {
                1 => Some(density),
                2 => Some(density * 2.54),
                _ => None,
            };
        }
        (0xc0..=0xcf, &[_, a, b, c, d, components, ..])
            if !matches!(marker, 0xc4 | 0xc8 | 0xcc) =>
        {
            outline.height = u32::from(u16::from_be_bytes([a, b]));
            outline.width = u32::from(u16::from_be_bytes([c, d]));
            outline.components = components;
        }
        _ => {}
    })?;
    (bytes.starts_with(&[0xff, 0xd8]) && outline.components > 0).then_some(outline)
}

/// Visits the marker segments; the number of bytes up to the end-of-image marker, if it is reached.
fn walk<'a>(bytes: &'a [u8], mut visit: impl FnMut(u8, &'a [u8])) -> Option<usize> {
    let mut rest = bytes.get(2..)?;
    while let Some((marker, after)) = next_marker(rest) {
        rest = match marker {
            END_OF_IMAGE => return Some(bytes.len() - after.len()),
            0x00 | 0x01 | 0xd0..=0xd8 => after,
            _ => {
                let (segment, rest) = after_segment(after)?;
                visit(marker, segment);
                rest
            }
        };
        if marker == START_OF_SCAN {
            rest = after_entropy_coded_data(rest);
        }
    }
    None
}

fn next_marker(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let start = bytes.iter().position(|&byte| byte == 0xff)?;
    let code = bytes[start..].iter().position(|&byte| byte != 0xff)? + start;
    Some((bytes[code], &bytes[code + 1..]))
}

/// A segment's content and what follows it.
fn after_segment(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = usize::from(u16::from_be_bytes(*bytes.first_chunk()?));
    let (segment, rest) = bytes.split_at_checked(length)?;
    Some((segment.get(2..).unwrap_or_default(), rest))
}

/// Entropy-coded data ends at the first `ff` that is neither stuffed (`ff 00`) nor a restart marker.
fn after_entropy_coded_data(bytes: &[u8]) -> &[u8] {
    let end = bytes
        .windows(2)
        .position(|pair| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xd0..=0xd7 | 0xff));
    &bytes[end.unwrap_or(bytes.len())..]
}
