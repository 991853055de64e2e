//! How the samples of a picture become light: the code points of ITU-T H.273, which all containers and codecs share.

/// Code point of what is not said.
const UNSPECIFIED: u8 = 2;

/// The colours of a video as far as its container and its codec tell them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Colour {
    /// `ColourPrimaries`.
    pub primaries: Option<u8>,
    /// `TransferCharacteristics`.
    pub transfer: Option<u8>,
    /// `MatrixCoefficients`.
    pub matrix: Option<u8>,
    /// Whether samples use all values, and not only those from 16 to 235 (240).
    pub full_range: Option<bool>,
}

/// How light was coded in a picture with a high dynamic range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HighDynamicRange {
    /// Perceptual quantizer, SMPTE ST 2084.
    Pq,
    /// Hybrid log-gamma, ARIB STD-B67.
    Hlg,
}

/// The weights by which red, green and blue make brightness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matrix {
    /// ITU-R BT.601, television of standard definition.
    Bt601,
    /// ITU-R BT.709, television of high definition.
    Bt709,
    /// ITU-R BT.2020 with non-constant luminance.
    Bt2020,
    /// SMPTE 240M, an early high definition.
    Smpte240,
    /// The samples are green, blue and red.
    Rgb,
}

impl Colour {
    /// From code points as they are written, where 2 stands for what is not said.
    pub(crate) fn from_codes(primaries: u8, transfer: u8, matrix: u8) -> Self {
        let told = |code: u8| Some(code).filter(|code| *code != UNSPECIFIED);
        Self {
            primaries: told(primaries),
            transfer: told(transfer),
            matrix: told(matrix),
            full_range: None,
        }
    }

    /// These, and of the others what these do not say.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            primaries: self.primaries.or(other.primaries),
            transfer: self.transfer.or(other.transfer),
            matrix: self.matrix.or(other.matrix),
            full_range: self.full_range.or(other.full_range),
        }
    }

    /// The matrix that was written, else the one that browsers assume for pictures of this height.
    #[must_use]
    pub fn matrix_or_default(&self, height: u32) -> Matrix {
        match self.matrix {
            Some(0) => Matrix::Rgb,
            Some(1) => Matrix::Bt709,
            Some(4..=6) => Matrix::Bt601,
            Some(7) => Matrix::Smpte240,
            Some(9 | 10) => Matrix::Bt2020,
            _ if height < 720 => Matrix::Bt601,
            _ => Matrix::Bt709,
        }
    }

    /// The high dynamic range that it was coded for, if any.
    #[must_use]
    pub fn high_dynamic_range(&self) -> Option<HighDynamicRange> {
        match self.transfer {
            Some(16) => Some(HighDynamicRange::Pq),
            Some(18) => Some(HighDynamicRange::Hlg),
            _ => None,
        }
    }
}

impl Matrix {
    /// Weights of red and blue.
    pub(crate) fn weights(self) -> (f64, f64) {
        match self {
            Self::Bt601 | Self::Rgb => (0.299, 0.114),
            Self::Bt709 => (0.2126, 0.0722),
            Self::Bt2020 => (0.2627, 0.0593),
            Self::Smpte240 => (0.212, 0.087),
        }
    }
}
