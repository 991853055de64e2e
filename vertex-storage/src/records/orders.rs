use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;
use vertex_core::{
    Error, Result, TenantScope,
    ids::{ClientId, CompanyId, OrderId},
    order::{Order, OrderStatus},
    page::{ListQuery, Listing, Sort},
    ports::{OrderFilter, OrderRecords},
};

use super::{
    SqlRecords,
    audit::{Changed, Deed, commit_change, commit_new},
    rows::{Table, entity, storable},
    search::{fold, searched},
    select::{Selection, order},
    tenant::{admit, bounds},
};

#[derive(FromRow)]
struct OrderRow {
    id: Uuid,
    company_id: Uuid,
    client_id: Uuid,
    status: String,
    notes: String,
    completed_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl TryFrom<OrderRow> for Order {
    type Error = Error;

    fn try_from(row: OrderRow) -> Result<Self> {
        Ok(Self {
            id: OrderId(row.id),
            company_id: CompanyId(row.company_id),
            client_id: ClientId(row.client_id),
            status: Table("orders").read("status", row.status, |text| text.parse())?,
            notes: row.notes,
            completed_at: row.completed_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

#[async_trait]
impl OrderRecords for SqlRecords {
    async fn insert_order(&self, scope: &TenantScope, order: &Order) -> Result<()> {
        admit(scope, order.company_id)?;
        let mut transaction = self.begin().await?;
        execute!(
            transaction.connection(),
            "INSERT INTO orders (id, company_id, client_id, status, notes, notes_folded,
                 completed_at, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            order.id.0,
            order.company_id.0,
            order.client_id.0,
            order.status.as_str(),
            storable(&order.notes),
            fold(&storable(&order.notes)),
            order.completed_at,
            order.created_at,
            order.updated_at,
        )
        .map_err(|failure| failure.or_missing("client"))?;
        let deed = Deed::created("order", order.id.0);
        commit_new(transaction, scope, deed, order.company_id, order.status.as_str()).await
    }

    async fn order(&self, scope: &TenantScope, id: OrderId) -> Result<Option<Order>> {
        let (first, last) = bounds(scope);
        let row: Option<OrderRow> = fetch!(
            fetch_optional,
            self.reader(),
            "SELECT id, company_id, client_id, status, notes, completed_at, created_at, updated_at
             FROM orders WHERE id = $1 AND company_id BETWEEN $2 AND $3",
            id.0,
            first,
            last,
        )?;
        entity(row)
    }

    async fn orders(
        &self,
        scope: &TenantScope,
        filter: &OrderFilter,
        query: &ListQuery,
    ) -> Result<Listing<Order>> {
        Selection::within("orders", scope)
            .having("client_id = {}", filter.client.map(|client| client.0))
            .having("status = {}", filter.status.map(OrderStatus::as_str))
            .having("notes_folded LIKE {} ESCAPE '!'", searched(query))
            .list::<OrderRow, _>(
                self,
                "id, company_id, client_id, status, notes, completed_at, created_at, updated_at",
                &order(query.sort.unwrap_or(Sort::NEWEST), "notes_folded"),
                query.page,
            )
            .await
    }

    async fn update_order(
        &self,
        scope: &TenantScope,
        order: &Order,
        seen: DateTime<Utc>,
    ) -> Result<bool> {
        let (first, last) = bounds(scope);
        let mut transaction = self.begin().await?;
        let changed: Changed = fetch!(
            fetch_optional,
            transaction.connection(),
            "UPDATE orders SET status = $5, notes = $6, notes_folded = $7, completed_at = $8,
                 updated_at = $9
             WHERE id = $1 AND company_id BETWEEN $2 AND $3 AND updated_at = $4
             RETURNING company_id, status",
            order.id.0,
            first,
            last,
            seen,
            order.status.as_str(),
            storable(&order.notes),
            fold(&storable(&order.notes)),
            order.completed_at,
            order.updated_at,
        )?;
        commit_change(transaction, scope, Deed::updated("order", order.id.0), changed).await
    }

    async fn delete_order(
        &self,
        scope: &TenantScope,
        id: OrderId,
        seen: Option<DateTime<Utc>>,
    ) -> Result<bool> {
        let (first, last) = bounds(scope);
        let mut transaction = self.begin().await?;
        let removed: Changed = fetch!(
            fetch_optional,
            transaction.connection(),
            "DELETE FROM orders WHERE id = $1 AND company_id BETWEEN $2 AND $3
             AND updated_at = COALESCE($4, updated_at)
             RETURNING company_id, status",
            id.0,
            first,
            last,
            seen,
        )?;
        commit_change(transaction, scope, Deed::deleted("order", id.0), removed).await
    }
}
