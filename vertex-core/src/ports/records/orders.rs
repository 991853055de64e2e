use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::domain::{
    error::Result,
    ids::{ClientId, OrderId},
    order::{Order, OrderStatus},
    page::{ListQuery, Listing},
    tenant::TenantScope,
};

/// Which orders are wanted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OrderFilter {
    /// Of this client.
    pub client: Option<ClientId>,
    /// With this status.
    pub status: Option<OrderStatus>,
}

/// Orders.
#[async_trait]
pub trait OrderRecords: Send + Sync {
    /// Adds an order. `NotFound` when its client is none of its company's.
    async fn insert_order(&self, scope: &TenantScope, order: &Order) -> Result<()>;

    /// One order.
    async fn order(&self, scope: &TenantScope, id: OrderId) -> Result<Option<Order>>;

    /// Orders, the newest first; a search looks into the notes.
    async fn orders(
        &self,
        scope: &TenantScope,
        filter: &OrderFilter,
        query: &ListQuery,
    ) -> Result<Listing<Order>>;

    /// Replaces status and notes.
    async fn update_order(
        &self,
        scope: &TenantScope,
        order: &Order,
        seen: DateTime<Utc>,
    ) -> Result<bool>;

    /// Removes an order.
    async fn delete_order(
        &self,
        scope: &TenantScope,
        id: OrderId,
        seen: Option<DateTime<Utc>>,
    ) -> Result<bool>;
}
