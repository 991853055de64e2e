//! `/api/companies/{id}/sweep`: files and rows that have lost each other.

use poem::web::Data;
use poem_openapi::{
    Object, OpenApi,
    param::{Path, Query},
    payload::Json,
};
use uuid::Uuid;
use vertex_core::{
    ids::CompanyId,
    usecases::{
        App,
        sweep::{self, EmptyRow, StrayObject, Sweep},
    },
};

use super::{Answer, Caller, Tag};

/// Most objects and rows that are named; all are counted.
const NAMED: usize = 1000;

/// An object that no row knows.
#[derive(Debug, Object)]
#[oai(rename = "StrayObject")]
struct ObjectView {
    path: String,
    bytes: u64,
}

impl From<&StrayObject> for ObjectView {
    fn from(object: &StrayObject) -> Self {
        Self { path: object.path.to_string(), bytes: object.bytes }
    }
}

/// A row whose file is gone.
#[derive(Debug, Object)]
#[oai(rename = "EmptyRow")]
struct RowView {
    id: Uuid,
    /// `content` or `video`.
    entity: String,
    title: String,
}

impl From<&EmptyRow> for RowView {
    fn from(row: &EmptyRow) -> Self {
        let (id, entity, title) = match row {
            EmptyRow::Content(content) => (content.id.0, "content", &content.title),
            EmptyRow::Video(video) => (video.id.0, "video", &video.title),
        };
        Self { id, entity: entity.to_owned(), title: title.to_string() }
    }
}

/// What a sweep has found.
#[derive(Debug, Object)]
#[oai(rename = "Sweep")]
struct SweepView {
    /// How many objects no row knows.
    object_count: u64,
    /// How many bytes they have.
    object_bytes: u64,
    /// The first thousand of them.
    objects: Vec<ObjectView>,
    /// How many rows have lost their file.
    row_count: u64,
    /// The first thousand of them.
    rows: Vec<RowView>,
    /// Whether they have been removed.
    removed: bool,
    /// Whether everything was looked through: at most 10000 objects are found at once, and another sweep goes on when
    /// they have been removed.
    complete: bool,
}

impl From<Sweep> for SweepView {
    fn from(sweep: Sweep) -> Self {
        Self {
            object_count: sweep.objects.len() as u64,
            object_bytes: sweep.objects.iter().map(|object| object.bytes).sum(),
            objects: sweep.objects.iter().take(NAMED).map(ObjectView::from).collect(),
            row_count: sweep.rows.len() as u64,
            rows: sweep.rows.iter().take(NAMED).map(RowView::from).collect(),
            removed: sweep.removed,
            complete: sweep.complete,
        }
    }
}

/// The orphan sweep.
pub struct SweepApi;

#[OpenApi(prefix_path = "/api/companies", tag = "Tag::Companies")]
impl SweepApi {
    /// Look for objects without rows and rows without objects
    ///
    /// Reports; with `delete` it removes them, too. Objects and rows younger than a day are left alone. Videos are removed for
    /// good, contents like by hand: they can be taken back for the days in `VERTEX_PURGE_DAYS`.
    #[oai(path = "/:id/sweep", method = "post", operation_id = "sweepStorage")]
    async fn sweep(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        /// Whether to remove what is found.
        delete: Query<Option<bool>>,
    ) -> Answer<Json<SweepView>> {
        let remove = delete.0.unwrap_or(false);
        Ok(Json(sweep::run(&app, &caller.0, CompanyId(id.0), remove).await?.into()))
    }
}
