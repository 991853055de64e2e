//! Orders.

use super::{App, clients, projects::parse_id};
use crate::{
    domain::{
        check::{Check, Field},
        error::{Error, Result},
        identity::Identity,
        ids::{ClientId, CompanyId, OrderId},
        order::{Order, OrderStatus},
        page::{ListQuery, Listing},
        text::description,
        version::{self, Expected},
    },
    ports::OrderFilter,
};

/// The fields of an order as a request brings them.
#[derive(Clone, Debug, Default)]
pub struct OrderInput {
    /// Who asks. Only read when an order is made.
    pub client_id: Field<String>,
    /// How far it is; `new` when absent.
    pub status: Field<String>,
    /// What is wanted.
    pub notes: Field<String>,
}

/// Takes an order in.
///
/// # Errors
/// `Invalid` with every bad field, `NotFound` for a client that is not this user's to use.
pub async fn create(app: &App, who: &Identity, input: OrderInput) -> Result<Order> {
    let mut check = Check::default();
    let client = check.required("client_id", input.client_id, parse_id);
    let status = check.optional("status", input.status, |text: String| text.parse());
    let notes = check.optional("notes", input.notes, description);
    let (client, status, notes) = check.all((client, status, notes))?;
    let client = clients::get(app, who, ClientId(client)).await?;
    let now = app.now();
    let mut order = Order {
        id: OrderId(app.clock.uuid()),
        company_id: client.company_id,
        client_id: client.id,
        status: OrderStatus::New,
        notes: notes.unwrap_or_default(),
        completed_at: None,
        created_at: now,
        updated_at: now,
    };
    order.turn(status.unwrap_or(OrderStatus::New), now)?;
    app.records.insert_order(&who.scope(), &order).await?;
    Ok(order)
}

/// The orders this user sees, of one company if it is named.
///
/// # Errors
/// `NotFound` for a company or client that is not this user's to see.
pub async fn list(
    app: &App,
    who: &Identity,
    company: Option<CompanyId>,
    filter: &OrderFilter,
    query: &ListQuery,
) -> Result<Listing<Order>> {
    if let Some(client) = filter.client {
        clients::get(app, who, client).await?;
    }
    app.records.orders(&who.scope().narrowed(company)?, filter, query).await
}

/// One order.
///
/// # Errors
/// `NotFound` when there is none that this user sees.
pub async fn get(app: &App, who: &Identity, id: OrderId) -> Result<Order> {
    app.records.order(&who.scope(), id).await?.ok_or(Error::NotFound("order"))
}

/// Changes the fields that are given.
///
/// # Errors
/// `Invalid` with every bad field, `NotFound`, `Stale`, `Conflict` when the status does not follow the
/// present one.
pub async fn update(
    app: &App,
    who: &Identity,
    id: OrderId,
    expected: &Expected,
    input: OrderInput,
) -> Result<Order> {
    let mut order = get(app, who, id).await?;
    let seen = order.updated_at;
    expected.check("order", seen)?;
    let mut check = Check::default();
    let status = check.optional("status", input.status, |text: String| text.parse());
    let notes = check.optional("notes", input.notes, description);
    let (status, notes) = check.all((status, notes))?;
    let now = version::next(app.now(), seen);
    order.turn(status.unwrap_or(order.status), now)?;
    order.notes = notes.unwrap_or(order.notes);
    order.updated_at = now;
    let there = app.records.update_order(&who.scope(), &order, seen).await?;
    there.then_some(order).ok_or(Error::Stale("order"))
}

/// Removes an order.
///
/// # Errors
/// `NotFound`, `Stale`.
pub async fn delete(app: &App, who: &Identity, id: OrderId, expected: &Expected) -> Result<()> {
    let seen = expected.pin("order", get(app, who, id).await?.updated_at)?;
    let there = app.records.delete_order(&who.scope(), id, seen).await?;
    there.then_some(()).ok_or(version::lost("order", seen))
}
