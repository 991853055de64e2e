use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;
use vertex_core::{
    Error, Result, TenantScope,
    ids::{AuthSessionId, CompanyId, UserId},
    ports::UserRecords,
    text::{Email, Name, Username},
    user::User,
};

use super::{
    SqlRecords,
    failure::Failure,
    rows::Table,
    tenant::{admit, bounds},
};

/// The columns of a [`UserRow`], named in full so that they can be joined with others.
macro_rules! user_columns {
    () => {
        "users.id, users.company_id, users.username, users.email, users.full_name, users.role,
         users.password_hash, users.is_active, users.is_locked, users.failed_attempts,
         users.last_login, users.created_at, users.updated_at"
    };
}
pub(super) use user_columns;

#[derive(FromRow)]
pub(super) struct UserRow {
    id: Uuid,
    company_id: Uuid,
    username: String,
    email: Option<String>,
    full_name: Option<String>,
    role: String,
    password_hash: String,
    is_active: bool,
    is_locked: bool,
    failed_attempts: i64,
    last_login: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl TryFrom<UserRow> for User {
    type Error = Error;

    fn try_from(row: UserRow) -> Result<Self> {
        let table = Table("users");
        Ok(Self {
            id: UserId(row.id),
            company_id: CompanyId(row.company_id),
            username: table.read("username", row.username, Username::parse)?,
            email: table.read_optional("email", row.email, Email::parse)?,
            full_name: table.read_optional("full_name", row.full_name, Name::parse)?,
            role: table.read("role", row.role, |role| role.parse())?,
            password_hash: row.password_hash,
            is_active: row.is_active,
            is_locked: row.is_locked,
            failed_attempts: table.read("failed_attempts", row.failed_attempts, u32::try_from)?,
            last_login: row.last_login,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

#[async_trait]
impl UserRecords for SqlRecords {
    async fn insert_user(&self, scope: &TenantScope, user: &User) -> Result<()> {
        admit(scope, user.company_id)?;
        execute!(
            self.writer(),
            "INSERT INTO users (id, company_id, username, email, full_name, role, password_hash,
                 is_active, is_locked, failed_attempts, last_login, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            user.id.0,
            user.company_id.0,
            user.username.as_str(),
            user.email.as_ref().map(Email::as_str),
            user.full_name.as_ref().map(Name::as_str),
            user.role.as_str(),
            user.password_hash.as_str(),
            user.is_active,
            user.is_locked,
            i64::from(user.failed_attempts),
            user.last_login,
            user.created_at,
            user.updated_at,
        )
        .map_err(|failure| refused(failure, user))?;
        Ok(())
    }

    async fn note_login(&self, id: UserId, now: DateTime<Utc>) -> Result<()> {
        execute!(
            self.writer(),
            "UPDATE users SET last_login = $2, failed_attempts = 0 WHERE id = $1",
            id.0,
            now,
        )?;
        Ok(())
    }

    async fn note_failed_login(&self, id: UserId, limit: u32, now: DateTime<Utc>) -> Result<()> {
        execute!(
            self.writer(),
            "UPDATE users SET failed_attempts = failed_attempts + 1,
                 is_locked = is_locked OR failed_attempts + 1 >= $2, updated_at = $3
             WHERE id = $1",
            id.0,
            i64::from(limit),
            now,
        )?;
        Ok(())
    }

    async fn unlock_user(
        &self,
        scope: &TenantScope,
        id: UserId,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let (first, last) = bounds(scope);
        let changed = execute!(
            self.writer(),
            "UPDATE users SET is_locked = FALSE, failed_attempts = 0, updated_at = $4
             WHERE id = $1 AND company_id BETWEEN $2 AND $3",
            id.0,
            first,
            last,
            now,
        )?;
        Ok(changed > 0)
    }

    async fn change_password(
        &self,
        id: UserId,
        password_hash: &str,
        keep: Option<AuthSessionId>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut transaction = self.begin().await?;
        let changed = execute!(
            transaction.connection(),
            "UPDATE users SET password_hash = $2, updated_at = $3 WHERE id = $1",
            id.0,
            password_hash,
            now,
        )?;
        if changed == 0 {
            return Err(Error::NotFound("user"));
        }
        execute!(
            transaction.connection(),
            "UPDATE auth_sessions SET revoked_at = $3
             WHERE user_id = $1 AND revoked_at IS NULL AND id IS DISTINCT FROM $2",
            id.0,
            keep.map(|session| session.0),
            now,
        )?;
        transaction.commit().await
    }
}

fn refused(failure: Failure, user: &User) -> Error {
    let username = || format!("the username \"{}\" is taken", user.username);
    let email = || format!("the email address \"{}\" is taken", text(user.email.as_ref()));
    failure
        .or_taken("users", "username", username)
        .and_then(|failure| failure.or_taken("users", "email", email))
        .map_or_else(|taken| taken, |failure| failure.or_missing("company"))
}

fn text(email: Option<&Email>) -> &str {
    email.map_or("", Email::as_str)
}
