//! Folders: the parts of a project.

use chrono::{DateTime, Utc};

use crate::domain::{
    ids::{CompanyId, FolderId, ProjectId},
    text::Name,
};

/// A named part of a project; a content lies in at most one.
#[derive(Clone, Debug, PartialEq)]
pub struct Folder {
    /// Its id.
    pub id: FolderId,
    /// The company it belongs to.
    pub company_id: CompanyId,
    /// The project it is a part of.
    pub project_id: ProjectId,
    /// What people call it.
    pub name: Name,
    /// What it is about.
    pub description: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}
