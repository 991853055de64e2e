//! What the boxes of a HEIC or AVIF file (ISO/IEC 23008-12) say of its picture; no pixel is decoded.

use image::metadata::Orientation;

/// What a file says of its primary picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeifOutline {
    /// Width of the picture before it is turned, in pixels.
    pub width: u32,
    /// Height of the picture before it is turned, in pixels.
    pub height: u32,
    /// How it is to be turned; `None` when it is to be mirrored or cropped, too.
    pub orientation: Option<Orientation>,
    /// Its ICC profile.
    pub profile: Option<Vec<u8>>,
}

/// Most bytes of the boxes that describe pictures.
const MAX_META: usize = 16 << 20;

/// Reads what a file says of its primary picture; `None` when it does not say how large that is.
#[must_use]
pub fn heif_outline(bytes: &[u8]) -> Option<HeifOutline> {
    let meta = find(bytes, b"meta")?.get(4..)?;
    let meta = meta.get(..MAX_META.min(meta.len()))?;
    let primary = primary_item(find(meta, b"pitm")?)?;
    let properties = find(meta, b"iprp")?;
    let all: Vec<(&[u8; 4], &[u8])> = boxes(find(properties, b"ipco")?).collect();
    let mut outline = HeifOutline {
        width: 0,
        height: 0,
        orientation: Some(Orientation::NoTransforms),
        profile: None,
    };
    for index in associations(find(properties, b"ipma")?, primary)? {
        let Some(&(name, content)) = index.checked_sub(1).and_then(|index| all.get(index)) else {
            continue;
        };
        match name {
            b"ispe" => {
                outline.width = number(content, 4, 4)?;
                outline.height = number(content, 8, 4)?;
            }
            b"irot" => outline.orientation = outline.orientation.and(turned(*content.first()?)),
            b"imir" | b"clap" => outline.orientation = None,
            b"colr" => {
                if let Some(profile) = profile(content) {
                    outline.profile = Some(profile.to_vec());
                }
            }
            _ => {}
        }
    }
    (outline.width > 0 && outline.height > 0).then_some(outline)
}

/// A copy of a file whose pictures have no ICC profiles: programs that convert it refuse some, or apply them.
#[must_use]
pub fn without_profiles(bytes: &[u8]) -> Vec<u8> {
    let mut copy = bytes.to_vec();
    let properties = find(bytes, b"meta")
        .and_then(|meta| find(meta.get(4..)?, b"iprp"))
        .and_then(|properties| find(properties, b"ipco"));
    for (name, content) in properties.into_iter().flat_map(boxes) {
        if name == b"colr" && profile(content).is_some() {
            let place = name.as_ptr().addr() - bytes.as_ptr().addr();
            copy[place..place + 4].copy_from_slice(b"skip");
        }
    }
    copy
}

/// Quarter turns against the clock.
fn turned(turns: u8) -> Option<Orientation> {
    Some(match turns & 3 {
        0 => Orientation::NoTransforms,
        1 => Orientation::Rotate270,
        2 => Orientation::Rotate180,
        _ => Orientation::Rotate90,
    })
}

fn profile(colours: &[u8]) -> Option<&[u8]> {
    colours.strip_prefix(b"prof").or_else(|| colours.strip_prefix(b"rICC"))
}

/// The boxes that lie one after the other: their names and contents.
fn boxes(bytes: &[u8]) -> impl Iterator<Item = (&[u8; 4], &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let name = rest.get(4..)?.first_chunk()?;
        let (head, length) = match number(rest, 0, 4)? {
            0 => (8, rest.len()),
            1 => (16, usize::try_from(u64::from_be_bytes(*rest.get(8..)?.first_chunk()?)).ok()?),
            length => (8, length as usize),
        };
        let content = rest.get(head..length)?;
        rest = &rest[length..];
        Some((name, content))
    })
}

fn find<'a>(bytes: &'a [u8], name: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(bytes).find(|(other, _)| *other == name).map(|(_, content)| content)
}

/// A number of one, two or four bytes.
fn number(bytes: &[u8], at: usize, length: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(length)?)?;
    Some(bytes.iter().fold(0, |sum, &byte| sum << 8 | u32::from(byte)))
}

fn primary_item(content: &[u8]) -> Option<u32> {
    number(content, 4, if content.first()? == &0 { 2 } else { 4 })
}

/// The numbers of an item's properties, from 1, in the order they apply.
fn associations(content: &[u8], item: u32) -> Option<Vec<usize>> {
    let id_length = if content.first()? == &0 { 2 } else { 4 };
    let index_length = if content.get(3)? & 1 == 0 { 1 } else { 2 };
    let mut at = 8;
    for _ in 0..number(content, 4, 4)? {
        let id = number(content, at, id_length)?;
        let count = number(content, at + id_length, 1)? as usize;
        at += id_length + 1;
        if id == item {
            let mask = if index_length == 1 { 0x7f } else { 0x7fff };
            let index =
                |n| Some((number(content, at + n * index_length, index_length)? & mask) as usize);
            return (0..count).map(index).collect();
        }
        at += count * index_length;
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn boxed(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len() + 8).unwrap();
        [&length.to_be_bytes()[..], name, content].concat()
    }

    /// A file whose second item is the primary one, a quarter turned.
    fn file() -> Vec<u8> {
        let size = |width: u32, height: u32| {
            boxed(b"ispe", &[&[0; 4][..], &width.to_be_bytes(), &height.to_be_bytes()].concat())
        };
        let properties = [
            size(512, 512),
            size(4032, 3024),
            boxed(b"irot", &[3]),
            boxed(b"colr", b"profan ICC profile"),
        ];
        let associated = [&[0, 0, 0, 0, 0, 0, 0, 2][..], &[0, 1, 1, 1], &[0, 2, 3, 2, 0x83, 4]];
        let iprp = [boxed(b"ipco", &properties.concat()), boxed(b"ipma", &associated.concat())];
        let meta =
            [vec![0; 4], boxed(b"pitm", &[0, 0, 0, 0, 0, 2]), boxed(b"iprp", &iprp.concat())];
        [boxed(b"ftyp", b"heic\0\0\0\0mif1heic"), boxed(b"meta", &meta.concat())].concat()
    }

    #[test]
    fn the_primary_picture_is_described() {
        let outline = heif_outline(&file()).unwrap();
        assert_eq!((outline.width, outline.height), (4032, 3024));
        assert_eq!(outline.orientation, Some(Orientation::Rotate90));
        assert_eq!(outline.profile.as_deref(), Some(&b"an ICC profile"[..]));
    }

    #[test]
    fn a_copy_without_profiles_differs_in_nothing_else() {
        let (file, copy) = (file(), without_profiles(&file()));
        let expected = HeifOutline { profile: None, ..heif_outline(&file).unwrap() };
        assert_eq!(heif_outline(&copy), Some(expected));
        assert_eq!(copy.len(), file.len());
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_strange(
            damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
            length in any::<prop::sample::Index>(),
        ) {
            let mut bytes = file();
            for (place, value) in damage {
                let place = place.index(bytes.len());
                bytes[place] = value;
            }
            bytes.truncate(length.index(bytes.len() + 1));
            let _ = heif_outline(&bytes);
            let _ = without_profiles(&bytes);
        }
    }
}
