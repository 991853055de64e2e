//! The audit log: written in the transaction of the change itself, so that neither is there without the
//! other.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;
use vertex_core::{
    Actor, Error, Result, TenantScope,
    audit::{AuditEntry, AuditFilter},
    ids::{CompanyId, UserId},
    page::{Listing, Page},
    ports::AuditRecords,
};

use super::{SqlRecords, Transaction, rows::storable, select::Selection};

/// What was done to which row.
#[derive(Clone, Copy)]
pub(super) struct Deed {
    action: &'static str,
    entity: &'static str,
    id: Uuid,
}

impl Deed {
    pub(super) fn new(action: &'static str, entity: &'static str, id: Uuid) -> Self {
        Self { action, entity, id }
    }

    pub(super) fn created(entity: &'static str, id: Uuid) -> Self {
        Self::new("created", entity, id)
    }

    pub(super) fn updated(entity: &'static str, id: Uuid) -> Self {
        Self::new("updated", entity, id)
    }

    pub(super) fn deleted(entity: &'static str, id: Uuid) -> Self {
        Self::new("deleted", entity, id)
    }
}

/// The company and the name of a row that was changed.
pub(super) type Changed = Option<(Uuid, String)>;

/// Notes what the actor of a scope did to a row of `company` that people call `label`. What a job or the
/// operator does is not noted here but logged.
pub(super) async fn note(
    transaction: &mut Transaction,
    scope: &TenantScope,
    deed: Deed,
    company: Uuid,
    label: &str,
) -> Result<()> {
    match scope.actor() {
        Some(actor) => note_by(transaction, &actor, deed, company, label).await,
        None => Ok(()),
    }
}

/// Notes what an actor did, or what was done in its name.
pub(super) async fn note_by(
    transaction: &mut Transaction,
    actor: &Actor,
    deed: Deed,
    company: Uuid,
    label: &str,
) -> Result<()> {
    execute!(
        transaction.connection(),
        "INSERT INTO audit_log (company_id, user_id, username, action, entity, entity_id, label,
             address, at)
         VALUES ($1, $2, COALESCE((SELECT username FROM users WHERE id = $2), ''), $3, $4, $5, $6,
             $7, $8)",
        company,
        actor.user.0,
        deed.action,
        deed.entity,
        deed.id,
        storable(label),
        actor.address.map(|address| address.to_string()),
        actor.at,
    )?;
    Ok(())
}

/// Ends a transaction that has added a row.
pub(super) async fn commit_new(
    mut transaction: Transaction,
    scope: &TenantScope,
    deed: Deed,
    company: CompanyId,
    label: &str,
) -> Result<()> {
    note(&mut transaction, scope, deed, company.0, label).await?;
    transaction.commit().await
}

/// Ends a transaction that has changed a row, if there was one.
pub(super) async fn commit_change(
    mut transaction: Transaction,
    scope: &TenantScope,
    deed: Deed,
    changed: Changed,
) -> Result<bool> {
    let Some((company, label)) = changed else { return Ok(false) };
    note(&mut transaction, scope, deed, company, &label).await?;
    transaction.commit().await?;
    Ok(true)
}

#[derive(FromRow)]
struct AuditRow {
    id: i64,
    company_id: Uuid,
    user_id: Uuid,
    username: String,
    action: String,
    entity: String,
    entity_id: Uuid,
    label: String,
    address: Option<String>,
    at: DateTime<Utc>,
}

impl TryFrom<AuditRow> for AuditEntry {
    type Error = Error;

    fn try_from(row: AuditRow) -> Result<Self> {
        Ok(Self {
            id: row.id,
            company_id: CompanyId(row.company_id),
            user_id: UserId(row.user_id),
            username: row.username,
            action: row.action,
            entity: row.entity,
            entity_id: row.entity_id,
            label: row.label,
            address: row.address,
            at: row.at,
        })
    }
}

#[async_trait]
impl AuditRecords for SqlRecords {
    async fn audit(
        &self,
        scope: &TenantScope,
        filter: &AuditFilter,
        page: Page,
    ) -> Result<Listing<AuditEntry>> {
        Selection::within("audit_log", scope)
            .having("entity_id = {}", filter.entity_id)
            .having("user_id = {}", filter.user.map(|user| user.0))
            .having("action = {}", filter.action.as_deref().map(storable).as_deref())
            .having("entity = {}", filter.entity.as_deref().map(storable).as_deref())
            .having("at >= {}", filter.from)
            .having("at < {}", filter.until)
            .list::<AuditRow, _>(
                self,
                "id, company_id, user_id, username, action, entity, entity_id, label, address, at",
                "at DESC, id DESC",
                page,
            )
            .await
    }
}
