//! The audit log: who changed what, when and from where. Rows are only ever added.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::domain::ids::{CompanyId, UserId};

/// One change.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditEntry {
    /// Counts up.
    pub id: i64,
    /// Whose row was changed.
    pub company_id: CompanyId,
    /// Who changed it.
    pub user_id: UserId,
    /// What they were called then.
    pub username: String,
    /// What they did, such as `updated`.
    pub action: String,
    /// What kind of row, such as `project`.
    pub entity: String,
    /// Which row.
    pub entity_id: Uuid,
    /// What the row was called then.
    pub label: String,
    /// The address the request came from.
    pub address: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Which changes are wanted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AuditFilter {
    /// By this user.
    pub user: Option<UserId>,
    /// Of this kind, such as `updated`.
    pub action: Option<String>,
    /// To rows of this kind, such as `project`.
    pub entity: Option<String>,
    /// To this row.
    pub entity_id: Option<Uuid>,
    /// Not before this instant.
    pub from: Option<DateTime<Utc>>,
    /// Before this instant.
    pub until: Option<DateTime<Utc>>,
}
