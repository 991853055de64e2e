//! `/api/companies`: tenants.

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::{
    ApiResponse, Object, OpenApi,
    param::{Path, Query},
    payload::{Json, Response},
};
use uuid::Uuid;
use vertex_core::{
    check::{Check, any},
    company::{Company, Removal},
    ids::CompanyId,
    page::Page,
    usecases::{
        App,
        companies::{self, CompanyInput},
    },
};

use super::{
    Answer, Caller, Tag,
    body::Body,
    input::{Optional, Required},
    listing::{ListOf, SortBy, list_query},
    storage::NewStorage,
    versions::{IfMatch, Versioned, expected, tagged},
};

/// A new company.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct NewCompany {
    /// What people call it.
    name: Required<String>,
    /// Its short name, a-z, 0-9 and hyphens; made from the name when left out.
    slug: Optional<String>,
    /// Where it can be reached.
    contact_email: Optional<String>,
    /// IANA name of its timezone; UTC when left out.
    timezone: Optional<String>,
    /// Marker files its contents get: `mind`, `nft` or `mind,nft`, which is what it is when left out.
    marker_formats: Optional<String>,
    /// Where its files live; on the server when left out. The place is tried before the company is made.
    storage: Option<NewStorage>,
}

/// What changes about a company.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct CompanyChanges {
    /// What people call it.
    name: Optional<String>,
    /// Its short name; only a superadmin changes it.
    slug: Optional<String>,
    /// Where it can be reached; null empties it.
    contact_email: Optional<String>,
    /// IANA name of its timezone.
    timezone: Optional<String>,
    /// Marker files that its contents get from now on: `mind`, `nft` or `mind,nft`.
    marker_formats: Optional<String>,
    /// Whether it may be used; only a superadmin changes it.
    is_active: Optional<bool>,
}

/// A tenant.
#[derive(Debug, Object)]
#[oai(rename = "Company")]
struct CompanyView {
    id: Uuid,
    name: String,
    slug: String,
    contact_email: Option<String>,
    /// IANA name: a day of rotation and expiry is a day there.
    timezone: String,
    /// Marker files that its contents get: `mind`, `nft` or `mind,nft`.
    marker_formats: String,
    /// Whether its people may sign in and its contents play.
    is_active: bool,
    /// When it was deleted: it is removed for good later, unless it is switched on before.
    deleted_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Company> for CompanyView {
    fn from(company: Company) -> Self {
        Self {
            id: company.id.0,
            name: company.name.to_string(),
            slug: company.slug.to_string(),
            contact_email: company.contact_email.map(|email| email.to_string()),
            timezone: company.timezone.name().to_owned(),
            marker_formats: company.marker_formats.to_string(),
            is_active: company.is_active,
            deleted_at: company.deleted_at,
            created_at: company.created_at,
            updated_at: company.updated_at,
        }
    }
}

impl CompanyView {
    fn tagged(company: Company) -> Versioned<Self> {
        let version = company.updated_at;
        tagged(Json(company.into()), version)
    }
}

#[derive(ApiResponse)]
enum Created {
    /// The company has been made.
    #[oai(status = 201)]
    Created(Json<CompanyView>),
}

#[derive(ApiResponse)]
enum Deleted {
    /// The company has been switched off and will be removed.
    #[oai(status = 204)]
    Deleted,
}

/// A deleted company on its way out.
#[derive(Debug, Object)]
#[oai(rename = "Removal")]
struct RemovalView {
    company_id: Uuid,
    name: String,
    slug: String,
    deleted_at: Option<DateTime<Utc>>,
    /// `queued`, `running` or `given_up`.
    state: String,
    /// Times it was tried.
    attempts: u32,
    /// Why the last try failed.
    problem: Option<String>,
    /// When it is tried next.
    next_at: Option<DateTime<Utc>>,
}

impl From<Removal> for RemovalView {
    fn from(removal: Removal) -> Self {
        let company = removal.company;
        Self {
            company_id: company.id.0,
            name: company.name.to_string(),
            slug: company.slug.to_string(),
            deleted_at: company.deleted_at,
            state: removal.state.as_str().to_owned(),
            attempts: removal.attempts,
            problem: removal.problem,
            next_at: removal.next_at,
        }
    }
}

/// How a company is to be removed.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct NewRemoval {
    /// Whether its files stay where they are, if that is a bucket or a disk of its own; false when left out.
    leave_files: Optional<bool>,
}

#[derive(ApiResponse)]
enum Hastened {
    /// It is being removed.
    #[oai(status = 202)]
    Hastened,
}

/// Tenants.
pub struct CompaniesApi;

#[OpenApi(prefix_path = "/api/companies", tag = "Tag::Companies")]
impl CompaniesApi {
    /// Make a company
    ///
    /// If its storage does not work nothing is made, and the answer says which step of the test failed and why.
    #[oai(path = "/", method = "post", operation_id = "createCompany")]
    async fn create(
        &self,
        app: Data<&App>,
        caller: Caller,
        body: Body<NewCompany>,
    ) -> Answer<Response<Created>> {
        let body = body.0;
        let input = CompanyInput {
            name: body.name.0,
            slug: body.slug.0,
            contact_email: body.contact_email.0,
            timezone: body.timezone.0,
            marker_formats: body.marker_formats.0,
            ..CompanyInput::default()
        };
        let place = body.storage.map(Into::into);
        let company = companies::create(&app, &caller.0, input, place).await?;
        let version = company.updated_at;
        Ok(tagged(Created::Created(Json(company.into())), version))
    }

    /// List companies
    #[oai(path = "/", method = "get", operation_id = "listCompanies")]
    async fn list(
        &self,
        app: Data<&App>,
        caller: Caller,
        /// A part of the name or the slug.
        search: Query<Option<String>>,
        /// By name when left out.
        sort: Query<Option<SortBy>>,
        page: Query<Option<u32>>,
        per_page: Query<Option<u32>>,
    ) -> Answer<Json<ListOf<CompanyView>>> {
        let query = list_query(search.0, sort.0, page.0, per_page.0)?;
        let listing = companies::list(&app, &caller.0, &query).await?;
        Ok(Json(listing.map(CompanyView::from).into()))
    }

    /// Get a company
    #[oai(path = "/:id", method = "get", operation_id = "getCompany")]
    async fn get(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
    ) -> Answer<Versioned<CompanyView>> {
        Ok(CompanyView::tagged(companies::get(&app, &caller.0, CompanyId(id.0)).await?))
    }

    /// Change a company
    ///
    /// Switching a deleted company on takes the deletion back.
    #[oai(path = "/:id", method = "put", operation_id = "updateCompany")]
    async fn update(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the company as you read it.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Body<CompanyChanges>,
    ) -> Answer<Versioned<CompanyView>> {
        let body = body.0;
        let input = CompanyInput {
            name: body.name.0,
            slug: body.slug.0,
            contact_email: body.contact_email.0,
            timezone: body.timezone.0,
            marker_formats: body.marker_formats.0,
            is_active: body.is_active.0,
        };
        let (id, expected) = (CompanyId(id.0), expected(&if_match));
        Ok(CompanyView::tagged(companies::update(&app, &caller.0, id, &expected, input).await?))
    }

    /// Delete a company
    ///
    /// Its people are signed out and its contents no longer play at once; everything it has is removed
    /// for good after the days in `VERTEX_PURGE_DAYS`, unless it is switched on before.
    #[oai(path = "/:id", method = "delete", operation_id = "deleteCompany")]
    async fn delete(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the company as you read it.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Answer<Deleted> {
        companies::delete(&app, &caller.0, CompanyId(id.0), &expected(&if_match)).await?;
        Ok(Deleted::Deleted)
    }

    /// List deleted companies that are not removed yet
    ///
    /// What keeps one from being removed is said in `problem`. It is tried again for most of a day.
    #[oai(path = "/removals", method = "get", operation_id = "listRemovals")]
    async fn removals(
        &self,
        app: Data<&App>,
        caller: Caller,
        page: Query<Option<u32>>,
        per_page: Query<Option<u32>>,
    ) -> Answer<Json<ListOf<RemovalView>>> {
        let page = Page::new(page.0, per_page.0);
        let listing = companies::removals(&app, &caller.0, page).await?;
        Ok(Json(listing.map(RemovalView::from).into()))
    }

    /// Remove a deleted company now
    ///
    /// For good, and without waiting for the days in `VERTEX_PURGE_DAYS`. Where its own bucket or disk cannot be
    /// reached any more, `leave_files` removes the company without the files there.
    #[oai(path = "/:id/removal", method = "post", operation_id = "removeCompany")]
    async fn remove(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        body: Body<NewRemoval>,
    ) -> Answer<Hastened> {
        let mut check = Check::default();
        let leaves_files = check.optional("leave_files", body.0.leave_files.0, any);
        let (leaves_files,) = check.all((leaves_files,))?;
        let leaves_files = leaves_files.unwrap_or(false);
        companies::remove(&app, &caller.0, CompanyId(id.0), leaves_files).await?;
        Ok(Hastened::Hastened)
    }
}
