//! The names of marker files in requests.

use poem_openapi::Enum;
use vertex_core::{
    ids::{CompanyId, ContentId},
    marker_formats::MarkerFormats,
    paths::{NftFile, ObjectPath},
};

/// A marker file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub enum MarkerFileName {
    /// The MindAR marker.
    Mind,
    /// The picture of the NFT marker.
    Iset,
    /// The places to track of the NFT marker.
    Fset,
    /// The keypoints of the NFT marker.
    Fset3,
}

impl MarkerFileName {
    /// Whether it is one of the files that have been made.
    pub fn is_made(self, formats: MarkerFormats) -> bool {
        if self == Self::Mind { formats.mind } else { formats.nft }
    }

    /// Where it lies.
    pub fn path(self, company: CompanyId, content: ContentId) -> ObjectPath {
        let nft = |file| ObjectPath::nft_marker(company, content, file);
        match self {
            Self::Mind => ObjectPath::mind_marker(company, content),
            Self::Iset => nft(NftFile::Iset),
            Self::Fset => nft(NftFile::Fset),
            Self::Fset3 => nft(NftFile::Fset3),
        }
    }
}
