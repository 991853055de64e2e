//! Paged lists as answers.

use poem_openapi::{
    Enum, Object,
    types::{ParseFromJSON, ToJSON, Type},
};
use vertex_core::{
    Result,
    page::{ListQuery, Listing, Page, Sort, SortKey, search_text},
};

/// One page of a list.
#[derive(Clone, Debug, Object)]
pub struct ListOf<T: ParseFromJSON + ToJSON + Type> {
    /// The items of this page.
    pub items: Vec<T>,
    /// Items on all pages together.
    pub total: u64,
    /// This page, counted from 1.
    pub page: u32,
    /// Items on a full page.
    pub per_page: u32,
}

impl<T: ParseFromJSON + ToJSON + Type> From<Listing<T>> for ListOf<T> {
    fn from(listing: Listing<T>) -> Self {
        Self {
            items: listing.items,
            total: listing.total,
            page: listing.page.number(),
            per_page: listing.page.size(),
        }
    }
}

/// How a list is sorted; a hyphen turns the order round.
#[derive(Clone, Copy, Debug, Enum)]
pub enum SortBy {
    /// By name.
    #[oai(rename = "name")]
    Name,
    /// By name, the last first.
    #[oai(rename = "-name")]
    NameDescending,
    /// The oldest first.
    #[oai(rename = "created_at")]
    CreatedAt,
    /// The newest first.
    #[oai(rename = "-created_at")]
    CreatedAtDescending,
}

impl From<SortBy> for Sort {
    fn from(sort: SortBy) -> Self {
        let (key, descending) = match sort {
            SortBy::Name => (SortKey::Name, false),
            SortBy::NameDescending => (SortKey::Name, true),
            SortBy::CreatedAt => (SortKey::CreatedAt, false),
            SortBy::CreatedAtDescending => (SortKey::CreatedAt, true),
        };
        Self { key, descending }
    }
}

/// How a list of contents is sorted; a hyphen turns the order round.
#[derive(Clone, Copy, Debug, Enum)]
pub enum SortContentsBy {
    /// By title.
    #[oai(rename = "title")]
    Title,
    /// By title, the last first.
    #[oai(rename = "-title")]
    TitleDescending,
    /// The oldest first.
    #[oai(rename = "created_at")]
    CreatedAt,
    /// The newest first.
    #[oai(rename = "-created_at")]
    CreatedAtDescending,
    /// What ends soonest first, what never ends last.
    #[oai(rename = "expiry_date")]
    ExpiryDate,
    /// What ends latest first, what never ends last.
    #[oai(rename = "-expiry_date")]
    ExpiryDateDescending,
    /// What is viewed least first.
    #[oai(rename = "view_count")]
    ViewCount,
    /// What is viewed most first.
    #[oai(rename = "-view_count")]
    ViewCountDescending,
}

impl From<SortContentsBy> for Sort {
    fn from(sort: SortContentsBy) -> Self {
        use SortContentsBy as By;
        let (key, descending) = match sort {
            By::Title => (SortKey::Name, false),
            By::TitleDescending => (SortKey::Name, true),
            By::CreatedAt => (SortKey::CreatedAt, false),
            By::CreatedAtDescending => (SortKey::CreatedAt, true),
            By::ExpiryDate => (SortKey::ExpiryDate, false),
            By::ExpiryDateDescending => (SortKey::ExpiryDate, true),
            By::ViewCount => (SortKey::ViewCount, false),
            By::ViewCountDescending => (SortKey::ViewCount, true),
        };
        Self { key, descending }
    }
}

/// What a request wants of a list.
///
/// # Errors
/// `Invalid` naming `search` when that is too long.
pub fn list_query(
    search: Option<String>,
    sort: Option<impl Into<Sort>>,
    page: Option<u32>,
    per_page: Option<u32>,
) -> Result<ListQuery> {
    let search = search_text("search", search)?;
    Ok(ListQuery { search, sort: sort.map(Into::into), page: Page::new(page, per_page) })
}
