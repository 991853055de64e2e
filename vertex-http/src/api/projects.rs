//! `/api/projects`: groups of contents.

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::{
    ApiResponse, Object, OpenApi,
    param::{Path, Query},
    payload::Json,
};
use uuid::Uuid;
use vertex_core::{
    ids::{CompanyId, ProjectId},
    page::Page,
    project::Project,
    usecases::{
        App,
        projects::{self, ProjectInput},
    },
};

use super::{
    Answer, Caller, Tag,
    input::{Optional, Required},
    listing::ListOf,
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
        body: Json<NewProject>,
    ) -> Answer<Created> {
        let Json(NewProject { name, description, company_id }) = body;
        let input =
            ProjectInput { name: name.0, description: description.0, company_id: company_id.0 };
        let project = projects::create(&app, &caller.0, input).await?;
        Ok(Created::Created(Json(project.into())))
    }

    /// List projects
    #[oai(path = "/", method = "get", operation_id = "listProjects")]
    async fn list(
        &self,
        app: Data<&App>,
        caller: Caller,
        /// Only this company's.
        company_id: Query<Option<Uuid>>,
        /// A part of the name.
        search: Query<Option<String>>,
        page: Query<Option<u32>>,
        per_page: Query<Option<u32>>,
    ) -> Answer<Json<ListOf<ProjectView>>> {
        let page = Page::new(page.0, per_page.0);
        let (company, search) = (company_id.0.map(CompanyId), search.0.as_deref());
        let listing = projects::list(&app, &caller.0, company, search, page).await?;
        Ok(Json(listing.map(ProjectView::from).into()))
    }

    /// Get a project
    #[oai(path = "/:id", method = "get", operation_id = "getProject")]
    async fn get(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
    ) -> Answer<Json<ProjectView>> {
        Ok(Json(projects::get(&app, &caller.0, ProjectId(id.0)).await?.into()))
    }

    /// Change a project
    #[oai(path = "/:id", method = "put", operation_id = "updateProject")]
    async fn update(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        body: Json<ProjectChanges>,
    ) -> Answer<Json<ProjectView>> {
        let Json(ProjectChanges { name, description }) = body;
        let input =
            ProjectInput { name: name.0, description: description.0, ..ProjectInput::default() };
        Ok(Json(projects::update(&app, &caller.0, ProjectId(id.0), input).await?.into()))
    }

    /// Delete a project
    #[oai(path = "/:id", method = "delete", operation_id = "deleteProject")]
    async fn delete(&self, app: Data<&App>, caller: Caller, id: Path<Uuid>) -> Answer<Deleted> {
        projects::delete(&app, &caller.0, ProjectId(id.0)).await?;
        Ok(Deleted::Deleted)
    }
}
