//! Portraits: contents in a studio's words, each made for a client.

use bytes::Bytes;

use super::{App, clients, contents, contents::NewContent, projects::parse_id};
use crate::domain::{
    check::{Check, Field},
    content::ArContent,
    error::Result,
    identity::Identity,
    ids::ClientId,
};

/// The fields of a new portrait as a request brings them, its picture apart.
#[derive(Clone, Debug, Default)]
pub struct NewPortrait {
    /// The client it is made for.
    pub client_id: Field<String>,
    /// The folder it lies in.
    pub folder_id: Field<String>,
    /// What people call it; the client's name when absent.
    pub title: Field<String>,
    /// The last day it plays.
    pub expiry_date: Field<String>,
}

/// Keeps a picture as a portrait of a client, in the client's company, and queues the making of its
/// markers.
///
/// # Errors
/// Those of [`contents::create`], and `NotFound` for a client that is not this user's to use.
pub async fn create(
    app: &App,
    who: &Identity,
    input: NewPortrait,
    picture: Option<Bytes>,
) -> Result<ArContent> {
    let mut check = Check::default();
    let client = check.required("client_id", input.client_id, parse_id);
    if picture.is_none() {
        check.complain("image", "is required");
    }
    let (client,) = check.all((client,))?;
    let client = clients::get(app, who, ClientId(client)).await?;
    let title = match input.title {
        Field::Absent | Field::Null => Field::Value(client.name.to_string()),
        given => given,
    };
    let content = NewContent {
        title,
        company_id: Field::Value(client.company_id.to_string()),
        folder_id: input.folder_id,
        client_id: Field::Value(client.id.to_string()),
        expiry_date: input.expiry_date,
        ..NewContent::default()
    };
    contents::create(app, who, content, picture).await
}
