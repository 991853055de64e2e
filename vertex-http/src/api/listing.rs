//! Paged lists as answers.

use poem_openapi::{
    Object,
    types::{ParseFromJSON, ToJSON, Type},
};
use vertex_core::page::Listing;

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
