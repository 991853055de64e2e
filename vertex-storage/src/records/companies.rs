use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;
use vertex_core::{
    Error, Result, TenantScope,
    company::{Company, Removal, parse_timezone},
    ids::CompanyId,
    job::{JobState, NewJob},
    page::{ListQuery, Listing, Page, Sort},
    ports::CompanyRecords,
    storage::StorageConnection,
    text::{Email, Name, Slug},
};

use super::{
    SqlRecords, Transaction,
    audit::{Changed, Deed, commit_change, commit_new, note},
    failure::Failure,
    jobs,
    rows::{Table, entity},
    search::{fold, searched},
    select::{Selection, order},
    storage_connections::insert_connection,
    tenant::{admit, bounds},
};

macro_rules! company_columns {
    () => {
        "id, name, slug, contact_email, timezone, marker_formats, is_active, deleted_at,
         created_at, updated_at"
    };
}
pub(super) use company_columns;

#[derive(FromRow)]
pub(super) struct CompanyRow {
    id: Uuid,
    name: String,
    slug: String,
    contact_email: Option<String>,
    timezone: String,
    marker_formats: String,
    is_active: bool,
    deleted_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl TryFrom<CompanyRow> for Company {
    type Error = Error;

    fn try_from(row: CompanyRow) -> Result<Self> {
        let table = Table("companies");
        Ok(Self {
            id: CompanyId(row.id),
            name: table.read("name", row.name, Name::kept)?,
            slug: table.read("slug", row.slug, Slug::parse)?,
            contact_email: table.read_optional("contact_email", row.contact_email, Email::kept)?,
            timezone: table.read("timezone", row.timezone, parse_timezone)?,
            marker_formats: table
                .read("marker_formats", row.marker_formats, |text| text.parse())?,
            is_active: row.is_active,
            deleted_at: row.deleted_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// Deleted companies, each with the latest job that removes it. None is left of one that was given up long ago.
const REMOVALS: &str = "(
        SELECT companies.*, jobs.state, jobs.attempts, jobs.last_error, jobs.run_at
        FROM companies LEFT JOIN jobs ON jobs.id = (
            SELECT id FROM jobs WHERE company_id = companies.id AND kind = 'purge_company'
            ORDER BY id DESC LIMIT 1)
        WHERE companies.deleted_at IS NOT NULL
    ) AS removals";

#[derive(FromRow)]
struct RemovalRow {
    #[sqlx(flatten)]
    company: CompanyRow,
    state: Option<String>,
    attempts: Option<i64>,
    last_error: Option<String>,
    run_at: Option<DateTime<Utc>>,
}

impl TryFrom<RemovalRow> for Removal {
    type Error = Error;

    fn try_from(row: RemovalRow) -> Result<Self> {
        let table = Table("jobs");
        let state = table.read_optional("state", row.state, |text| text.parse())?;
        let state = state.unwrap_or(JobState::GivenUp);
        Ok(Self {
            company: row.company.try_into()?,
            state,
            attempts: table.read("attempts", row.attempts.unwrap_or_default(), u32::try_from)?,
            problem: row.last_error,
            next_at: row.run_at.filter(|_| state == JobState::Queued),
        })
    }
}

#[async_trait]
impl CompanyRecords for SqlRecords {
    async fn insert_company(
        &self,
        scope: &TenantScope,
        company: &Company,
        storage: Option<&StorageConnection>,
    ) -> Result<()> {
        admit(scope, company.id)?;
        let mut transaction = self.begin().await?;
        insert_company(&mut transaction, company).await?;
        if let Some(storage) = storage {
            insert_connection(&mut transaction, storage, "current").await?;
        }
        let deed = Deed::created("company", company.id.0);
        commit_new(transaction, scope, deed, company.id, company.name.as_str()).await
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

    async fn companies(&self, scope: &TenantScope, query: &ListQuery) -> Result<Listing<Company>> {
        Selection::owned("companies", "id", scope)
            .that("deleted_at IS NULL")
            .having("name_folded LIKE {} ESCAPE '!' OR slug LIKE {} ESCAPE '!'", searched(query))
            .list::<CompanyRow, _>(
                self,
                company_columns!(),
                &order(query.sort.unwrap_or(Sort::BY_NAME), "name_folded"),
                query.page,
            )
            .await
    }

    async fn update_company(
        &self,
        scope: &TenantScope,
        company: &Company,
        seen: DateTime<Utc>,
    ) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let changed = update_company(&mut transaction, scope, company, seen).await?;
        commit_change(transaction, scope, Deed::updated("company", company.id.0), changed).await
    }

    async fn delete_company(
        &self,
        scope: &TenantScope,
        company: &Company,
        seen: DateTime<Utc>,
        job: &NewJob,
    ) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let changed = update_company(&mut transaction, scope, company, seen).await?;
        let Some((id, label)) = changed else { return Ok(false) };
        note(&mut transaction, scope, Deed::deleted("company", id), id, &label).await?;
        jobs::commit_with(transaction, scope, job, 1).await
    }

    async fn removals(&self, scope: &TenantScope, page: Page) -> Result<Listing<Removal>> {
        Selection::owned(REMOVALS, "id", scope)
            .list::<RemovalRow, _>(
                self,
                concat!(company_columns!(), ", state, attempts, last_error, run_at"),
                "deleted_at, id",
                page,
            )
            .await
    }

    async fn hasten_removal(
        &self,
        scope: &TenantScope,
        company: &Company,
        job: &NewJob,
    ) -> Result<()> {
        let mut transaction = self.begin().await?;
        let deed = Deed::new("removed", "company", company.id.0);
        note(&mut transaction, scope, deed, company.id.0, company.name.as_str()).await?;
        jobs::commit_with(transaction, scope, job, 1).await.map(drop)
    }

    async fn purge_company(&self, scope: &TenantScope, id: CompanyId) -> Result<bool> {
        admit(scope, id)?;
        let mut transaction = self.begin().await?;
        let deleted: Option<(Uuid,)> = fetch!(
            fetch_optional,
            transaction.connection(),
            "SELECT id FROM companies WHERE id = $1 AND deleted_at IS NOT NULL",
            id.0,
        )?;
        if deleted.is_none() {
            return Ok(false);
        }
        for statement in PURGE {
            execute!(transaction.connection(), *statement, id.0)?;
        }
        transaction.commit().await?;
        Ok(true)
    }
}

/// Every row of a company, those that others name last. What hangs on them goes with them.
const PURGE: &[&str] = &[
    "DELETE FROM marker_batches WHERE company_id = $1",
    "DELETE FROM contents WHERE company_id = $1",
    "DELETE FROM orders WHERE company_id = $1",
    "DELETE FROM clients WHERE company_id = $1",
    "DELETE FROM projects WHERE company_id = $1",
    "DELETE FROM invitations WHERE company_id = $1",
    "DELETE FROM users WHERE company_id = $1",
    "DELETE FROM storage_connections WHERE company_id = $1",
    "DELETE FROM jobs WHERE company_id = $1",
    "DELETE FROM companies WHERE id = $1",
];

/// Adds a company in the transaction of other rows.
pub(super) async fn insert_company(transaction: &mut Transaction, company: &Company) -> Result<()> {
    execute!(
        transaction.connection(),
        "INSERT INTO companies (id, name, name_folded, slug, contact_email, timezone, is_active,
             deleted_at, created_at, updated_at, marker_formats)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        company.id.0,
        company.name.as_str(),
        fold(company.name.as_str()),
        company.slug.as_str(),
        company.contact_email.as_ref().map(Email::as_str),
        company.timezone.name(),
        company.is_active,
        company.deleted_at,
        company.created_at,
        company.updated_at,
        company.marker_formats.to_string(),
    )
    .map_err(|failure| slug_taken(failure, company))?;
    Ok(())
}

async fn update_company(
    transaction: &mut Transaction,
    scope: &TenantScope,
    company: &Company,
    seen: DateTime<Utc>,
) -> Result<Changed> {
    let (first, last) = bounds(scope);
    fetch!(
        fetch_optional,
        transaction.connection(),
        "UPDATE companies SET name = $5, name_folded = $6, slug = $7, contact_email = $8,
             timezone = $9, is_active = $10, deleted_at = $11, updated_at = $12,
             marker_formats = $13
         WHERE id = $1 AND id BETWEEN $2 AND $3 AND updated_at = $4
         RETURNING id, name",
        company.id.0,
        first,
        last,
        seen,
        company.name.as_str(),
        fold(company.name.as_str()),
        company.slug.as_str(),
        company.contact_email.as_ref().map(Email::as_str),
        company.timezone.name(),
        company.is_active,
        company.deleted_at,
        company.updated_at,
        company.marker_formats.to_string(),
    )
    .map_err(|failure| slug_taken(failure, company))
}

fn slug_taken(failure: Failure, company: &Company) -> Error {
    let words = || format!("the short name \"{}\" is taken", company.slug);
    failure.or_taken("companies", "slug", words).map_or_else(|taken| taken, Error::from)
}
