//! What measuring needs of a picture.

use image::RgbImage;

use super::finding::Finding;
use super::overlay::{backdrop, draw};
use super::runtimes::{ArJs, MindAr};
use super::trial::{CameraCopy, Runtime};
use super::{ScoreOptions, Trackability, diagnosis, look, runtime_camera, score, series, trial};
use crate::mind::Target;
use crate::nft::Marker;
use crate::{Cancellation, Picture, Result};

/// A picture in the few sizes that it is measured in: at most about 10 MB, however many pixels it has.
#[derive(Debug, Clone)]
pub struct ReferenceImage {
    size: (u32, u32),
    copy: Option<CameraCopy>,
    diagnosis: Vec<Finding>,
    backdrop: RgbImage,
}

impl ReferenceImage {
    /// Looks for what is weak in a picture, and keeps what the rest needs of it.
    #[must_use]
    pub fn of(picture: &Picture) -> Self {
        Self {
            size: (picture.width(), picture.height()),
            copy: CameraCopy::of(picture),
            diagnosis: diagnosis::diagnose(picture),
            backdrop: backdrop(picture),
        }
    }

    /// Width and height of the picture in pixels.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        self.size
    }

    /// [`trackability`](super::trackability), until it is cancelled.
    ///
    /// # Errors
    /// `Cancelled`.
    pub fn trackability(
        &self,
        target: &Target,
        options: &ScoreOptions,
        cancellation: &Cancellation,
    ) -> Result<Trackability> {
        let measured = self.measure_target(target, options, cancellation);
        cancellation.check().map(|()| measured)
    }

    /// [`nft_trackability`](super::nft_trackability), until it is cancelled.
    ///
    /// # Errors
    /// `CorruptPicture` or `TooLarge` when the picture in the marker cannot be decoded, and `Cancelled`.
    pub fn nft_trackability(
        &self,
        marker: &Marker,
        options: &ScoreOptions,
        cancellation: &Cancellation,
    ) -> Result<Trackability> {
        let runtime = Some(ArJs::new(marker, self.size)?);
        let measured = self.measure(self.size, runtime, options, cancellation);
        cancellation.check().map(|()| measured)
    }

    /// [`overlay`](super::overlay()) of the picture.
    #[must_use]
    pub fn overlay(&self, target: &Target, trackability: &Trackability) -> RgbImage {
        draw(self.backdrop.clone(), target, trackability)
    }

    pub(super) fn measure_target(
        &self,
        target: &Target,
        options: &ScoreOptions,
        cancellation: &Cancellation,
    ) -> Trackability {
        self.measure((target.width, target.height), MindAr::new(target), options, cancellation)
    }

    fn measure(
        &self,
        size: (u32, u32),
        runtime: Option<impl Runtime>,
        options: &ScoreOptions,
        cancellation: &Cancellation,
    ) -> Trackability {
        let camera = runtime_camera();
        let measured = trial(self.copy.as_ref(), size, runtime, &camera).map(|trial| {
            series::series(&camera, size, options)
                .map(|views| look(Some(&trial), &views, cancellation))
        });
        score::of(measured, self.diagnosis.clone())
    }
}
