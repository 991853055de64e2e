//! Contents as they lie in their table.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;
use vertex_core::{
    Error, Result,
    content::{ArContent, ContentImage},
    ids::{ClientId, CompanyId, ContentId, FolderId, UniqueId},
    quality::Quality,
    text::Name,
};
use vertex_markers::{Analysis, ContrastBand, PictureFormat};

use super::rows::Table;

/// The columns of a [`ContentRow`]; `published` leaves its videos uncounted.
macro_rules! content_columns {
    () => {
        content_columns!("(SELECT COUNT(*) FROM videos WHERE videos.content_id = contents.id)")
    };
    (published) => {
        content_columns!("CAST(0 AS BIGINT)")
    };
    ($video_count:literal) => {
        concat!(
            "id, company_id, unique_id, permanent_link, title, client_id, folder_id, image_format,
         image_width, image_height, image_bytes, brightness, contrast, contrast_band,
         marker_status, marker_formats, marker_error, marker_updated_at, quality, expiry_date, is_active,
         image_revision, view_count, ",
            $video_count,
            " AS video_count, created_at, updated_at, deleted_at"
        )
    };
}
pub(super) use content_columns;

#[derive(FromRow)]
pub(super) struct ContentRow {
    id: Uuid,
    company_id: Uuid,
    unique_id: String,
    permanent_link: String,
    title: String,
    client_id: Option<Uuid>,
    folder_id: Option<Uuid>,
    #[sqlx(flatten)]
    image: ImageRow,
    marker_status: String,
    marker_formats: String,
    marker_error: Option<String>,
    marker_updated_at: Option<DateTime<Utc>>,
    quality: Option<Json<serde_json::Value>>,
    expiry_date: Option<NaiveDate>,
    is_active: bool,
    view_count: i64,
    video_count: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    deleted_at: Option<DateTime<Utc>>,
}

#[derive(FromRow)]
struct ImageRow {
    image_format: String,
    image_width: i64,
    image_height: i64,
    image_bytes: i64,
    image_revision: i64,
    brightness: f64,
    contrast: f64,
    contrast_band: String,
}

impl TryFrom<ContentRow> for ArContent {
    type Error = Error;

    fn try_from(row: ContentRow) -> Result<Self> {
        let table = Table("contents");
        Ok(Self {
            id: ContentId(row.id),
            company_id: CompanyId(row.company_id),
            unique_id: table.read("unique_id", row.unique_id, |text| {
                UniqueId::parse(&text).ok_or_else(|| format!("is not a public name: {text:?}"))
            })?,
            permanent_link: row.permanent_link,
            title: table.read("title", row.title, Name::kept)?,
            client_id: row.client_id.map(ClientId),
            folder_id: row.folder_id.map(FolderId),
            image: row.image.try_into()?,
            marker_status: table.read("marker_status", row.marker_status, |text| text.parse())?,
            marker_formats: table
                .read("marker_formats", row.marker_formats, |text| text.parse())?,
            marker_error: row.marker_error,
            marker_updated_at: row.marker_updated_at,
            quality: table.read_optional("quality", row.quality, |json| {
                serde_json::from_value::<Quality>(json.0)
            })?,
            expiry_date: row.expiry_date,
            is_active: row.is_active,
            view_count: table.read("view_count", row.view_count, u64::try_from)?,
            video_count: table.read("video_count", row.video_count, u64::try_from)?,
            created_at: row.created_at,
            updated_at: row.updated_at,
            deleted_at: row.deleted_at,
        })
    }
}

impl TryFrom<ImageRow> for ContentImage {
    type Error = Error;

    fn try_from(row: ImageRow) -> Result<Self> {
        use ContrastBand::{Excellent, Fair, Good, Poor};
        use PictureFormat::{Jpeg, Png, WebP};
        let table = Table("contents");
        let (format, band) = (&row.image_format, &row.contrast_band);
        let bands = [Poor, Fair, Good, Excellent];
        Ok(Self {
            format: table.read_name(
                "image_format",
                format,
                [Jpeg, Png, WebP],
                PictureFormat::extension,
            )?,
            width: table.read("image_width", row.image_width, u32::try_from)?,
            height: table.read("image_height", row.image_height, u32::try_from)?,
            bytes: table.read("image_bytes", row.image_bytes, u64::try_from)?,
            revision: table.read("image_revision", row.image_revision, u32::try_from)?,
            analysis: Analysis {
                brightness: row.brightness,
                contrast: row.contrast,
                band: table.read_name("contrast_band", band, bands, ContrastBand::as_str)?,
            },
        })
    }
}
