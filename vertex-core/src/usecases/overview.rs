//! What there is, in numbers, and what wants looking at.

use super::App;
use crate::{
    domain::{
        access::Action,
        audit::{AuditEntry, AuditFilter},
        content::{ArContent, MarkerStatus},
        error::Result,
        identity::Identity,
        ids::CompanyId,
        order::{Order, OrderStatus},
        page::{ListQuery, Listing, Page, Sort, SortKey},
    },
    ports::{ContentFilter, OrderFilter, Overview},
};

/// How many of each a dashboard shows.
const SHOWN: u32 = 5;

/// What an administrator sees first.
#[derive(Clone, Debug)]
pub struct Dashboard {
    /// The numbers.
    pub overview: Overview,
    /// The latest contents.
    pub latest_contents: Vec<ArContent>,
    /// The contents that are viewed most.
    pub top_contents: Vec<ArContent>,
    /// Contents whose markers could not be made.
    pub failed_contents: Listing<ArContent>,
    /// Orders that nobody has begun.
    pub new_orders: Listing<Order>,
    /// The latest changes.
    pub latest_changes: Vec<AuditEntry>,
}

/// The numbers.
///
/// # Errors
/// `NotFound` for a company that is not this user's to see, `Forbidden` unless admin.
pub async fn stats(app: &App, who: &Identity, company: Option<CompanyId>) -> Result<Overview> {
    who.may(Action::GetStats)?;
    app.records.overview(&who.scope().narrowed(company)?).await
}

/// The numbers, and the first of what wants looking at.
///
/// # Errors
/// `NotFound` for a company that is not this user's to see, `Forbidden` unless admin.
pub async fn dashboard(app: &App, who: &Identity, company: Option<CompanyId>) -> Result<Dashboard> {
    who.may(Action::GetDashboard)?;
    let (records, scope) = (&app.records, who.scope().narrowed(company)?);
    let first = Page::new(None, Some(SHOWN));
    let query = ListQuery::from(first);
    let most_viewed = Sort { key: SortKey::ViewCount, descending: true };
    let top = ListQuery { sort: Some(most_viewed), ..query.clone() };
    let everything = ContentFilter::default();
    let failed =
        ContentFilter { marker_status: Some(MarkerStatus::Failed), ..ContentFilter::default() };
    let new = OrderFilter { status: Some(OrderStatus::New), ..OrderFilter::default() };
    Ok(Dashboard {
        overview: records.overview(&scope).await?,
        latest_contents: records.contents(&scope, &everything, &query).await?.items,
        top_contents: records.contents(&scope, &everything, &top).await?.items,
        failed_contents: records.contents(&scope, &failed, &query).await?,
        new_orders: records.orders(&scope, &new, &query).await?,
        latest_changes: records.audit(&scope, &AuditFilter::default(), first).await?.items,
    })
}
