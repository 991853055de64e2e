//! `/api/admin`: what administrators look after.

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::{
    ApiResponse, Object, OpenApi,
    param::{Path, Query},
    payload::Json,
};
use uuid::Uuid;
use vertex_core::{
    audit::{AuditEntry, AuditFilter},
    batch::BatchProgress,
    content::ArContent,
    ids::{BatchId, CompanyId, UserId},
    order::Order,
    page::Page,
    ports::Overview,
    usecases::{
        App, audit,
        batches::{self, BatchInput},
        overview::{self, Dashboard},
    },
};

use super::{Answer, Caller, Tag, body::Body, input::Optional, listing::ListOf};

/// How many there are of one kind.
#[derive(Debug, Object)]
struct Count {
    /// The kind.
    name: String,
    count: u64,
}

/// What there is, in numbers.
#[derive(Debug, Object)]
#[oai(rename = "Stats")]
struct StatsView {
    /// Companies that may be used.
    companies: u64,
    users: u64,
    clients: u64,
    projects: u64,
    contents: u64,
    /// Contents that play.
    active_contents: u64,
    contents_by_marker_status: Vec<Count>,
    videos: u64,
    orders_by_status: Vec<Count>,
    /// Bytes of pictures and videos.
    stored_bytes: u64,
    /// Times a content was viewed.
    views: u64,
    jobs_by_state: Vec<Count>,
}

impl From<Overview> for StatsView {
    fn from(overview: Overview) -> Self {
        let counts = |counts: Vec<(String, u64)>| {
            counts.into_iter().map(|(name, count)| Count { name, count }).collect()
        };
        Self {
            companies: overview.companies,
            users: overview.users,
            clients: overview.clients,
            projects: overview.projects,
            contents: overview.contents,
            active_contents: overview.active_contents,
            contents_by_marker_status: counts(overview.contents_by_marker_status),
            videos: overview.videos,
            orders_by_status: counts(overview.orders_by_status),
            stored_bytes: overview.stored_bytes,
            views: overview.views,
            jobs_by_state: counts(overview.jobs_by_state),
        }
    }
}

/// A content in a few words.
#[derive(Debug, Object)]
struct ContentSummary {
    id: Uuid,
    title: String,
    /// `pending`, `processing`, `ready` or `failed`.
    marker_status: String,
    /// Why the markers could not be made.
    marker_error: Option<String>,
    view_count: u64,
    created_at: DateTime<Utc>,
}

impl From<ArContent> for ContentSummary {
    fn from(content: ArContent) -> Self {
        Self {
            id: content.id.0,
            title: content.title.to_string(),
            marker_status: content.marker_status.as_str().to_owned(),
            marker_error: content.marker_error,
            view_count: content.view_count,
            created_at: content.created_at,
        }
    }
}

/// An order in a few words.
#[derive(Debug, Object)]
struct OrderSummary {
    id: Uuid,
    client_id: Uuid,
    notes: String,
    created_at: DateTime<Utc>,
}

impl From<Order> for OrderSummary {
    fn from(order: Order) -> Self {
        Self {
            id: order.id.0,
            client_id: order.client_id.0,
            notes: order.notes,
            created_at: order.created_at,
        }
    }
}

/// What an administrator sees first: the numbers, and the first five of each.
#[derive(Debug, Object)]
#[oai(rename = "Dashboard")]
struct DashboardView {
    stats: StatsView,
    latest_contents: Vec<ContentSummary>,
    /// Those that are viewed most.
    top_contents: Vec<ContentSummary>,
    /// Those whose markers could not be made.
    failed_contents: Vec<ContentSummary>,
    /// Orders that nobody has begun.
    new_orders: Vec<OrderSummary>,
    latest_changes: Vec<AuditView>,
}

impl From<Dashboard> for DashboardView {
    fn from(dashboard: Dashboard) -> Self {
        let contents = |contents: Vec<ArContent>| {
            contents.into_iter().map(ContentSummary::from).collect::<Vec<_>>()
        };
        let orders = dashboard.new_orders.items.into_iter().map(OrderSummary::from);
        let changes = dashboard.latest_changes.into_iter().map(AuditView::from);
        Self {
            stats: dashboard.overview.into(),
            latest_contents: contents(dashboard.latest_contents),
            top_contents: contents(dashboard.top_contents),
            failed_contents: contents(dashboard.failed_contents.items),
            new_orders: orders.collect(),
            latest_changes: changes.collect(),
        }
    }
}

/// Which markers to make again.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct NewBatch {
    /// Those of these contents; of all of them when left out.
    content_ids: Optional<Vec<String>>,
    /// Only those that are `pending`, `processing`, `ready` or `failed`; not read when contents are
    /// named.
    marker_status: Optional<String>,
    /// The company they belong to; your own when left out.
    company_id: Optional<String>,
}

/// A content whose markers could not be made.
#[derive(Debug, Object)]
struct BatchFailure {
    content_id: Uuid,
    /// Why.
    reason: String,
}

/// How far a batch of markers is.
#[derive(Debug, Object)]
#[oai(rename = "MarkerBatch")]
struct BatchView {
    id: Uuid,
    company_id: Uuid,
    /// `processing` or `done`.
    status: String,
    /// Contents of the batch.
    total: u64,
    /// Those that are settled, for better or worse.
    done: u64,
    /// The same in percent.
    progress: u8,
    pending: u64,
    processing: u64,
    ready: u64,
    failed: u64,
    /// The first 100 of those that failed.
    failures: Vec<BatchFailure>,
    created_at: DateTime<Utc>,
}

impl From<BatchProgress> for BatchView {
    fn from(progress: BatchProgress) -> Self {
        let (total, done) = (progress.total(), progress.done());
        let percent = (done * 100).checked_div(total).unwrap_or(100);
        let failures = progress.failures.into_iter();
        Self {
            id: progress.batch.id.0,
            company_id: progress.batch.company_id.0,
            status: if done == total { "done" } else { "processing" }.to_owned(),
            total,
            done,
            progress: u8::try_from(percent).unwrap_or(100),
            pending: progress.pending,
            processing: progress.processing,
            ready: progress.ready,
            failed: progress.failed,
            failures: failures
                .map(|(content, reason)| BatchFailure { content_id: content.0, reason })
                .collect(),
            created_at: progress.batch.created_at,
        }
    }
}

/// One change.
#[derive(Debug, Object)]
#[oai(rename = "AuditEntry")]
struct AuditView {
    id: i64,
    company_id: Uuid,
    user_id: Uuid,
    /// What the user was called then.
    username: String,
    /// What was done, such as `created`, `updated` or `deleted`.
    action: String,
    /// What kind of row it was done to, such as `project`.
    entity: String,
    entity_id: Uuid,
    /// What the row was called then.
    label: String,
    /// The address the request came from.
    address: Option<String>,
    at: DateTime<Utc>,
}

impl From<AuditEntry> for AuditView {
    fn from(entry: AuditEntry) -> Self {
        Self {
            id: entry.id,
            company_id: entry.company_id.0,
            user_id: entry.user_id.0,
            username: entry.username,
            action: entry.action,
            entity: entry.entity,
            entity_id: entry.entity_id,
            label: entry.label,
            address: entry.address,
            at: entry.at,
        }
    }
}

#[derive(ApiResponse)]
enum Accepted {
    /// The markers will be made again; ask for the batch to see how far it is.
    #[oai(status = 202)]
    Accepted(Json<BatchView>),
}

/// What administrators look after.
pub struct AdminApi;

#[OpenApi(prefix_path = "/api/admin", tag = "Tag::Admin")]
impl AdminApi {
    /// See what wants looking at
    #[oai(path = "/dashboard", method = "get", operation_id = "getDashboard")]
    async fn dashboard(
        &self,
        app: Data<&App>,
        caller: Caller,
        /// Only this company's.
        company_id: Query<Option<Uuid>>,
    ) -> Answer<Json<DashboardView>> {
        let company = company_id.0.map(CompanyId);
        Ok(Json(overview::dashboard(&app, &caller.0, company).await?.into()))
    }

    /// Count everything
    #[oai(path = "/stats", method = "get", operation_id = "getStats")]
    async fn stats(
        &self,
        app: Data<&App>,
        caller: Caller,
        /// Only this company's.
        company_id: Query<Option<Uuid>>,
    ) -> Answer<Json<StatsView>> {
        let company = company_id.0.map(CompanyId);
        Ok(Json(overview::stats(&app, &caller.0, company).await?.into()))
    }

    /// Make many markers again
    #[oai(path = "/markers/generate", method = "post", operation_id = "generateMarkers")]
    async fn generate_markers(
        &self,
        app: Data<&App>,
        caller: Caller,
        body: Body<NewBatch>,
    ) -> Answer<Accepted> {
        let Body(NewBatch { content_ids, marker_status, company_id }) = body;
        let input = BatchInput {
            content_ids: content_ids.0,
            marker_status: marker_status.0,
            company_id: company_id.0,
        };
        let progress = batches::create(&app, &caller.0, input).await?;
        Ok(Accepted::Accepted(Json(progress.into())))
    }

    /// See how far a batch of markers is
    #[oai(path = "/markers/generate/:id", method = "get", operation_id = "getMarkerBatch")]
    async fn marker_batch(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
    ) -> Answer<Json<BatchView>> {
        Ok(Json(batches::get(&app, &caller.0, BatchId(id.0)).await?.into()))
    }

    /// Read the audit log, the latest change first
    #[oai(path = "/audit", method = "get", operation_id = "listAudit")]
    #[expect(clippy::too_many_arguments, reason = "every query parameter is one")]
    async fn audit(
        &self,
        app: Data<&App>,
        caller: Caller,
        /// Only this company's.
        company_id: Query<Option<Uuid>>,
        /// Only by this user.
        user_id: Query<Option<Uuid>>,
        /// Only of this kind, such as `updated`.
        action: Query<Option<String>>,
        /// Only to rows of this kind, such as `project`.
        entity: Query<Option<String>>,
        /// Only to this row.
        entity_id: Query<Option<Uuid>>,
        /// Not before this instant.
        from: Query<Option<DateTime<Utc>>>,
        /// Before this instant.
        until: Query<Option<DateTime<Utc>>>,
        page: Query<Option<u32>>,
        per_page: Query<Option<u32>>,
    ) -> Answer<Json<ListOf<AuditView>>> {
        let filter = AuditFilter {
            user: user_id.0.map(UserId),
            action: action.0,
            entity: entity.0,
            entity_id: entity_id.0,
            from: from.0,
            until: until.0,
        };
        let (company, page) = (company_id.0.map(CompanyId), Page::new(page.0, per_page.0));
        let listing = audit::list(&app, &caller.0, company, &filter, page).await?;
        Ok(Json(listing.map(AuditView::from).into()))
    }
}
