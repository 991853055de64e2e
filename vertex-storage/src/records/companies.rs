use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;
use vertex_core::{
    Error, Result, TenantScope,
    company::{Company, parse_timezone},
    ids::CompanyId,
    page::{Listing, Page},
    ports::CompanyRecords,
    text::{Email, Name, Slug},
};

use super::{
    SqlRecords,
    failure::Failure,
    rows::{Table, entity, listing, window},
    search::{fold, pattern},
    tenant::{admit, bounds},
};

macro_rules! company_columns {
    () => {
        "id, name, slug, contact_email, timezone, is_active, created_at, updated_at"
    };
}
pub(super) use company_columns;

macro_rules! listed_companies {
    () => {
        "FROM companies WHERE id BETWEEN $1 AND $2 AND is_active
         AND (name_folded LIKE $3 ESCAPE '!' OR slug LIKE $3 ESCAPE '!')"
    };
}

#[derive(FromRow)]
pub(super) struct CompanyRow {
    id: Uuid,
    name: String,
    slug: String,
    contact_email: Option<String>,
    timezone: String,
    is_active: bool,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl TryFrom<CompanyRow> for Company {
    type Error = Error;

    fn try_from(row: CompanyRow) -> Result<Self> {
        let table = Table("companies");
        Ok(Self {
            id: CompanyId(row.id),
            name: table.read("name", row.name, Name::parse)?,
            slug: table.read("slug", row.slug, Slug::parse)?,
            contact_email: table.read_optional("contact_email", row.contact_email, Email::parse)?,
            timezone: table.read("timezone", row.timezone, parse_timezone)?,
            is_active: row.is_active,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

#[async_trait]
impl CompanyRecords for SqlRecords {
    async fn insert_company(&self, scope: &TenantScope, company: &Company) -> Result<()> {
        admit(scope, company.id)?;
        execute!(
            self.writer(),
            "INSERT INTO companies (id, name, name_folded, slug, contact_email, timezone,
                 is_active, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            company.id.0,
            company.name.as_str(),
            fold(company.name.as_str()),
            company.slug.as_str(),
            company.contact_email.as_ref().map(Email::as_str),
            company.timezone.name(),
            company.is_active,
            company.created_at,
            company.updated_at,
        )
        .map_err(|failure| slug_taken(failure, company))?;
        Ok(())
    }

    async fn company(&self, scope: &TenantScope, id: CompanyId) -> Result<Option<Company>> {
        let (first, last) = bounds(scope);
        let row: Option<CompanyRow> = fetch!(
            fetch_optional,
            self.reader(),
            concat!(
                "SELECT ",
                company_columns!(),
                " FROM companies WHERE id = $1 AND id BETWEEN $2 AND $3"
            ),
            id.0,
            first,
            last,
        )?;
        entity(row)
    }

    async fn company_by_slug(&self, scope: &TenantScope, slug: &Slug) -> Result<Option<Company>> {
        let (first, last) = bounds(scope);
        let row: Option<CompanyRow> = fetch!(
            fetch_optional,
            self.reader(),
            concat!(
                "SELECT ",
                company_columns!(),
                " FROM companies WHERE slug = $1 AND id BETWEEN $2 AND $3"
            ),
            slug.as_str(),
            first,
            last,
        )?;
        entity(row)
    }

    async fn companies(
        &self,
        scope: &TenantScope,
        search: Option<&str>,
        page: Page,
    ) -> Result<Listing<Company>> {
        let (first, last) = bounds(scope);
        let pattern = pattern(search);
        let total = fetch!(
            fetch_one,
            self.reader(),
            concat!("SELECT COUNT(*) ", listed_companies!()),
            first,
            last,
            pattern.as_str(),
        )?;
        let (limit, offset) = window(page);
        let rows: Vec<CompanyRow> = fetch!(
            fetch_all,
            self.reader(),
            concat!(
                "SELECT ",
                company_columns!(),
                " ",
                listed_companies!(),
                " ORDER BY name_folded, id LIMIT $4 OFFSET $5"
            ),
            first,
            last,
            pattern.as_str(),
            limit,
            offset,
        )?;
        listing(rows, total, page)
    }

    async fn update_company(&self, scope: &TenantScope, company: &Company) -> Result<bool> {
        let (first, last) = bounds(scope);
        let changed = execute!(
            self.writer(),
            "UPDATE companies SET name = $4, name_folded = $5, slug = $6, contact_email = $7,
                 timezone = $8, is_active = $9, updated_at = $10
             WHERE id = $1 AND id BETWEEN $2 AND $3",
            company.id.0,
            first,
            last,
            company.name.as_str(),
            fold(company.name.as_str()),
            company.slug.as_str(),
            company.contact_email.as_ref().map(Email::as_str),
            company.timezone.name(),
            company.is_active,
            company.updated_at,
        )
        .map_err(|failure| slug_taken(failure, company))?;
        Ok(changed > 0)
    }
}

fn slug_taken(failure: Failure, company: &Company) -> Error {
    let words = || format!("the short name \"{}\" is taken", company.slug);
    failure.or_taken("companies", "slug", words).map_or_else(|taken| taken, Error::from)
}
