use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::FromRow;
use uuid::Uuid;
use vertex_core::{
    Error, Result, TenantScope,
    email_confirmation::{CONFIRMATION_TTL, COUNTED_FOR, EmailConfirmation, RecentEmails},
    ids::EmailConfirmationId,
    job::NewJob,
    ports::EmailConfirmationRecords,
    text::Email,
    user::User,
    version,
};

use super::{
    SqlRecords,
    audit::{Changed, Deed, commit_change},
    jobs,
    rows::{Table, count, entity},
    tenant::bounds,
    users::{UserRow, refused, user_columns},
};

/// How long an email whose link has ended is kept.
const KEPT_AFTER: TimeDelta = TimeDelta::days(1);

#[derive(FromRow)]
struct WholeRow {
    confirmation_id: Uuid,
    mailbox: Vec<u8>,
    asked_at: DateTime<Utc>,
    used_at: Option<DateTime<Utc>>,
    #[sqlx(flatten)]
    user: UserRow,
}

impl TryFrom<WholeRow> for (EmailConfirmation, User) {
    type Error = Error;

    fn try_from(row: WholeRow) -> Result<Self> {
        let user: User = row.user.try_into()?;
        let confirmation = EmailConfirmation {
            id: EmailConfirmationId(row.confirmation_id),
            user_id: user.id,
            mailbox: Table("email_confirmations").read("mailbox", row.mailbox, |bytes| {
                <[u8; 32]>::try_from(bytes).map_err(|bytes| format!("{} bytes", bytes.len()))
            })?,
            created_at: row.asked_at,
            used_at: row.used_at,
        };
        Ok((confirmation, user))
    }
}

#[async_trait]
impl EmailConfirmationRecords for SqlRecords {
    async fn insert_email_confirmation(
        &self,
        scope: &TenantScope,
        confirmation: &EmailConfirmation,
        job: &NewJob,
    ) -> Result<bool> {
        let EmailConfirmation { id, user_id, mailbox, created_at, used_at } = confirmation;
        let mut transaction = self.begin().await?;
        execute!(
            transaction.connection(),
            "UPDATE email_confirmation_turn SET added_at = $1",
            *created_at,
        )?;
        execute!(
            transaction.connection(),
            "DELETE FROM email_confirmations WHERE created_at < $1",
            *created_at - CONFIRMATION_TTL - KEPT_AFTER,
        )?;
        let (for_user, for_mailbox, in_all): (i64, i64, i64) = fetch!(
            fetch_one,
            transaction.connection(),
            "SELECT COUNT(CASE WHEN user_id = $1 THEN 1 END),
                 COUNT(CASE WHEN mailbox = $2 THEN 1 END), COUNT(*)
             FROM email_confirmations WHERE created_at > $3",
            user_id.0,
            mailbox.as_slice(),
            *created_at - COUNTED_FOR,
        )?;
        let asked = RecentEmails {
            for_user: count((for_user,)),
            for_mailbox: count((for_mailbox,)),
            in_all: count((in_all,)),
        };
        if !asked.leave_room() {
            return Ok(false);
        }
        execute!(
            transaction.connection(),
            "INSERT INTO email_confirmations (id, user_id, mailbox, created_at, used_at)
             VALUES ($1, $2, $3, $4, $5)",
            id.0,
            user_id.0,
            mailbox.as_slice(),
            *created_at,
            *used_at,
        )?;
        jobs::enqueue(&mut transaction, scope, job).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn email_confirmation(
        &self,
        id: EmailConfirmationId,
    ) -> Result<Option<(EmailConfirmation, User)>> {
        let row: Option<WholeRow> = fetch!(
            fetch_optional,
            self.reader(),
            concat!(
                "SELECT email_confirmations.id AS confirmation_id, email_confirmations.mailbox,
                     email_confirmations.created_at AS asked_at, email_confirmations.used_at, ",
                user_columns!(),
                " FROM email_confirmations JOIN users ON users.id = email_confirmations.user_id
                 WHERE email_confirmations.id = $1"
            ),
            id.0,
        )?;
        entity(row)
    }

    async fn confirm_email(
        &self,
        scope: &TenantScope,
        user: &User,
        by: Option<EmailConfirmationId>,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let (first, last) = bounds(scope);
        let mut transaction = self.begin().await?;
        if let Some(by) = by {
            let used = execute!(
                transaction.connection(),
                "UPDATE email_confirmations SET used_at = $2 WHERE id = $1 AND used_at IS NULL",
                by.0,
                now,
            )?;
            if used == 0 {
                return Ok(false);
            }
        }
        let changed: Changed = fetch!(
            fetch_optional,
            transaction.connection(),
            "UPDATE users SET email = pending_email, pending_email = NULL, updated_at = $5
             WHERE id = $1 AND company_id BETWEEN $2 AND $3 AND pending_email = $4
             RETURNING company_id, username",
            user.id.0,
            first,
            last,
            user.pending_email.as_ref().map(Email::as_str),
            version::next(now, user.updated_at),
        )
        .map_err(|failure| refused(failure, user, user.pending_email.as_ref()))?;
        commit_change(transaction, scope, Deed::new("confirmed_email", "user", user.id.0), changed)
            .await
    }
}
