//! `/api/companies`: tenants.

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::{
    ApiResponse, Object, OpenApi,
    param::{Path, Query},
    payload::Json,
};
use uuid::Uuid;
use vertex_core::{
    company::Company,
    ids::CompanyId,
    page::Page,
    usecases::{
        App,
        companies::{self, CompanyInput},
    },
};

use super::{
    Answer, Caller, Tag,
    input::{Optional, Required},
    listing::ListOf,
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
    is_active: bool,
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
            is_active: company.is_active,
            created_at: company.created_at,
            updated_at: company.updated_at,
        }
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
    /// The company has been switched off.
    #[oai(status = 204)]
    Deleted,
}

/// Tenants.
pub struct CompaniesApi;

#[OpenApi(prefix_path = "/api/companies", tag = "Tag::Companies")]
impl CompaniesApi {
    /// Make a company
    #[oai(path = "/", method = "post", operation_id = "createCompany")]
    async fn create(
        &self,
        app: Data<&App>,
        caller: Caller,
        body: Json<NewCompany>,
    ) -> Answer<Created> {
        let body = body.0;
        let input = CompanyInput {
            name: body.name.0,
            slug: body.slug.0,
            contact_email: body.contact_email.0,
            timezone: body.timezone.0,
            ..CompanyInput::default()
        };
        let company = companies::create(&app, &caller.0, input).await?;
        Ok(Created::Created(Json(company.into())))
    }

    /// List companies
    #[oai(path = "/", method = "get", operation_id = "listCompanies")]
    async fn list(
        &self,
        app: Data<&App>,
        caller: Caller,
        /// A part of the name or the slug.
        search: Query<Option<String>>,
        page: Query<Option<u32>>,
        per_page: Query<Option<u32>>,
    ) -> Answer<Json<ListOf<CompanyView>>> {
        let page = Page::new(page.0, per_page.0);
        let listing = companies::list(&app, &caller.0, search.0.as_deref(), page).await?;
        Ok(Json(listing.map(CompanyView::from).into()))
    }

    /// Get a company
    #[oai(path = "/:id", method = "get", operation_id = "getCompany")]
    async fn get(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
    ) -> Answer<Json<CompanyView>> {
        Ok(Json(companies::get(&app, &caller.0, CompanyId(id.0)).await?.into()))
    }

    /// Change a company
    #[oai(path = "/:id", method = "put", operation_id = "updateCompany")]
    async fn update(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        body: Json<CompanyChanges>,
    ) -> Answer<Json<CompanyView>> {
        let body = body.0;
        let input = CompanyInput {
            name: body.name.0,
            slug: body.slug.0,
            contact_email: body.contact_email.0,
            timezone: body.timezone.0,
            is_active: body.is_active.0,
        };
        Ok(Json(companies::update(&app, &caller.0, CompanyId(id.0), input).await?.into()))
    }

    /// Switch a company off
    #[oai(path = "/:id", method = "delete", operation_id = "deleteCompany")]
    async fn delete(&self, app: Data<&App>, caller: Caller, id: Path<Uuid>) -> Answer<Deleted> {
        companies::delete(&app, &caller.0, CompanyId(id.0)).await?;
        Ok(Deleted::Deleted)
    }
}
