//! Lists: a statement put together from the conditions that a request really has, so that the database
//! sees no others and finds the index that serves them.

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, FromRow, postgres::PgRow, sqlite::SqliteRow};
use uuid::Uuid;
use vertex_core::{
    Error, Result, TenantScope,
    page::{Listing, Page, Sort, SortKey},
};

use super::{
    SqlRecords,
    rows::{listing, window},
};

/// A value that a condition compares with.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Id(Uuid),
    Text(String),
    Flag(bool),
    Instant(DateTime<Utc>),
}

impl From<Uuid> for Value {
    fn from(id: Uuid) -> Self {
        Self::Id(id)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<DateTime<Utc>> for Value {
    fn from(instant: DateTime<Utc>) -> Self {
        Self::Instant(instant)
    }
}

/// Some rows of a table. Every piece of SQL in it is a text of this program; what comes from outside is
/// only ever bound.
#[derive(Clone, Debug)]
pub(super) struct Selection {
    sql: String,
    values: Vec<Value>,
}

macro_rules! bind_all {
    ($query:expr, $values:expr) => {{
        let mut query = $query;
        for value in $values {
            query = match value {
                Value::Id(id) => query.bind(*id),
                Value::Text(text) => query.bind(text.as_str()),
                Value::Flag(flag) => query.bind(*flag),
                Value::Instant(instant) => query.bind(*instant),
            };
        }
        query
    }};
}

impl Selection {
    /// The rows of a table inside a scope.
    pub(super) fn within(table: &'static str, scope: &TenantScope) -> Self {
        Self::owned(table, "company_id", scope)
    }

    /// The same for a table whose company is in another column.
    pub(super) fn owned(
        table: &'static str,
        company_column: &'static str,
        scope: &TenantScope,
    ) -> Self {
        let all = Self { sql: format!("FROM {table} WHERE TRUE"), values: Vec::new() };
        match scope.company() {
            None => all,
            Some(company) => {
                let mut own = all;
                own.push(&format!("{company_column} = {{}}"), company.0.into());
                own
            }
        }
    }

    /// Those of them for which a condition without a value holds.
    pub(super) fn that(mut self, condition: &'static str) -> Self {
        self.sql += " AND ";
        self.sql += condition;
        self
    }

    /// Those of them for which `condition` holds, where a value for its `{}` is given.
    pub(super) fn having<V: Into<Value>>(
        mut self,
        condition: &'static str,
        value: Option<V>,
    ) -> Self {
        if let Some(value) = value {
            self.push(condition, value.into());
        }
        self
    }

    fn push(&mut self, condition: &str, value: Value) {
        self.values.push(value);
        let placeholder = format!("${}", self.values.len());
        self.sql += &format!(" AND ({})", condition.replace("{}", &placeholder));
    }

    /// How many there are.
    pub(super) async fn count(&self, records: &SqlRecords) -> Result<(i64,)> {
        let sql = AssertSqlSafe(format!("SELECT COUNT(*) {}", self.sql));
        let counted = on_backend!(records.reader(), executor =>
            bind_all!(sqlx::query_as(sql), &self.values).fetch_one(executor).await)?;
        Ok(counted)
    }

    /// One page of them as entities, and how many there are.
    pub(super) async fn list<R, T>(
        &self,
        records: &SqlRecords,
        columns: &'static str,
        order: &str,
        page: Page,
    ) -> Result<Listing<T>>
    where
        R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
        T: TryFrom<R, Error = Error>,
    {
        let total = self.count(records).await?;
        let (limit, offset) = window(page);
        let sql =
            format!("SELECT {columns} {} ORDER BY {order} LIMIT {limit} OFFSET {offset}", self.sql);
        let sql = AssertSqlSafe(sql);
        let rows: Vec<R> = on_backend!(records.reader(), executor =>
            bind_all!(sqlx::query_as(sql), &self.values).fetch_all(executor).await)?;
        listing(rows, total, page)
    }
}

/// `ORDER BY` of a sort, ids deciding between equals; `name` is the column that names a row.
pub(super) fn order(sort: Sort, name: &'static str) -> String {
    let column = match sort.key {
        SortKey::Name => name,
        SortKey::CreatedAt => "created_at",
        SortKey::ExpiryDate => "expiry_date",
        SortKey::ViewCount => "view_count",
    };
    let direction = if sort.descending { "DESC" } else { "ASC" };
    // The databases disagree on where nothing belongs.
    let nothing = if sort.key == SortKey::ExpiryDate { " NULLS LAST" } else { "" };
    format!("{column} {direction}{nothing}, id {direction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_conditions_with_a_value_are_asked() {
        let scope = TenantScope::for_tests(None);
        let selection = Selection::within("clients", &scope)
            .having("name LIKE {} OR email LIKE {}", Some("%a%"))
            .having("phone = {}", None::<&str>)
            .having("id = {}", Some(Uuid::nil()));
        assert_eq!(
            selection.sql,
            "FROM clients WHERE TRUE AND (name LIKE $1 OR email LIKE $1) AND (id = $2)"
        );
        assert_eq!(selection.values.len(), 2);
        assert_eq!(order(Sort::NEWEST, "name_folded"), "created_at DESC, id DESC");
    }
}
