//! Which families of marker files are made.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The marker files of a content: those of one viewer, or of both. Written `mind`, `nft` or `mind,nft`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MarkerFormats {
    /// The `.mind` file of the MindAR viewer.
    pub mind: bool,
    /// The `.iset`, `.fset` and `.fset3` files of the AR.js viewer.
    pub nft: bool,
}

impl MarkerFormats {
    /// The files of every viewer.
    pub const ALL: Self = Self { mind: true, nft: true };
    /// The default viewer's file alone.
    pub const MIND: Self = Self { mind: true, nft: false };

    /// These and those.
    #[must_use]
    pub fn and(self, others: Self) -> Self {
        Self { mind: self.mind || others.mind, nft: self.nft || others.nft }
    }

    /// Reads the names of formats, separated by commas.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn parse(text: impl AsRef<str>) -> Result<Self, String> {
        let mut formats = Self { mind: false, nft: false };
        for name in text.as_ref().split(',').map(str::trim) {
            match name {
                "mind" => formats.mind = true,
                "nft" => formats.nft = true,
                _ => {
                    return Err(format!("{name:?} is not a marker format: give mind, nft or both"));
                }
            }
        }
        Ok(formats)
    }
}

impl fmt::Display for MarkerFormats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.mind, self.nft) {
            (true, true) => "mind,nft",
            (false, true) => "nft",
            (true, false) => "mind",
            (false, false) => "",
        })
    }
}

impl FromStr for MarkerFormats {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::parse(text)
    }
}

impl TryFrom<String> for MarkerFormats {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(text)
    }
}

impl From<MarkerFormats> for String {
    fn from(formats: MarkerFormats) -> Self {
        formats.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_read_as_they_are_written() {
        for text in ["mind", "nft", "mind,nft"] {
            assert_eq!(MarkerFormats::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(MarkerFormats::parse(" nft , mind").unwrap(), MarkerFormats::ALL);
        for bad in ["", "mind,", "zft", "MIND"] {
            assert!(MarkerFormats::parse(bad).unwrap_err().contains("give mind, nft or both"));
        }
    }
}
