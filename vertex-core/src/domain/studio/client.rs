//! Clients: the customers of a studio.

use chrono::{DateTime, Utc};

use crate::domain::{
    ids::{ClientId, CompanyId},
    phone::Phone,
    text::{Email, Name},
};

/// Somebody a studio makes portraits for.
#[derive(Clone, Debug, PartialEq)]
pub struct Client {
    /// Its id.
    pub id: ClientId,
    /// The company it belongs to.
    pub company_id: CompanyId,
    /// What people call it.
    pub name: Name,
    /// Where it can be called.
    pub phone: Phone,
    /// Where it can be written to.
    pub email: Option<Email>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}
