use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;
use vertex_core::{
    Error, Result, TenantScope,
    client::Client,
    ids::{ClientId, CompanyId},
    page::{ListQuery, Listing, Sort},
    phone::{Phone, searched_digits},
    ports::{ClientFilter, ClientRecords, Dependents},
    text::{Email, Name},
};

use super::{
    SqlRecords,
    audit::{Changed, Deed, commit_change, commit_new},
    rows::{Table, count, entity},
    search::{fold, pattern, searched},
    select::{Selection, order},
    tenant::{admit, bounds},
};

#[derive(FromRow)]
struct ClientRow {
    id: Uuid,
    company_id: Uuid,
    name: String,
    phone: String,
    email: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl TryFrom<ClientRow> for Client {
    type Error = Error;

    fn try_from(row: ClientRow) -> Result<Self> {
        let table = Table("clients");
        Ok(Self {
            id: ClientId(row.id),
            company_id: CompanyId(row.company_id),
            name: table.read("name", row.name, Name::kept)?,
            phone: table.read("phone", row.phone, Phone::stored)?,
            email: table.read_optional("email", row.email, Email::kept)?,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

#[async_trait]
impl ClientRecords for SqlRecords {
    async fn insert_client(&self, scope: &TenantScope, client: &Client) -> Result<()> {
        admit(scope, client.company_id)?;
        let mut transaction = self.begin().await?;
        execute!(
            transaction.connection(),
            "INSERT INTO clients (id, company_id, name, name_folded, phone, email, created_at,
                 updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            client.id.0,
            client.company_id.0,
            client.name.as_str(),
            fold(client.name.as_str()),
            client.phone.as_str(),
            client.email.as_ref().map(Email::as_str),
            client.created_at,
            client.updated_at,
        )
        .map_err(|failure| failure.or_missing("company"))?;
        let deed = Deed::created("client", client.id.0);
        commit_new(transaction, scope, deed, client.company_id, client.name.as_str()).await
    }

    async fn client(&self, scope: &TenantScope, id: ClientId) -> Result<Option<Client>> {
        let (first, last) = bounds(scope);
        let row: Option<ClientRow> = fetch!(
            fetch_optional,
            self.reader(),
            "SELECT id, company_id, name, phone, email, created_at, updated_at FROM clients
             WHERE id = $1 AND company_id BETWEEN $2 AND $3",
            id.0,
            first,
            last,
        )?;
        entity(row)
    }

    async fn clients(
        &self,
        scope: &TenantScope,
        filter: &ClientFilter,
        query: &ListQuery,
    ) -> Result<Listing<Client>> {
        let mut clients = Selection::within("clients", scope)
            .having("name_folded LIKE {} ESCAPE '!'", filter.name.as_deref().map(part))
            .having("phone LIKE {} ESCAPE '!'", filter.phone.as_deref().map(digits))
            .having("email LIKE {} ESCAPE '!'", filter.email.as_deref().map(part));
        let in_a_phone = query.search.as_deref().and_then(searched_digits);
        clients = match in_a_phone {
            Some(_) => {
                clients.having("phone LIKE {} ESCAPE '!'", query.search.as_deref().map(digits))
            }
            None => clients.having(
                "name_folded LIKE {} ESCAPE '!' OR email LIKE {} ESCAPE '!'",
                searched(query),
            ),
        };
        clients
            .list::<ClientRow, _>(
                self,
                "id, company_id, name, phone, email, created_at, updated_at",
                &order(query.sort.unwrap_or(Sort::BY_NAME), "name_folded"),
                query.page,
            )
            .await
    }

    async fn update_client(
        &self,
        scope: &TenantScope,
        client: &Client,
        seen: DateTime<Utc>,
    ) -> Result<bool> {
        let (first, last) = bounds(scope);
        let mut transaction = self.begin().await?;
        let changed: Changed = fetch!(
            fetch_optional,
            transaction.connection(),
            "UPDATE clients SET name = $5, name_folded = $6, phone = $7, email = $8,
                 updated_at = $9
             WHERE id = $1 AND company_id BETWEEN $2 AND $3 AND updated_at = $4
             RETURNING company_id, name",
            client.id.0,
            first,
            last,
            seen,
            client.name.as_str(),
            fold(client.name.as_str()),
            client.phone.as_str(),
            client.email.as_ref().map(Email::as_str),
            client.updated_at,
        )?;
        commit_change(transaction, scope, Deed::updated("client", client.id.0), changed).await
    }

    async fn dependents_of_client(&self, scope: &TenantScope, id: ClientId) -> Result<Dependents> {
        let (first, last) = bounds(scope);
        let contents = fetch!(
            fetch_one,
            self.reader(),
            "SELECT COUNT(*) FROM contents WHERE client_id = $1 AND company_id BETWEEN $2 AND $3",
            id.0,
            first,
            last,
        )?;
        let orders = fetch!(
            fetch_one,
            self.reader(),
            "SELECT COUNT(*) FROM orders WHERE client_id = $1 AND company_id BETWEEN $2 AND $3",
            id.0,
            first,
            last,
        )?;
        Ok(vec![("portrait", count(contents)), ("order", count(orders))])
    }

    async fn delete_client(
        &self,
        scope: &TenantScope,
        id: ClientId,
        seen: Option<DateTime<Utc>>,
    ) -> Result<bool> {
        let (first, last) = bounds(scope);
        let mut transaction = self.begin().await?;
        let removed: Result<Changed, _> = fetch!(
            fetch_optional,
            transaction.connection(),
            "DELETE FROM clients WHERE id = $1 AND company_id BETWEEN $2 AND $3
             AND updated_at = COALESCE($4, updated_at)
             RETURNING company_id, name",
            id.0,
            first,
            last,
            seen,
        );
        let removed = removed.map_err(|failure| {
            failure.or_in_use("a portrait or an order depends on this client")
        })?;
        commit_change(transaction, scope, Deed::deleted("client", id.0), removed).await
    }
}

fn part(text: &str) -> String {
    pattern(Some(text))
}

/// A part of a phone number however it was typed; a text that is none is found nowhere.
fn digits(text: &str) -> String {
    searched_digits(text).map_or_else(|| part(text), |digits| part(&digits))
}
