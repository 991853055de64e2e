//! `/api/ar-content/{id}/quality`: how well a picture will be found, before it is printed.

use poem::{Request, web::Data};
use poem_openapi::{
    Object, OpenApi,
    param::{Path, Query},
    payload::Json,
    types::Example,
};
use uuid::Uuid;
use vertex_core::{
    content::ArContent,
    ids::ContentId,
    paths::ObjectPath,
    quality::{Breakdown, Finding, NftQuality, Quality},
    usecases::{App, quality},
};

use super::{
    Answer, Caller, Tag,
    files::{Caching, FileResponse, serve},
    waiting::Waiting,
};

/// A score of 0 to 100 for each thing that makes a view hard.
#[derive(Debug, Object)]
#[oai(rename = "QualityBreakdown")]
struct BreakdownView {
    /// Small in the camera's frame.
    distance: u8,
    /// Seen from the side.
    tilt: u8,
    /// Out of focus, with noise.
    blur: u8,
    /// Too dark, or glaring.
    light: u8,
}

impl From<Breakdown> for BreakdownView {
    fn from(scores: Breakdown) -> Self {
        let Breakdown { distance, tilt, blur, light } = scores;
        Self { distance, tilt, blur, light }
    }
}

/// A part of the picture, in shares of its width and height.
#[derive(Debug, Object)]
#[oai(rename = "QualityZone")]
struct ZoneView {
    /// Left edge.
    x: f64,
    /// Upper edge.
    y: f64,
    width: f64,
    height: f64,
}

/// Something weak about the picture.
#[derive(Debug, Object)]
#[oai(rename = "QualityFinding")]
struct FindingView {
    /// What it is, such as `low_contrast`.
    kind: String,
    /// Where it is.
    zone: ZoneView,
    /// What to do about it.
    advice: String,
}

impl From<Finding> for FindingView {
    fn from(finding: Finding) -> Self {
        let Finding { kind, zone, advice } = finding;
        let zone = ZoneView { x: zone.x, y: zone.y, width: zone.width, height: zone.height };
        Self { kind, zone, advice }
    }
}

/// How well the AR.js viewer finds and follows the picture by its NFT marker.
#[derive(Debug, Object)]
#[oai(rename = "NftQuality")]
struct NftQualityView {
    /// 0, never found, to 100, found and followed in every view.
    score: u8,
    breakdown: BreakdownView,
    /// What costs most: `distance`, `tilt`, `blur` or `light`.
    worst: String,
    /// The smallest width of the print that is found from the viewing distance, in metres; null when none is.
    print_width: Option<f64>,
}

impl NftQualityView {
    fn of(quality: NftQuality, viewing_distance: f64) -> Self {
        Self {
            score: quality.score,
            breakdown: quality.breakdown.into(),
            worst: quality.worst,
            print_width: quality.print_width_per_metre.map(|width| width * viewing_distance),
        }
    }
}

/// How well the picture will be found and followed, measured on synthetic views of it.
#[derive(Debug, Object)]
#[oai(rename = "Quality", example)]
struct QualityView {
    content_id: Uuid,
    /// The way it was measured; scores of different versions do not compare.
    score_version: u32,
    /// 0, never found, to 100, found and followed in every view.
    score: u8,
    breakdown: BreakdownView,
    /// What costs most: `distance`, `tilt`, `blur` or `light`.
    worst: String,
    /// The distance that `print_width` is for, in metres.
    viewing_distance: f64,
    /// The smallest width of the print that is found from there, in metres; null when none is.
    print_width: Option<f64>,
    /// What is weak about the picture, where, and what to do about it.
    findings: Vec<FindingView>,
    /// The same in the eyes of the AR.js viewer; null when there is no NFT marker.
    nft: Option<NftQualityView>,
    /// A picture with the points it is found by and its weak zones; the link ends after one to two hours.
    overlay_url: String,
}

impl QualityView {
    async fn of(
        app: &App,
        content: &ArContent,
        quality: Quality,
        viewing_distance: f64,
    ) -> Answer<Self> {
        Ok(Self {
            content_id: content.id.0,
            score_version: quality.score_version,
            score: quality.score,
            breakdown: quality.breakdown.into(),
            viewing_distance,
            print_width: quality.print_width(viewing_distance),
            worst: quality.worst,
            nft: quality.nft.map(|nft| NftQualityView::of(nft, viewing_distance)),
            findings: quality.findings.into_iter().map(FindingView::from).collect(),
            overlay_url: app.link(&overlay_path(content)),
        })
    }
}

impl Example for QualityView {
    fn example() -> Self {
        Self {
            content_id: Uuid::from_u128(0x0190_a1b2_c3d4_7e5f_8a6b_7c8d_9e0f_1a2b),
            score_version: 1,
            score: 78,
            breakdown: BreakdownView { distance: 72, tilt: 64, blur: 85, light: 91 },
            worst: "tilt".to_owned(),
            viewing_distance: 1.0,
            print_width: Some(0.21),
            findings: vec![FindingView {
                kind: "low_contrast".to_owned(),
                zone: ZoneView { x: 0.0, y: 0.0, width: 1.0, height: 0.25 },
                advice: "The sky is nearly one colour: crop it or add some detail.".to_owned(),
            }],
            nft: Some(NftQualityView {
                score: 81,
                breakdown: BreakdownView { distance: 74, tilt: 87, blur: 87, light: 87 },
                worst: "distance".to_owned(),
                print_width: Some(0.2),
            }),
            overlay_url:
                "https://ar.example.org/api/files/content/…/overlays/….webp?expires=…&signature=…"
                    .to_owned(),
        }
    }
}

/// How well a picture will be found.
pub struct QualityApi;

#[OpenApi(prefix_path = "/api/ar-content", tag = "Tag::Content")]
impl QualityApi {
    /// Tell how well the picture will be found
    ///
    /// Measured when the markers are made: until then, and for markers made before pictures were
    /// measured, the answer is 409. It stays while the markers are made again.
    #[oai(path = "/:id/quality", method = "get", operation_id = "getQuality")]
    async fn get(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        /// From how far the print is looked at, in metres; 1 when left out.
        viewing_distance: Query<Option<f64>>,
    ) -> Answer<Json<QualityView>> {
        let distance = quality::viewing_distance(viewing_distance.0)?;
        let (content, measured) = measured(&app, &caller, ContentId(id.0)).await?;
        Ok(Json(QualityView::of(&app, &content, measured, distance).await?))
    }

    /// Download the picture with its points and weak zones, a WebP of at most 1000x1000
    ///
    /// 409 as long as nothing has been measured.
    #[oai(path = "/:id/quality/overlay", method = "get", operation_id = "getQualityOverlay")]
    async fn overlay(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        request: &Request,
    ) -> Answer<FileResponse> {
        let (content, _) = measured(&app, &caller, ContentId(id.0)).await?;
        let path = overlay_path(&content);
        Ok(FileResponse(serve(&app, request, &path, Caching::Revalidate).await?))
    }
}

/// What was measured; what is being measured at this moment is waited for.
async fn measured(app: &App, caller: &Caller, id: ContentId) -> Answer<(ArContent, Quality)> {
    Waiting::begin(app, &caller.0).for_measuring(id).await?;
    Ok(quality::get(app, &caller.0, id).await?)
}

fn overlay_path(content: &ArContent) -> ObjectPath {
    ObjectPath::quality_overlay(content.company_id, content.id)
}
