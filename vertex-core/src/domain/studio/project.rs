//! Projects: how an agency orders its contents.

use chrono::{DateTime, Utc};

use crate::domain::{
    ids::{CompanyId, ProjectId},
    text::Name,
};

/// A named group of contents inside a company; a content may be in several.
#[derive(Clone, Debug, PartialEq)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// The company it belongs to.
    pub company_id: CompanyId,
    /// What people call it.
    pub name: Name,
    /// What it is about.
    pub description: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}
