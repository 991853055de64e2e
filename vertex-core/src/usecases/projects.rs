//! Projects.

use super::{App, tenancy, without_dependents};
use crate::domain::{
    check::{Check, Field},
    error::{Error, Result},
    identity::Identity,
    ids::{CompanyId, ProjectId},
    page::{ListQuery, Listing},
    project::Project,
    text::{Name, description},
    version::{self, Expected},
};

/// The fields of a project as a request brings them.
#[derive(Clone, Debug, Default)]
pub struct ProjectInput {
    /// What people call it.
    pub name: Field<String>,
    /// What it is about.
    pub description: Field<String>,
    /// The company it belongs to; the user's own when absent. Only read when a project is made.
    pub company_id: Field<String>,
}

/// Makes a project.
///
/// # Errors
/// `Invalid` with every bad field, `NotFound` for a company that is not this user's to use.
pub async fn create(app: &App, who: &Identity, input: ProjectInput) -> Result<Project> {
    let mut check = Check::default();
    let name = check.required("name", input.name, Name::parse);
    let text = check.optional("description", input.description, description);
    let company = check.optional("company_id", input.company_id, parse_id);
    let (name, text, company) = check.all((name, text, company))?;
    let now = app.now();
    let project = Project {
        id: ProjectId(app.clock.uuid()),
        company_id: tenancy::company_for_new_row(app, who, company.map(CompanyId)).await?,
        name,
        description: text.unwrap_or_default(),
        created_at: now,
        updated_at: now,
    };
    app.records.insert_project(&who.scope(), &project).await?;
    Ok(project)
}

/// The projects this user sees, of one company if it is named.
///
/// # Errors
/// `NotFound` for a company that is not this user's to see.
pub async fn list(
    app: &App,
    who: &Identity,
    company: Option<CompanyId>,
    query: &ListQuery,
) -> Result<Listing<Project>> {
    app.records.projects(&who.scope().narrowed(company)?, query).await
}

/// One project.
///
/// # Errors
/// `NotFound` when there is none that this user sees.
pub async fn get(app: &App, who: &Identity, id: ProjectId) -> Result<Project> {
    app.records.project(&who.scope(), id).await?.ok_or(Error::NotFound("project"))
}

/// Changes the fields that are given.
///
/// # Errors
/// `Invalid` with every bad field, `NotFound`, `Stale`.
pub async fn update(
    app: &App,
    who: &Identity,
    id: ProjectId,
    expected: &Expected,
    input: ProjectInput,
) -> Result<Project> {
    let mut project = get(app, who, id).await?;
    let seen = project.updated_at;
    expected.check("project", seen)?;
    let mut check = Check::default();
    let name = check.optional("name", input.name, Name::parse);
    let text = check.optional("description", input.description, description);
    let (name, text) = check.all((name, text))?;
    project.name = name.unwrap_or(project.name);
    project.description = text.unwrap_or(project.description);
    project.updated_at = version::next(app.now(), seen);
    let there = app.records.update_project(&who.scope(), &project, seen).await?;
    there.then_some(project).ok_or(Error::Stale("project"))
}

/// Removes a project with its folders; its contents stay.
///
/// # Errors
/// `NotFound`, `Stale`, and unless `force`d `Conflict` when it has folders or contents.
pub async fn delete(
    app: &App,
    who: &Identity,
    id: ProjectId,
    expected: &Expected,
    force: bool,
) -> Result<()> {
    let seen = expected.pin("project", get(app, who, id).await?.updated_at)?;
    if !force {
        let dependents = app.records.dependents_of_project(&who.scope(), id).await?;
        without_dependents("project", dependents)?;
    }
    let there = app.records.delete_project(&who.scope(), id, seen).await?;
    there.then_some(()).ok_or(version::lost("project", seen))
}

/// Reads an id in a request.
pub(super) fn parse_id(text: impl AsRef<str>) -> Result<uuid::Uuid, String> {
    let text = text.as_ref().trim();
    text.parse().map_err(|_| format!("{text:?} is not an id"))
}
