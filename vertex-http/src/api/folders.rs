//! `/api/folders`: the parts of a project.

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::{
    ApiResponse, Object, OpenApi,
    param::{Path, Query},
    payload::{Json, Response},
};
use uuid::Uuid;
use vertex_core::{
    folder::Folder,
    ids::{CompanyId, FolderId, ProjectId},
    usecases::{
        App,
        folders::{self, FolderInput},
    },
};

use super::{
    Answer, Caller, Tag,
    body::Body,
    input::{Optional, Required},
    listing::{ListOf, SortBy, list_query},
    versions::{IfMatch, Versioned, expected, tagged},
};

/// A new folder.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct NewFolder {
    /// What people call it.
    name: Required<String>,
    /// The project it is a part of.
    project_id: Required<String>,
    /// What it is about.
    description: Optional<String>,
}

/// What changes about a folder.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct FolderChanges {
    /// What people call it.
    name: Optional<String>,
    /// What it is about.
    description: Optional<String>,
}

/// A part of a project.
#[derive(Debug, Object)]
#[oai(rename = "Folder")]
struct FolderView {
    id: Uuid,
    company_id: Uuid,
    project_id: Uuid,
    name: String,
    description: String,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Folder> for FolderView {
    fn from(folder: Folder) -> Self {
        Self {
            id: folder.id.0,
            company_id: folder.company_id.0,
            project_id: folder.project_id.0,
            name: folder.name.to_string(),
            description: folder.description,
            created_at: folder.created_at,
            updated_at: folder.updated_at,
        }
    }
}

impl FolderView {
    fn tagged(folder: Folder) -> Versioned<Self> {
        let version = folder.updated_at;
        tagged(Json(folder.into()), version)
    }
}

#[derive(ApiResponse)]
enum Created {
    /// The folder has been made.
    #[oai(status = 201)]
    Created(Json<FolderView>),
}

#[derive(ApiResponse)]
enum Deleted {
    /// The folder is gone; its contents stay.
    #[oai(status = 204)]
    Deleted,
}

/// The parts of a project.
pub struct FoldersApi;

#[OpenApi(prefix_path = "/api/folders", tag = "Tag::Projects")]
impl FoldersApi {
    /// Make a folder
    #[oai(path = "/", method = "post", operation_id = "createFolder")]
    async fn create(
        &self,
        app: Data<&App>,
        caller: Caller,
        body: Body<NewFolder>,
    ) -> Answer<Response<Created>> {
        let Body(NewFolder { name, project_id, description }) = body;
        let input =
            FolderInput { name: name.0, description: description.0, project_id: project_id.0 };
        let folder = folders::create(&app, &caller.0, input).await?;
        let version = folder.updated_at;
        Ok(tagged(Created::Created(Json(folder.into())), version))
    }

    /// List folders
    #[oai(path = "/", method = "get", operation_id = "listFolders")]
    #[expect(clippy::too_many_arguments, reason = "every query parameter is one")]
    async fn list(
        &self,
        app: Data<&App>,
        caller: Caller,
        /// Only this company's.
        company_id: Query<Option<Uuid>>,
        /// Only this project's.
        project_id: Query<Option<Uuid>>,
        /// A part of the name.
        search: Query<Option<String>>,
        /// By name when left out.
        sort: Query<Option<SortBy>>,
        page: Query<Option<u32>>,
        per_page: Query<Option<u32>>,
    ) -> Answer<Json<ListOf<FolderView>>> {
        let query = list_query(search.0, sort.0, page.0, per_page.0)?;
        let (company, project) = (company_id.0.map(CompanyId), project_id.0.map(ProjectId));
        let listing = folders::list(&app, &caller.0, company, project, &query).await?;
        Ok(Json(listing.map(FolderView::from).into()))
    }

    /// Get a folder
    #[oai(path = "/:id", method = "get", operation_id = "getFolder")]
    async fn get(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
    ) -> Answer<Versioned<FolderView>> {
        Ok(FolderView::tagged(folders::get(&app, &caller.0, FolderId(id.0)).await?))
    }

    /// Change a folder
    #[oai(path = "/:id", method = "put", operation_id = "updateFolder")]
    async fn update(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the folder as you read it.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Body<FolderChanges>,
    ) -> Answer<Versioned<FolderView>> {
        let Body(FolderChanges { name, description }) = body;
        let input =
            FolderInput { name: name.0, description: description.0, ..FolderInput::default() };
        let (id, expected) = (FolderId(id.0), expected(&if_match));
        Ok(FolderView::tagged(folders::update(&app, &caller.0, id, &expected, input).await?))
    }

    /// Delete a folder
    ///
    /// One with contents is refused, and the answer says how many there are, unless `force` is given:
    /// then they stay without a folder.
    #[oai(path = "/:id", method = "delete", operation_id = "deleteFolder")]
    async fn delete(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the folder as you read it.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        /// Whether to delete a folder that has contents.
        force: Query<Option<bool>>,
    ) -> Answer<Deleted> {
        let (id, expected) = (FolderId(id.0), expected(&if_match));
        folders::delete(&app, &caller.0, id, &expected, force.0.unwrap_or(false)).await?;
        Ok(Deleted::Deleted)
    }
}
