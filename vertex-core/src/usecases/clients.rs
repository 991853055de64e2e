//! Clients.

use super::{App, projects::parse_id, tenancy, without_dependents};
use crate::{
    domain::{
        check::{Check, Field},
        client::Client,
        error::{Error, Result},
        identity::Identity,
        ids::{ClientId, CompanyId},
        page::{ListQuery, Listing},
        phone::Phone,
        text::{Email, Name},
        version::{self, Expected},
    },
    ports::ClientFilter,
};

/// The fields of a client as a request brings them.
#[derive(Clone, Debug, Default)]
pub struct ClientInput {
    /// What people call it.
    pub name: Field<String>,
    /// Where it can be called, as people type it.
    pub phone: Field<String>,
    /// Where it can be written to.
    pub email: Field<String>,
    /// The company it belongs to; the user's own when absent. Only read when a client is made.
    pub company_id: Field<String>,
}

/// Makes a client.
///
/// # Errors
/// `Invalid` with every bad field, `NotFound` for a company that is not this user's to use.
pub async fn create(app: &App, who: &Identity, input: ClientInput) -> Result<Client> {
    let mut check = Check::default();
    let name = check.required("name", input.name, Name::parse);
    let phone = check.required("phone", input.phone, |text| phone(app, text));
    let email = check.optional("email", input.email, Email::parse);
    let company = check.optional("company_id", input.company_id, parse_id);
    let (name, phone, email, company) = check.all((name, phone, email, company))?;
    let now = app.now();
    let client = Client {
        id: ClientId(app.clock.uuid()),
        company_id: tenancy::company_for_new_row(app, who, company.map(CompanyId)).await?,
        name,
        phone,
        email,
        created_at: now,
        updated_at: now,
    };
    app.records.insert_client(&who.scope(), &client).await?;
    Ok(client)
}

/// The clients this user sees, of one company if it is named.
///
/// # Errors
/// `NotFound` for a company that is not this user's to see.
pub async fn list(
    app: &App,
    who: &Identity,
    company: Option<CompanyId>,
    filter: &ClientFilter,
    query: &ListQuery,
) -> Result<Listing<Client>> {
    app.records.clients(&who.scope().narrowed(company)?, filter, query).await
}

/// One client.
///
/// # Errors
/// `NotFound` when there is none that this user sees.
pub async fn get(app: &App, who: &Identity, id: ClientId) -> Result<Client> {
    app.records.client(&who.scope(), id).await?.ok_or(Error::NotFound("client"))
}

/// Changes the fields that are given.
///
/// # Errors
/// `Invalid` with every bad field, `NotFound`, `Stale`.
pub async fn update(
    app: &App,
    who: &Identity,
    id: ClientId,
    expected: &Expected,
    input: ClientInput,
) -> Result<Client> {
    let mut client = get(app, who, id).await?;
    let seen = client.updated_at;
    expected.check("client", seen)?;
    let mut check = Check::default();
    let name = check.optional("name", input.name, Name::parse);
    let phone = check.optional("phone", input.phone, |text| phone(app, text));
    let email = check.change("email", input.email, Email::parse);
    let (name, phone, email) = check.all((name, phone, email))?;
    client.name = name.unwrap_or(client.name);
    client.phone = phone.unwrap_or(client.phone);
    email.apply(&mut client.email);
    client.updated_at = version::next(app.now(), seen);
    let there = app.records.update_client(&who.scope(), &client, seen).await?;
    there.then_some(client).ok_or(Error::Stale("client"))
}

/// Removes a client.
///
/// # Errors
/// `NotFound`, `Stale`, `Conflict` when a portrait or an order names the client.
pub async fn delete(app: &App, who: &Identity, id: ClientId, expected: &Expected) -> Result<()> {
    let seen = expected.pin("client", get(app, who, id).await?.updated_at)?;
    let dependents = app.records.dependents_of_client(&who.scope(), id).await?;
    without_dependents("client", dependents)?;
    let there = app.records.delete_client(&who.scope(), id, seen).await?;
    there.then_some(()).ok_or(version::lost("client", seen))
}

fn phone(app: &App, text: String) -> Result<Phone, String> {
    Phone::parse(text, app.policy.phone_country)
}
