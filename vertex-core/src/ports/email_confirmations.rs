use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::domain::{
    email_confirmation::EmailConfirmation, error::Result, ids::EmailConfirmationId, job::NewJob,
    tenant::TenantScope, user::User,
};

/// Emails that ask whether an address is its user's.
#[async_trait]
pub trait EmailConfirmationRecords: Send + Sync {
    /// Adds one with the job that sends it; `false` when there were so many lately that
    /// [no other may go](crate::domain::email_confirmation::RecentEmails::leave_room).
    async fn insert_email_confirmation(
        &self,
        scope: &TenantScope,
        confirmation: &EmailConfirmation,
        job: &NewJob,
    ) -> Result<bool>;

    /// One of them, and its user, before anybody has shown who they are.
    async fn email_confirmation(
        &self,
        id: EmailConfirmationId,
    ) -> Result<Option<(EmailConfirmation, User)>>;

    /// Makes the address that waits the user's, by an email that nobody has used or by the operator's word. `false` when
    /// the email was used or another address waits by now, `Conflict` when the address became somebody else's.
    async fn confirm_email(
        &self,
        scope: &TenantScope,
        user: &User,
        by: Option<EmailConfirmationId>,
        now: DateTime<Utc>,
    ) -> Result<bool>;
}
