//! `/api/clients`: the customers of a studio.

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::{
    ApiResponse, Object, OpenApi,
    param::{Path, Query},
    payload::{Json, Response},
};
use uuid::Uuid;
use vertex_core::{
    client::Client,
    ids::{ClientId, CompanyId},
    page::search_text,
    ports::{ClientFilter, ContentFilter},
    usecases::{
        App,
        clients::{self, ClientInput},
        contents,
    },
};

use super::{
    Answer, Caller, Tag,
    body::Body,
    input::{Optional, Required},
    listing::{ListOf, SortBy, list_query},
    portraits::PortraitView,
    versions::{IfMatch, Versioned, expected, tagged},
};

/// A new client.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct NewClient {
    /// What people call them.
    name: Required<String>,
    /// Where they can be called, as people type it; kept in E.164.
    phone: Required<String>,
    /// Where they can be written to.
    email: Optional<String>,
    /// The company they belong to; your own when left out.
    company_id: Optional<String>,
}

/// What changes about a client.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct ClientChanges {
    /// What people call them.
    name: Optional<String>,
    /// Where they can be called, as people type it.
    phone: Optional<String>,
    /// Where they can be written to; null empties it.
    email: Optional<String>,
}

/// A customer of a studio.
#[derive(Debug, Object)]
#[oai(rename = "Client")]
struct ClientView {
    id: Uuid,
    company_id: Uuid,
    name: String,
    /// In E.164, such as +79123456789.
    phone: String,
    email: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Client> for ClientView {
    fn from(client: Client) -> Self {
        Self {
            id: client.id.0,
            company_id: client.company_id.0,
            name: client.name.to_string(),
            phone: client.phone.to_string(),
            email: client.email.map(|email| email.to_string()),
            created_at: client.created_at,
            updated_at: client.updated_at,
        }
    }
}

impl ClientView {
    fn tagged(client: Client) -> Versioned<Self> {
        let version = client.updated_at;
        tagged(Json(client.into()), version)
    }
}

#[derive(ApiResponse)]
enum Created {
    /// The client has been made.
    #[oai(status = 201)]
    Created(Json<ClientView>),
}

#[derive(ApiResponse)]
enum Deleted {
    /// The client is gone.
    #[oai(status = 204)]
    Deleted,
}

/// The customers of a studio.
pub struct ClientsApi;

#[OpenApi(prefix_path = "/api/clients", tag = "Tag::Clients")]
impl ClientsApi {
    /// Make a client
    #[oai(path = "/", method = "post", operation_id = "createClient")]
    async fn create(
        &self,
        app: Data<&App>,
        caller: Caller,
        body: Body<NewClient>,
    ) -> Answer<Response<Created>> {
        let Body(NewClient { name, phone, email, company_id }) = body;
        let input =
            ClientInput { name: name.0, phone: phone.0, email: email.0, company_id: company_id.0 };
        let client = clients::create(&app, &caller.0, input).await?;
        let version = client.updated_at;
        Ok(tagged(Created::Created(Json(client.into())), version))
    }

    /// List clients
    #[oai(path = "/", method = "get", operation_id = "listClients")]
    #[expect(clippy::too_many_arguments, reason = "every query parameter is one")]
    async fn list(
        &self,
        app: Data<&App>,
        caller: Caller,
        /// Only this company's.
        company_id: Query<Option<Uuid>>,
        /// A part of the name, the email address or the phone number.
        search: Query<Option<String>>,
        /// By name when left out.
        sort: Query<Option<SortBy>>,
        page: Query<Option<u32>>,
        per_page: Query<Option<u32>>,
    ) -> Answer<Json<ListOf<ClientView>>> {
        let query = list_query(search.0, sort.0, page.0, per_page.0)?;
        let (company, filter) = (company_id.0.map(CompanyId), ClientFilter::default());
        let listing = clients::list(&app, &caller.0, company, &filter, &query).await?;
        Ok(Json(listing.map(ClientView::from).into()))
    }

    /// Search clients
    ///
    /// Every part that is given has to be found: `phone` as people type it, in any notation.
    #[oai(path = "/search", method = "get", operation_id = "searchClients")]
    #[expect(clippy::too_many_arguments, reason = "every query parameter is one")]
    async fn search(
        &self,
        app: Data<&App>,
        caller: Caller,
        /// A part of the name, the email address or the phone number.
        query: Query<Option<String>>,
        /// A part of the name.
        name: Query<Option<String>>,
        /// A part of the phone number.
        phone: Query<Option<String>>,
        /// A part of the email address.
        email: Query<Option<String>>,
        page: Query<Option<u32>>,
        per_page: Query<Option<u32>>,
    ) -> Answer<Json<ListOf<ClientView>>> {
        let filter = ClientFilter {
            name: search_text("name", name.0)?,
            phone: search_text("phone", phone.0)?,
            email: search_text("email", email.0)?,
        };
        let search = search_text("query", query.0)?;
        let query = list_query(search, None::<SortBy>, page.0, per_page.0)?;
        let listing = clients::list(&app, &caller.0, None, &filter, &query).await?;
        Ok(Json(listing.map(ClientView::from).into()))
    }

    /// List the portraits of a client, newest first
    #[oai(path = "/:id/portraits", method = "get", operation_id = "listClientPortraits")]
    async fn portraits(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        page: Query<Option<u32>>,
        per_page: Query<Option<u32>>,
    ) -> Answer<Json<ListOf<PortraitView>>> {
        let client = clients::get(&app, &caller.0, ClientId(id.0)).await?;
        let filter = ContentFilter { client: Some(client.id), ..ContentFilter::default() };
        let query = list_query(None, None::<SortBy>, page.0, per_page.0)?;
        let listing = contents::list(&app, &caller.0, None, &filter, &query).await?;
        Ok(Json(PortraitView::list(&app, listing).await?))
    }

    /// Get a client
    #[oai(path = "/:id", method = "get", operation_id = "getClient")]
    async fn get(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
    ) -> Answer<Versioned<ClientView>> {
        Ok(ClientView::tagged(clients::get(&app, &caller.0, ClientId(id.0)).await?))
    }

    /// Change a client
    #[oai(path = "/:id", method = "put", operation_id = "updateClient")]
    async fn update(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the client as you read it.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Body<ClientChanges>,
    ) -> Answer<Versioned<ClientView>> {
        let Body(ClientChanges { name, phone, email }) = body;
        let input =
            ClientInput { name: name.0, phone: phone.0, email: email.0, ..ClientInput::default() };
        let (id, expected) = (ClientId(id.0), expected(&if_match));
        Ok(ClientView::tagged(clients::update(&app, &caller.0, id, &expected, input).await?))
    }

    /// Delete a client
    ///
    /// One with portraits or orders is refused, and the answer says how many there are.
    #[oai(path = "/:id", method = "delete", operation_id = "deleteClient")]
    async fn delete(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the client as you read it.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Answer<Deleted> {
        let (id, expected) = (ClientId(id.0), expected(&if_match));
        clients::delete(&app, &caller.0, id, &expected).await?;
        Ok(Deleted::Deleted)
    }
}
