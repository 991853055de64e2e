//! Companies, run by superadmins and seen by their own people.

use super::{
    App,
    storage::{self, StorageInput},
    tenancy,
};
use crate::domain::{
    access::Action,
    check::{Check, Field, any},
    company::{Company, Removal, parse_timezone},
    error::{Error, Result},
    identity::Identity,
    ids::CompanyId,
    job::Task,
    marker_formats::MarkerFormats,
    page::{ListQuery, Listing, Page},
    text::{Email, Name, Slug},
    user::Role,
    version::{self, Expected},
};

/// The fields of a company as a request brings them.
#[derive(Clone, Debug, Default)]
pub struct CompanyInput {
    /// What people call it.
    pub name: Field<String>,
    /// Its short name; made from the name when absent.
    pub slug: Field<String>,
    /// Where it can be reached.
    pub contact_email: Field<String>,
    /// IANA name of its timezone; UTC when absent.
    pub timezone: Field<String>,
    /// Marker files its contents get, such as `mind,nft`; all when absent.
    pub marker_formats: Field<String>,
    /// Whether it may be used.
    pub is_active: Field<bool>,
}

/// Makes a company, with a place for its files that has been tried.
///
/// # Errors
/// `Invalid` with every bad field or with the step of the place's test that failed, `Conflict` when the slug is
/// taken, `Forbidden` unless superadmin.
pub async fn create(
    app: &App,
    who: &Identity,
    input: CompanyInput,
    place: Option<StorageInput>,
) -> Result<Company> {
    who.may(Action::CreateCompany)?;
    let mut check = Check::default();
    let name = check.required("name", input.name, Name::parse);
    let slug = check.optional("slug", input.slug, Slug::parse);
    let contact_email = check.optional("contact_email", input.contact_email, Email::parse);
    let timezone = check.optional("timezone", input.timezone, parse_timezone);
    let formats = check.optional("marker_formats", input.marker_formats, MarkerFormats::parse);
    let is_active = check.optional("is_active", input.is_active, any);
    let (name, slug, contact_email, timezone, formats, is_active) =
        check.all((name, slug, contact_email, timezone, formats, is_active))?;
    let slug = slug.or_else(|| Slug::from_name(&name)).ok_or_else(|| {
        Error::field("slug", "cannot be made from this name: give one of a-z, 0-9 and hyphens")
    })?;
    let now = app.now();
    let company = Company {
        id: CompanyId(app.clock.uuid()),
        name,
        slug,
        contact_email,
        timezone: timezone.unwrap_or(chrono_tz::Tz::UTC),
        marker_formats: formats.unwrap_or(MarkerFormats::ALL),
        is_active: is_active.unwrap_or(true),
        deleted_at: None,
        created_at: now,
        updated_at: now,
    };
    let storage = match place {
        Some(place) => Some(storage::provision(app, company.id, place).await?),
        None => None,
    };
    app.records.insert_company(&who.scope(), &company, storage.as_ref()).await?;
    Ok(company)
}

/// The companies this user sees.
pub async fn list(app: &App, who: &Identity, query: &ListQuery) -> Result<Listing<Company>> {
    app.records.companies(&who.scope(), query).await
}

/// One company.
///
/// # Errors
/// `NotFound` when there is none that this user sees.
pub async fn get(app: &App, who: &Identity, id: CompanyId) -> Result<Company> {
    tenancy::company(app, who, id).await
}

/// Changes the fields that are given. Switching a deleted company on takes the deletion back.
///
/// # Errors
/// `Invalid` with every bad field, `NotFound`, `Stale`, `Conflict` when the slug is taken, `Forbidden` unless admin
/// (and superadmin for slug and activity).
pub async fn update(
    app: &App,
    who: &Identity,
    id: CompanyId,
    expected: &Expected,
    input: CompanyInput,
) -> Result<Company> {
    let mut company = get(app, who, id).await?;
    who.may(Action::UpdateCompany)?;
    let seen = company.updated_at;
    expected.check("company", seen)?;
    if input.slug != Field::Absent || input.is_active != Field::Absent {
        who.require(Role::Superadmin)?;
    }
    let mut check = Check::default();
    let name = check.optional("name", input.name, Name::parse);
    let slug = check.optional("slug", input.slug, Slug::parse);
    let contact_email = check.change("contact_email", input.contact_email, Email::parse);
    let timezone = check.optional("timezone", input.timezone, parse_timezone);
    let formats = check.optional("marker_formats", input.marker_formats, MarkerFormats::parse);
    let is_active = check.optional("is_active", input.is_active, any);
    let (name, slug, contact_email, timezone, formats, is_active) =
        check.all((name, slug, contact_email, timezone, formats, is_active))?;
    company.name = name.unwrap_or(company.name);
    company.slug = slug.unwrap_or(company.slug);
    contact_email.apply(&mut company.contact_email);
    company.timezone = timezone.unwrap_or(company.timezone);
    company.marker_formats = formats.unwrap_or(company.marker_formats);
    company.is_active = is_active.unwrap_or(company.is_active);
    if !company.is_active && company.id == who.user.company_id {
        return Err(own_company("switch off"));
    }
    if company.is_active {
        company.deleted_at = None;
    }
    company.updated_at = version::next(app.now(), seen);
    let there = app.records.update_company(&who.scope(), &company, seen).await?;
    app.company_changed(id);
    there.then_some(company).ok_or(Error::Stale("company"))
}

/// Switches a company off; its rows and files are removed later, unless it is switched on before.
///
/// # Errors
/// `NotFound`, `Stale`, `Forbidden` unless superadmin, `Conflict` for the caller's own company.
pub async fn delete(app: &App, who: &Identity, id: CompanyId, expected: &Expected) -> Result<()> {
    let mut company = get(app, who, id).await?;
    who.may(Action::DeleteCompany)?;
    let seen = company.updated_at;
    expected.check("company", seen)?;
    if company.id == who.user.company_id {
        return Err(own_company("delete"));
    }
    if company.deleted_at.is_some() {
        return Err(Error::NotFound("company"));
    }
    let now = version::next(app.now(), seen);
    company.is_active = false;
    company.deleted_at = Some(now);
    company.updated_at = now;
    let task = Task::PurgeCompany { company_id: id, deleted_at: now, leaves_files: false };
    let job = app.new_purge(id, task);
    let there = app.records.delete_company(&who.scope(), &company, seen, &job).await?;
    app.company_changed(id);
    app.job_queued();
    there.then_some(()).ok_or(Error::Stale("company"))
}

/// Deleted companies that are not removed yet, and why those are not whose time has come.
///
/// # Errors
/// `Forbidden` unless superadmin.
pub async fn removals(app: &App, who: &Identity, page: Page) -> Result<Listing<Removal>> {
    who.may(Action::ListRemovals)?;
    app.records.removals(&who.scope(), page).await
}

/// Has a deleted company removed now. With `leaves_files` what lies elsewhere than at the operator's stays there, so
/// that a place which is gone or locked does not hold the removal up.
///
/// # Errors
/// `NotFound`, `Conflict` when the company has not been deleted, `Forbidden` unless superadmin.
pub async fn remove(app: &App, who: &Identity, id: CompanyId, leaves_files: bool) -> Result<()> {
    let company = get(app, who, id).await?;
    who.may(Action::RemoveCompany)?;
    let deleted_at = company.deleted_at.ok_or_else(|| {
        Error::Conflict("the company has not been deleted: delete it first".to_owned())
    })?;
    let task = Task::PurgeCompany { company_id: id, deleted_at, leaves_files };
    let job = app.new_job(id, task);
    app.records.hasten_removal(&who.scope(), &company, &job).await?;
    app.job_queued();
    Ok(())
}

fn own_company(verb: &str) -> Error {
    Error::Conflict(format!("you cannot {verb} the company you work for"))
}
