//! Telling people how well a picture will be found, before they print it.

use super::{App, contents};
use crate::domain::{
    content::{ArContent, MarkerStatus},
    error::{Error, Result},
    identity::Identity,
    ids::ContentId,
    quality::Quality,
};

/// Viewing distances that are answered, in metres.
const DISTANCES: std::ops::RangeInclusive<f64> = 0.05..=1000.0;

/// What was measured of a content's picture. It stays while the markers are made again.
///
/// # Errors
/// `NotFound` when this user sees no such content, `Conflict` when nothing has been measured.
pub async fn get(app: &App, who: &Identity, id: ContentId) -> Result<(ArContent, Quality)> {
    let mut content = contents::get(app, who, id).await?;
    match content.quality.take() {
        Some(quality) => Ok((content, quality)),
        None => Err(Error::Conflict(why_unmeasured(&content))),
    }
}

fn why_unmeasured(content: &ArContent) -> String {
    match content.marker_status {
        MarkerStatus::Pending | MarkerStatus::Processing => {
            "the markers are still being made, which is when the picture is measured".to_owned()
        }
        MarkerStatus::Failed => content.markers_failed(),
        MarkerStatus::Ready => {
            "the picture has not been measured yet: ask again soon, or have its markers made again"
                .to_owned()
        }
    }
}

/// The distance in metres to tell the print's width for; one metre when none is given.
///
/// # Errors
/// `Invalid` for one that nobody looks from.
pub fn viewing_distance(given: Option<f64>) -> Result<f64> {
    let metres = given.unwrap_or(1.0);
    if DISTANCES.contains(&metres) {
        return Ok(metres);
    }
    let (nearest, farthest) = (DISTANCES.start(), DISTANCES.end());
    let why = format!("{metres} is not within {nearest} and {farthest} metres");
    Err(Error::field("viewing_distance", why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_nobody_looks_from_are_refused() {
        assert_eq!(viewing_distance(None).unwrap(), 1.0);
        assert_eq!(viewing_distance(Some(2.5)).unwrap(), 2.5);
        for bad in [0.0, -1.0, 1001.0, f64::NAN, f64::INFINITY] {
            let error = viewing_distance(Some(bad)).unwrap_err();
            assert_eq!(error.bad_fields()[0].field, "viewing_distance", "{bad}");
        }
    }
}
