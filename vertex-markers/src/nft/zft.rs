//! The single-file form of a marker, which jsartoolkitNFT reads and AR.js does not.
//!
//! It is a zlib stream (RFC 1950) of the files in hexadecimal, in an object of three strings whose order is fixed.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

use crate::{Error, Result};

use super::MarkerFiles;

/// Most bytes of text: the runtime cuts the rest off.
const MAX_TEXT: usize = 4 << 20;
const OPENINGS: [&str; 3] = ["{\"iset\":\"", "\",\"fset\":\"", "\",\"fset3\":\""];
const CLOSING: &str = "\"}";

impl MarkerFiles {
    /// Packs the three files into one `.zft` file.
    ///
    /// # Errors
    /// `EncodingFailed` when they are larger than the runtime reads, about 2 MB together.
    pub fn zft(&self) -> Result<Vec<u8>> {
        let files = [&self.iset, &self.fset, &self.fset3];
        let overhead: usize =
            OPENINGS.iter().map(|opening| opening.len()).sum::<usize>() + CLOSING.len();
        let length = overhead + files.iter().map(|file| 2 * file.len()).sum::<usize>();
        if length > MAX_TEXT {
            return Err(Error::encoding("a .zft file holds at most 2 MB of marker files"));
        }
        let mut text = String::with_capacity(length);
        for (opening, file) in OPENINGS.iter().zip(files) {
            text.push_str(opening);
            text.extend(file.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(digit));
        }
        text.push_str(CLOSING);
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text.as_bytes()).map_err(Error::encoding)?;
        encoder.finish().map_err(Error::encoding)
    }

    /// Unpacks a `.zft` file; what is in it is not looked at.
    ///
    /// # Errors
    /// `MalformedMarker` when it is none, or larger than the runtime reads.
    pub fn from_zft(bytes: &[u8]) -> Result<Self> {
        let mut text = Vec::new();
        let limit = MAX_TEXT as u64 + 1;
        ZlibDecoder::new(bytes).take(limit).read_to_end(&mut text).map_err(|_| malformed())?;
        if text.len() > MAX_TEXT {
            return Err(Error::malformed(".zft: it holds more than the runtime reads"));
        }
        let mut rest = text.as_slice();
        let mut file = |opening: &str| {
            let after = rest.strip_prefix(opening.as_bytes())?;
            let end = after.iter().position(|&byte| byte == b'"')?;
            rest = &after[end..];
            bytes_of(&after[..end])
        };
        let [iset, fset, fset3] = OPENINGS.map(&mut file);
        match (iset, fset, fset3) {
            (Some(iset), Some(fset), Some(fset3)) if rest == CLOSING.as_bytes() => {
                Ok(Self { iset, fset, fset3 })
            }
            _ => Err(malformed()),
        }
    }
}

fn malformed() -> Error {
    Error::malformed(".zft: it is not a compressed marker")
}

fn digit(value: u8) -> char {
    char::from(b"0123456789abcdef"[usize::from(value & 15)])
}

fn bytes_of(hexadecimal: &[u8]) -> Option<Vec<u8>> {
    let (pairs, []) = hexadecimal.as_chunks::<2>() else { return None };
    let value = |digit: u8| char::from(digit).to_digit(16).map(|value| value as u8);
    pairs.iter().map(|&[high, low]| Some(value(high)? << 4 | value(low)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_was_packed_comes_back(iset: Vec<u8>, fset: Vec<u8>, fset3: Vec<u8>) {
            let files = MarkerFiles { iset, fset, fset3 };
            prop_assert_eq!(MarkerFiles::from_zft(&files.zft()?)?, files);
        }
    }

    #[test]
    fn what_the_runtime_would_cut_is_refused() {
        let files = MarkerFiles { iset: vec![7; 2 << 20], fset: Vec::new(), fset3: Vec::new() };
        assert!(files.zft().is_err());
        let mut bomb = ZlibEncoder::new(Vec::new(), Compression::best());
        bomb.write_all(&vec![b'0'; 64 << 20]).unwrap();
        let error = MarkerFiles::from_zft(&bomb.finish().unwrap()).unwrap_err();
        assert!(error.to_string().contains("more than the runtime reads"), "{error}");
        assert!(MarkerFiles::from_zft(b"nothing").is_err());
    }
}
