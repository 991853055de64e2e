//! ARToolKit NFT markers: the files `.iset`, `.fset` and `.fset3`, as AR.js and jsartoolkitNFT read them.
//!
//! - [`ImageSet`] (`.iset`): the picture, from which the tracker cuts its templates, and the resolutions it is
//!   wanted in;
//! - [`FeatureSet`] (`.fset`): which places of the picture to track at which resolution;
//! - [`KeypointSet`] (`.fset3`): the keypoints by which the picture is first found.
//!
//! All numbers in the files are little-endian; there is no magic, version or checksum, so a reader has
//! only the rules of the numbers themselves to tell a marker from anything else.

mod bytes;
mod check;
mod compile;
mod feature_set;
mod image_set;
mod keypoint_set;
mod keypoints;
mod marker;
mod options;
mod select;
mod target;
mod tracking;
mod zft;

pub use compile::{compile, compile_cancellable};
pub use feature_set::{Feature, FeatureLevel, FeatureSet};
pub use image_set::{ImageLevel, ImageSet, Pictures};
pub use keypoint_set::{KeypointSet, Page, Point, Record};
pub use marker::{Marker, MarkerFiles};
pub use options::{Density, NftOptions};

/// Millimetres per inch.
const INCH: f32 = 25.4;
