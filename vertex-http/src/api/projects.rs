//! `/api/projects`: groups of contents.

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::{
    ApiResponse, Object, OpenApi,
    param::{Path, Query},
    payload::{Json, Response},
};
use uuid::Uuid;
use vertex_core::{
    ids::{CompanyId, ProjectId},
    project::Project,
    usecases::{
        App,
        projects::{self, ProjectInput},
    },
};

use super::{
    Answer, Caller, Tag,
    body::Body,
    input::{Optional, Required},
    listing::{ListOf, SortBy, list_query},
    versions::{IfMatch, Versioned, expected, tagged},
};

/// A new project.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct NewProject {
    /// What people call it.
    name: Required<String>,
    /// What it is about.
    description: Optional<String>,
    /// The company it belongs to; your own when left out.
    company_id: Optional<String>,
}

/// What changes about a project.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct ProjectChanges {
    /// What people call it.
    name: Optional<String>,
    /// What it is about.
    description: Optional<String>,
}

/// A group of contents.
#[derive(Debug, Object)]
#[oai(rename = "Project")]
struct ProjectView {
    id: Uuid,
    company_id: Uuid,
    name: String,
    description: String,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Project> for ProjectView {
    fn from(project: Project) -> Self {
        Self {
            id: project.id.0,
            company_id: project.company_id.0,
            name: project.name.to_string(),
            description: project.description,
            created_at: project.created_at,
            updated_at: project.updated_at,
        }
    }
}

impl ProjectView {
    fn tagged(project: Project) -> Versioned<Self> {
        let version = project.updated_at;
        tagged(Json(project.into()), version)
    }
}

#[derive(ApiResponse)]
enum Created {
    /// The project has been made.
    #[oai(status = 201)]
    Created(Json<ProjectView>),
}

#[derive(ApiResponse)]
enum Deleted {
    /// The project is gone; its contents stay.
    #[oai(status = 204)]
    Deleted,
}

/// Groups of contents.
pub struct ProjectsApi;

#[OpenApi(prefix_path = "/api/projects", tag = "Tag::Projects")]
impl ProjectsApi {
    /// Make a project
    #[oai(path = "/", method = "post", operation_id = "createProject")]
    async fn create(
        &self,
        app: Data<&App>,
        caller: Caller,
        body: Body<NewProject>,
    ) -> Answer<Response<Created>> {
        let Body(NewProject { name, description, company_id }) = body;
        let input =
            ProjectInput { name: name.0, description: description.0, company_id: company_id.0 };
        let project = projects::create(&app, &caller.0, input).await?;
        let version = project.updated_at;
        Ok(tagged(Created::Created(Json(project.into())), version))
    }

    /// List projects
    #[oai(path = "/", method = "get", operation_id = "listProjects")]
    #[expect(clippy::too_many_arguments, reason = "every query parameter is one")]
    async fn list(
        &self,
        app: Data<&App>,
        caller: Caller,
        /// Only this company's.
        company_id: Query<Option<Uuid>>,
        /// A part of the name.
        search: Query<Option<String>>,
        /// By name when left out.
        sort: Query<Option<SortBy>>,
        page: Query<Option<u32>>,
        per_page: Query<Option<u32>>,
    ) -> Answer<Json<ListOf<ProjectView>>> {
        let query = list_query(search.0, sort.0, page.0, per_page.0)?;
        let company = company_id.0.map(CompanyId);
        let listing = projects::list(&app, &caller.0, company, &query).await?;
        Ok(Json(listing.map(ProjectView::from).into()))
    }

    /// Get a project
    #[oai(path = "/:id", method = "get", operation_id = "getProject")]
    async fn get(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
    ) -> Answer<Versioned<ProjectView>> {
        Ok(ProjectView::tagged(projects::get(&app, &caller.0, ProjectId(id.0)).await?))
    }

    /// Change a project
    #[oai(path = "/:id", method = "put", operation_id = "updateProject")]
    async fn update(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the project as you read it.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Body<ProjectChanges>,
    ) -> Answer<Versioned<ProjectView>> {
        let Body(ProjectChanges { name, description }) = body;
        let input =
            ProjectInput { name: name.0, description: description.0, ..ProjectInput::default() };
        let (id, expected) = (ProjectId(id.0), expected(&if_match));
        Ok(ProjectView::tagged(projects::update(&app, &caller.0, id, &expected, input).await?))
    }

    /// Delete a project
    ///
    /// One with folders or contents is refused, and the answer says how many there are, unless `force`
    /// is given: then its folders go with it and its contents stay.
    #[oai(path = "/:id", method = "delete", operation_id = "deleteProject")]
    async fn delete(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the project as you read it.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        /// Whether to delete a project that has folders or contents.
        force: Query<Option<bool>>,
    ) -> Answer<Deleted> {
        let (id, expected) = (ProjectId(id.0), expected(&if_match));
        projects::delete(&app, &caller.0, id, &expected, force.0.unwrap_or(false)).await?;
        Ok(Deleted::Deleted)
    }
}
