//! Folders.

use super::{App, projects, projects::parse_id, without_dependents};
use crate::domain::{
    check::{Check, Field},
    error::{Error, Result},
    folder::Folder,
    identity::Identity,
    ids::{CompanyId, FolderId, ProjectId},
    page::{ListQuery, Listing},
    text::{Name, description},
    version::{self, Expected},
};

/// The fields of a folder as a request brings them.
#[derive(Clone, Debug, Default)]
pub struct FolderInput {
    /// What people call it.
    pub name: Field<String>,
    /// What it is about.
    pub description: Field<String>,
    /// The project it is a part of. Only read when a folder is made.
    pub project_id: Field<String>,
}

/// Makes a folder.
///
/// # Errors
/// `Invalid` with every bad field, `NotFound` for a project that is not this user's to use.
pub async fn create(app: &App, who: &Identity, input: FolderInput) -> Result<Folder> {
    let mut check = Check::default();
    let name = check.required("name", input.name, Name::parse);
    let text = check.optional("description", input.description, description);
    let project = check.required("project_id", input.project_id, parse_id);
    let (name, text, project) = check.all((name, text, project))?;
    let project = projects::get(app, who, ProjectId(project)).await?;
    let now = app.now();
    let folder = Folder {
        id: FolderId(app.clock.uuid()),
        company_id: project.company_id,
        project_id: project.id,
        name,
        description: text.unwrap_or_default(),
        created_at: now,
        updated_at: now,
    };
    app.records.insert_folder(&who.scope(), &folder).await?;
    Ok(folder)
}

/// The folders this user sees, of one company or project if it is named.
///
/// # Errors
/// `NotFound` for a company or project that is not this user's to see.
pub async fn list(
    app: &App,
    who: &Identity,
    company: Option<CompanyId>,
    project: Option<ProjectId>,
    query: &ListQuery,
) -> Result<Listing<Folder>> {
    if let Some(project) = project {
        projects::get(app, who, project).await?;
    }
    app.records.folders(&who.scope().narrowed(company)?, project, query).await
}

/// One folder.
///
/// # Errors
/// `NotFound` when there is none that this user sees.
pub async fn get(app: &App, who: &Identity, id: FolderId) -> Result<Folder> {
    app.records.folder(&who.scope(), id).await?.ok_or(Error::NotFound("folder"))
}

/// Changes the fields that are given.
///
/// # Errors
/// `Invalid` with every bad field, `NotFound`, `Stale`.
pub async fn update(
    app: &App,
    who: &Identity,
    id: FolderId,
    expected: &Expected,
    input: FolderInput,
) -> Result<Folder> {
    let mut folder = get(app, who, id).await?;
    let seen = folder.updated_at;
    expected.check("folder", seen)?;
    let mut check = Check::default();
    let name = check.optional("name", input.name, Name::parse);
    let text = check.optional("description", input.description, description);
    let (name, text) = check.all((name, text))?;
    folder.name = name.unwrap_or(folder.name);
    folder.description = text.unwrap_or(folder.description);
    folder.updated_at = version::next(app.now(), seen);
    let there = app.records.update_folder(&who.scope(), &folder, seen).await?;
    there.then_some(folder).ok_or(Error::Stale("folder"))
}

/// Removes a folder; its contents stay.
///
/// # Errors
/// `NotFound`, `Stale`, and unless `force`d `Conflict` when it has contents.
pub async fn delete(
    app: &App,
    who: &Identity,
    id: FolderId,
    expected: &Expected,
    force: bool,
) -> Result<()> {
    let seen = expected.pin("folder", get(app, who, id).await?.updated_at)?;
    if !force {
        let dependents = app.records.dependents_of_folder(&who.scope(), id).await?;
        without_dependents("folder", dependents)?;
    }
    let there = app.records.delete_folder(&who.scope(), id, seen).await?;
    there.then_some(()).ok_or(version::lost("folder", seen))
}
