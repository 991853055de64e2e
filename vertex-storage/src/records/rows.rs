//! From rows to entities, and the few conversions the way back needs.

use std::{borrow::Cow, fmt::Display};

use vertex_core::{
    Error, Result,
    page::{Listing, Page},
};

/// A stored value that no entity can have.
#[derive(Debug, thiserror::Error)]
#[error("{table}.{column} {reason}")]
struct Fault {
    table: &'static str,
    column: &'static str,
    reason: String,
}

/// Reads the columns of one table's rows; a value that breaks a rule is named in the error.
#[derive(Clone, Copy)]
pub(super) struct Table(pub(super) &'static str);

impl Table {
    pub(super) fn read<V, T, E: Display>(
        self,
        column: &'static str,
        value: V,
        parse: impl FnOnce(V) -> Result<T, E>,
    ) -> Result<T> {
        parse(value).map_err(|reason| {
            let fault = Fault { table: self.0, column, reason: reason.to_string() };
            Error::internal("a stored row breaks a rule", fault)
        })
    }

    pub(super) fn read_optional<V, T, E: Display>(
        self,
        column: &'static str,
        value: Option<V>,
        parse: impl FnOnce(V) -> Result<T, E>,
    ) -> Result<Option<T>> {
        value.map(|value| self.read(column, value, parse)).transpose()
    }

    /// One of a few values, each stored under its name.
    pub(super) fn read_name<T: Copy, const N: usize>(
        self,
        column: &'static str,
        name: &str,
        values: [T; N],
        name_of: fn(T) -> &'static str,
    ) -> Result<T> {
        self.read(column, name, |name| {
            let found = values.into_iter().find(|value| name_of(*value) == name);
            found.ok_or_else(|| format!("is not known: {name:?}"))
        })
    }
}

/// The entity of a row, if there is one.
pub(super) fn entity<R, T: TryFrom<R, Error = Error>>(row: Option<R>) -> Result<Option<T>> {
    row.map(T::try_from).transpose()
}

/// The entities of rows.
pub(super) fn entities<R, T: TryFrom<R, Error = Error>>(rows: Vec<R>) -> Result<Vec<T>> {
    rows.into_iter().map(T::try_from).collect()
}

/// One page of entities out of `total`.
pub(super) fn listing<R, T: TryFrom<R, Error = Error>>(
    rows: Vec<R>,
    total: (i64,),
    page: Page,
) -> Result<Listing<T>> {
    Ok(Listing { items: entities(rows)?, total: count(total), page })
}

/// What `COUNT` gave.
pub(super) fn count((number,): (i64,)) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

/// `LIMIT` and `OFFSET` of a page.
pub(super) fn window(page: Page) -> (i64, i64) {
    (page.size().into(), integer(page.offset()))
}

/// A size or count as databases keep them. Nothing that is measured here comes near 2^63.
pub(super) fn integer(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A text that came from outside as both databases can keep it: PostgreSQL refuses U+0000.
pub(super) fn storable(text: &str) -> Cow<'_, str> {
    if text.contains('\0') {
        Cow::Owned(text.replace('\0', "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use vertex_core::{ErrorKind, text::Slug};

    use super::*;

    #[test]
    fn a_broken_row_names_its_column() {
        let error = Table("companies").read("slug", "-a-", Slug::parse).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Internal);
        assert!(error.source().unwrap().to_string().starts_with("companies.slug must be"));
        let error = Table("jobs").read_name("state", "x", ["a"], |name| name).unwrap_err();
        assert_eq!(error.source().unwrap().to_string(), "jobs.state is not known: \"x\"");
    }

    #[test]
    fn a_nul_is_replaced() {
        assert_eq!(storable("a\0b"), "a\u{fffd}b");
        assert_eq!(storable("añb"), "añb");
    }
}
