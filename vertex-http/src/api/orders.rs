//! `/api/orders`: what clients have asked for.

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::{
    ApiResponse, Enum, Object, OpenApi,
    param::{Path, Query},
    payload::{Json, Response},
};
use uuid::Uuid;
use vertex_core::{
    ids::{ClientId, CompanyId, OrderId},
    order::{Order, OrderStatus},
    page::{Sort, SortKey},
    ports::OrderFilter,
    usecases::{
        App,
        orders::{self, OrderInput},
    },
};

use super::{
    Answer, Caller, Tag,
    body::Body,
    input::{Optional, Required},
    listing::{ListOf, list_query},
    versions::{IfMatch, Versioned, expected, tagged},
};

/// A new order.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct NewOrder {
    /// Who asks.
    client_id: Required<String>,
    /// `new`, `in_progress`, `completed` or `cancelled`; `new` when left out.
    status: Optional<String>,
    /// What is wanted.
    notes: Optional<String>,
}

/// What changes about an order.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct OrderChanges {
    /// `new`, `in_progress`, `completed` or `cancelled`; what may follow what is in the description.
    status: Optional<String>,
    /// What is wanted.
    notes: Optional<String>,
}

/// What a client has asked for.
#[derive(Debug, Object)]
#[oai(rename = "Order")]
struct OrderView {
    id: Uuid,
    company_id: Uuid,
    client_id: Uuid,
    /// `new`, `in_progress`, `completed` or `cancelled`.
    status: String,
    notes: String,
    /// When it was completed, while it is.
    completed_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Order> for OrderView {
    fn from(order: Order) -> Self {
        Self {
            id: order.id.0,
            company_id: order.company_id.0,
            client_id: order.client_id.0,
            status: order.status.to_string(),
            notes: order.notes,
            completed_at: order.completed_at,
            created_at: order.created_at,
            updated_at: order.updated_at,
        }
    }
}

impl OrderView {
    fn tagged(order: Order) -> Versioned<Self> {
        let version = order.updated_at;
        tagged(Json(order.into()), version)
    }
}

/// How far an order is.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename = "OrderStatus", rename_all = "snake_case")]
enum StatusFilter {
    /// Taken in.
    New,
    /// Being worked on.
    InProgress,
    /// Done.
    Completed,
    /// Called off.
    Cancelled,
}

impl From<StatusFilter> for OrderStatus {
    fn from(status: StatusFilter) -> Self {
        match status {
            StatusFilter::New => Self::New,
            StatusFilter::InProgress => Self::InProgress,
            StatusFilter::Completed => Self::Completed,
            StatusFilter::Cancelled => Self::Cancelled,
        }
    }
}

/// How a list of orders is sorted; a hyphen turns the order round.
#[derive(Clone, Copy, Debug, Enum)]
enum SortOrdersBy {
    /// The oldest first.
    #[oai(rename = "created_at")]
    CreatedAt,
    /// The newest first.
    #[oai(rename = "-created_at")]
    CreatedAtDescending,
}

impl From<SortOrdersBy> for Sort {
    fn from(sort: SortOrdersBy) -> Self {
        let descending = matches!(sort, SortOrdersBy::CreatedAtDescending);
        Self { key: SortKey::CreatedAt, descending }
    }
}

#[derive(ApiResponse)]
enum Created {
    /// The order has been taken in.
    #[oai(status = 201)]
    Created(Json<OrderView>),
}

#[derive(ApiResponse)]
enum Deleted {
    /// The order is gone.
    #[oai(status = 204)]
    Deleted,
}

/// What clients have asked for.
pub struct OrdersApi;

#[OpenApi(prefix_path = "/api/orders", tag = "Tag::Orders")]
impl OrdersApi {
    /// Take an order in
    #[oai(path = "/", method = "post", operation_id = "createOrder")]
    async fn create(
        &self,
        app: Data<&App>,
        caller: Caller,
        body: Body<NewOrder>,
    ) -> Answer<Response<Created>> {
        let Body(NewOrder { client_id, status, notes }) = body;
        let input = OrderInput { client_id: client_id.0, status: status.0, notes: notes.0 };
        let order = orders::create(&app, &caller.0, input).await?;
        let version = order.updated_at;
        Ok(tagged(Created::Created(Json(order.into())), version))
    }

    /// List orders
    #[oai(path = "/", method = "get", operation_id = "listOrders")]
    #[expect(clippy::too_many_arguments, reason = "every query parameter is one")]
    async fn list(
        &self,
        app: Data<&App>,
        caller: Caller,
        /// Only this company's.
        company_id: Query<Option<Uuid>>,
        /// Only this client's.
        client_id: Query<Option<Uuid>>,
        /// Only those with this status.
        status: Query<Option<StatusFilter>>,
        /// A part of the notes.
        search: Query<Option<String>>,
        /// The newest first when left out.
        sort: Query<Option<SortOrdersBy>>,
        page: Query<Option<u32>>,
        per_page: Query<Option<u32>>,
    ) -> Answer<Json<ListOf<OrderView>>> {
        let query = list_query(search.0, sort.0, page.0, per_page.0)?;
        let company = company_id.0.map(CompanyId);
        let filter = OrderFilter {
            client: client_id.0.map(ClientId),
            status: status.0.map(OrderStatus::from),
        };
        let listing = orders::list(&app, &caller.0, company, &filter, &query).await?;
        Ok(Json(listing.map(OrderView::from).into()))
    }

    /// Get an order
    #[oai(path = "/:id", method = "get", operation_id = "getOrder")]
    async fn get(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
    ) -> Answer<Versioned<OrderView>> {
        Ok(OrderView::tagged(orders::get(&app, &caller.0, OrderId(id.0)).await?))
    }

    /// Change an order
    ///
    /// A new order may become `in_progress`, `completed` or `cancelled`; one in progress `new`,
    /// `completed` or `cancelled`; a completed one `in_progress` again, a cancelled one `new`.
    /// `completed_at` follows.
    #[oai(path = "/:id", method = "put", operation_id = "updateOrder")]
    async fn update(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the order as you read it.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Body<OrderChanges>,
    ) -> Answer<Versioned<OrderView>> {
        let Body(OrderChanges { status, notes }) = body;
        let input = OrderInput { status: status.0, notes: notes.0, ..OrderInput::default() };
        let (id, expected) = (OrderId(id.0), expected(&if_match));
        Ok(OrderView::tagged(orders::update(&app, &caller.0, id, &expected, input).await?))
    }

    /// Delete an order
    #[oai(path = "/:id", method = "delete", operation_id = "deleteOrder")]
    async fn delete(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the order as you read it.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Answer<Deleted> {
        let (id, expected) = (OrderId(id.0), expected(&if_match));
        orders::delete(&app, &caller.0, id, &expected).await?;
        Ok(Deleted::Deleted)
    }
}
