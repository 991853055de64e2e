use async_trait::async_trait;
use bytes::Bytes;
use vertex_markers::picture::ConvertibleFormat;

use crate::domain::error::Result;

/// Makes JPEGs and PNGs of pictures that are not decoded here, where the machine has the means.
#[async_trait]
pub trait PictureConverter: Send + Sync {
    /// Makes a JPEG of a picture, or a PNG if it is transparent: upright, with the same colours.
    ///
    /// # Errors
    /// `UnsupportedMedia` on the field `image` where there are no means, `Invalid` when the picture is damaged or
    /// beyond the limits.
    async fn convert(&self, picture: Bytes, format: ConvertibleFormat) -> Result<Bytes>;
}
