//! Invitations: how somebody comes into a company without an administrator knowing their password.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::{
    ids::{CompanyId, InvitationId, UserId},
    text::Email,
    user::Role,
};

/// How long an invitation holds.
pub const INVITATION_TTL: TimeDelta = TimeDelta::days(7);

/// A place in a company that waits for somebody. Of its token only a SHA-256 hash is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// The company it leads into.
    pub company_id: CompanyId,
    /// Who is invited; nobody else may come.
    pub email: Email,
    /// What they will be allowed to do.
    pub role: Role,
    /// Who invited them.
    pub invited_by: UserId,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// When it was used.
    pub accepted_at: Option<DateTime<Utc>>,
    /// Whether who made it may still make one like it.
    pub is_backed: bool,
}

impl Invitation {
    /// Whether somebody can still come by it.
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.accepted_at.is_none() && self.is_backed && now < self.expires_at
    }
}
