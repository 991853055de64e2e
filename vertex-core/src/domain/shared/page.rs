//! Paged lists.

use futures::stream::{self, Stream};

use crate::domain::{
    error::{Error, Result},
    text::visible,
};

/// Which part of a list is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    number: u32,
    size: u32,
}

impl Page {
    /// The largest page that is given out.
    pub const MAX_SIZE: u32 = 100;

    /// Page `number`, counted from 1, of `size` items each; values out of range are brought into it.
    pub fn new(number: Option<u32>, size: Option<u32>) -> Self {
        Self {
            number: number.unwrap_or(1).clamp(1, 1_000_000),
            size: size.unwrap_or(20).clamp(1, Self::MAX_SIZE),
        }
    }

    /// Counted from 1.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Items on a full page.
    pub fn size(&self) -> u32 {
        self.size
    }

    /// How many items come before this page.
    pub fn offset(&self) -> u64 {
        u64::from(self.number - 1) * u64::from(self.size)
    }
}

/// The items of a whole list, one page of the largest size after the other.
///
/// Rows that come or go meanwhile may be missed, or come twice.
pub fn pages<T, F: Future<Output = Result<Listing<T>>>>(
    mut fetch: impl FnMut(Page) -> F,
) -> impl Stream<Item = Result<Vec<T>>> {
    stream::try_unfold(Some(1), move |number| {
        let page = number.map(|number| Page::new(Some(number), Some(Page::MAX_SIZE)));
        let fetched = page.map(|page| (page, fetch(page)));
        async move {
            let Some((page, fetched)) = fetched else { return Ok(None) };
            let items = fetched.await?.items;
            let is_full = items.len() as u64 >= u64::from(page.size());
            Ok(Some((items, is_full.then_some(page.number() + 1))))
        }
    })
}

/// One page of a list, and how long the whole list is.
#[derive(Clone, Debug, PartialEq)]
pub struct Listing<T> {
    /// The items of this page.
    pub items: Vec<T>,
    /// Items on all pages together.
    pub total: u64,
    /// The page these items are of.
    pub page: Page,
}

impl<T> Listing<T> {
    /// The same page with every item converted.
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Listing<U> {
        Listing {
            items: self.items.into_iter().map(convert).collect(),
            total: self.total,
            page: self.page,
        }
    }
}

/// What a list can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SortKey {
    /// Name or title.
    Name,
    /// When it was made.
    CreatedAt,
    /// The last day it plays.
    ExpiryDate,
    /// How often it was viewed.
    ViewCount,
}

/// How a list is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub key: SortKey,
    /// From the greatest to the least.
    pub descending: bool,
}

impl Sort {
    /// By name, from A to Z.
    pub const BY_NAME: Self = Self { key: SortKey::Name, descending: false };
    /// The newest first.
    pub const NEWEST: Self = Self { key: SortKey::CreatedAt, descending: true };
}

/// Which part of a list is wanted, of what, and in which order.
#[derive(Clone, Debug, PartialEq)]
pub struct ListQuery {
    /// A text to be found.
    pub search: Option<String>,
    /// The order; each list has one of its own.
    pub sort: Option<Sort>,
    /// Which part.
    pub page: Page,
}

/// Characters of a text that is looked for: as many as a name has, which is the longest thing to be found whole.
pub const MAX_SEARCH: usize = 200;

/// A text to be looked for, as the parameter `field` brings it.
///
/// # Errors
/// `Invalid` naming `field` when it is longer than [`MAX_SEARCH`].
pub fn search_text(field: &'static str, text: Option<String>) -> Result<Option<String>> {
    match text.as_deref().map_or(0, |text| text.chars().count()) {
        // What is looked for was kept without what nobody sees.
        0..=MAX_SEARCH => Ok(text.map(|text| visible(&text))),
        n => Err(Error::field(
            field,
            format!("has {n} characters; at most {MAX_SEARCH} are looked for"),
        )),
    }
}

impl From<Page> for ListQuery {
    fn from(page: Page) -> Self {
        Self { search: None, sort: None, page }
    }
}

#[cfg(test)]
mod tests {
    use futures::{FutureExt, TryStreamExt};

    use super::*;

    #[test]
    fn every_item_of_a_list_comes_once() {
        for total in [0, 1, 99, 100, 101, 250] {
            let list: Vec<u64> = (0..total).collect();
            let fetch = |page: Page| {
                let items = list.iter().copied().skip(page.offset() as usize);
                let items = items.take(page.size() as usize).collect();
                async move { Ok(Listing { items, total, page }) }
            };
            let all: Vec<u64> = pages(fetch).try_concat().now_or_never().unwrap().unwrap();
            assert_eq!(all, list);
        }
    }
}
