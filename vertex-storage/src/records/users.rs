use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;
use vertex_core::{
    Error, Result, TenantScope,
    ids::{AuthSessionId, CompanyId, UserId},
    page::{ListQuery, Listing, Sort},
    ports::{UserFilter, UserRecords, UserStats},
    text::{Email, Name, Username},
    user::{Role, User},
};

use super::{
    SqlRecords, Transaction,
    audit::{Changed, Deed, commit_change, commit_new, note},
    failure::Failure,
    rows::{Table, count, entity},
    search::{fold, searched},
    select::{Selection, order},
    tenant::{admit, bounds},
};

/// The columns of a [`UserRow`], named in full so that they can be joined with others.
macro_rules! user_columns {
    () => {
        "users.id, users.company_id, users.username, users.email, users.pending_email,
         users.full_name, users.role, users.password_hash, users.is_active, users.is_locked,
         users.failed_attempts, users.blocked_until, users.last_login, users.created_at,
         users.updated_at"
    };
}
pub(super) use user_columns;

#[derive(FromRow)]
pub(super) struct UserRow {
    id: Uuid,
    company_id: Uuid,
    username: String,
    email: Option<String>,
    pending_email: Option<String>,
    full_name: Option<String>,
    role: String,
    password_hash: String,
    is_active: bool,
    is_locked: bool,
    failed_attempts: i64,
    blocked_until: Option<DateTime<Utc>>,
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
            email: table.read_optional("email", row.email, Email::kept)?,
            pending_email: table.read_optional("pending_email", row.pending_email, Email::kept)?,
            full_name: table.read_optional("full_name", row.full_name, Name::kept)?,
            role: table.read("role", row.role, |role| role.parse())?,
            password_hash: row.password_hash,
            is_active: row.is_active,
            is_locked: row.is_locked,
            failed_attempts: table.read("failed_attempts", row.failed_attempts, u32::try_from)?,
            blocked_until: row.blocked_until,
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
        let mut transaction = self.begin().await?;
        insert_user(&mut transaction, user).await?;
        let deed = Deed::created("user", user.id.0);
        commit_new(transaction, scope, deed, user.company_id, user.username.as_str()).await
    }

    async fn user(&self, scope: &TenantScope, id: UserId) -> Result<Option<User>> {
        let (first, last) = bounds(scope);
        let row: Option<UserRow> = fetch!(
            fetch_optional,
            self.reader(),
            concat!(
                "SELECT ",
                user_columns!(),
                " FROM users WHERE id = $1 AND company_id BETWEEN $2 AND $3"
            ),
            id.0,
            first,
            last,
        )?;
        entity(row)
    }

    async fn users(
        &self,
        scope: &TenantScope,
        filter: &UserFilter,
        query: &ListQuery,
    ) -> Result<Listing<User>> {
        Selection::within("users", scope)
            .having("role = {}", filter.role.map(Role::as_str))
            .having("is_active = {}", filter.is_active)
            .having("is_locked = {}", filter.is_locked)
            .having(
                "username LIKE {} ESCAPE '!' OR email LIKE {} ESCAPE '!'
                 OR pending_email LIKE {} ESCAPE '!'
                 OR full_name_folded LIKE {} ESCAPE '!'",
                searched(query),
            )
            .list::<UserRow, _>(
                self,
                user_columns!(),
                &order(query.sort.unwrap_or(Sort::BY_NAME), "username"),
                query.page,
            )
            .await
    }

    async fn user_stats(&self, scope: &TenantScope, since: DateTime<Utc>) -> Result<UserStats> {
        let number = async |users: Selection| users.count(self).await.map(count);
        let users = || Selection::within("users", scope);
        let role = |role: Role| users().having("role = {}", Some(role.as_str()));
        Ok(UserStats {
            total: number(users()).await?,
            active: number(users().that("is_active")).await?,
            locked: number(users().that("is_locked")).await?,
            users: number(role(Role::User)).await?,
            admins: number(role(Role::Admin)).await?,
            superadmins: number(role(Role::Superadmin)).await?,
            recently_signed_in: number(users().having("last_login >= {}", Some(since))).await?,
        })
    }

    async fn update_user(
        &self,
        scope: &TenantScope,
        user: &User,
        seen: DateTime<Utc>,
    ) -> Result<bool> {
        let (first, last) = bounds(scope);
        let mut transaction = self.begin().await?;
        let before: Option<(String,)> = fetch!(
            fetch_optional,
            transaction.connection(),
            "SELECT role FROM users WHERE id = $1",
            user.id.0,
        )?;
        refuse_taken(&mut transaction, user).await?;
        let changed: Changed = fetch!(
            fetch_optional,
            transaction.connection(),
            "UPDATE users SET email = $5, full_name = $6, full_name_folded = $7, role = $8,
                 is_active = $9, updated_at = $10, pending_email = $11
             WHERE id = $1 AND company_id BETWEEN $2 AND $3 AND updated_at = $4
             RETURNING company_id, username",
            user.id.0,
            first,
            last,
            seen,
            user.email.as_ref().map(Email::as_str),
            user.full_name.as_ref().map(Name::as_str),
            user.full_name.as_ref().map(|name| fold(name.as_str())),
            user.role.as_str(),
            user.is_active,
            user.updated_at,
            user.pending_email.as_ref().map(Email::as_str),
        )
        .map_err(|failure| refused(failure, user, user.email.as_ref()))?;
        if !user.is_active {
            end_sessions(&mut transaction, user.id, None, user.updated_at).await?;
        }
        if let (Some((before,)), Some((company, username))) = (before, &changed)
            && before != user.role.as_str()
        {
            let label = format!("{username}: {before} to {}", user.role);
            let deed = Deed::new("changed_role", "user", user.id.0);
            note(&mut transaction, scope, deed, *company, &label).await?;
        }
        commit_change(transaction, scope, Deed::updated("user", user.id.0), changed).await
    }

    async fn delete_user(
        &self,
        scope: &TenantScope,
        id: UserId,
        seen: Option<DateTime<Utc>>,
    ) -> Result<bool> {
        let (first, last) = bounds(scope);
        let mut transaction = self.begin().await?;
        let removed: Changed = fetch!(
            fetch_optional,
            transaction.connection(),
            "DELETE FROM users WHERE id = $1 AND company_id BETWEEN $2 AND $3
             AND updated_at = COALESCE($4, updated_at)
             RETURNING company_id, username",
            id.0,
            first,
            last,
            seen,
        )?;
        commit_change(transaction, scope, Deed::deleted("user", id.0), removed).await
    }

    async fn lock_user(&self, scope: &TenantScope, id: UserId, now: DateTime<Utc>) -> Result<bool> {
        let (first, last) = bounds(scope);
        let mut transaction = self.begin().await?;
        let changed: Changed = fetch!(
            fetch_optional,
            transaction.connection(),
            "UPDATE users SET is_locked = TRUE, updated_at = $4
             WHERE id = $1 AND company_id BETWEEN $2 AND $3
             RETURNING company_id, username",
            id.0,
            first,
            last,
            now,
        )?;
        if changed.is_some() {
            end_sessions(&mut transaction, id, None, now).await?;
        }
        commit_change(transaction, scope, Deed::new("locked", "user", id.0), changed).await
    }

    async fn reset_password(
        &self,
        scope: &TenantScope,
        id: UserId,
        password_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let (first, last) = bounds(scope);
        let mut transaction = self.begin().await?;
        let changed: Changed = fetch!(
            fetch_optional,
            transaction.connection(),
            "UPDATE users SET password_hash = $4, is_locked = FALSE, failed_attempts = 0,
                 blocked_until = NULL, updated_at = $5
             WHERE id = $1 AND company_id BETWEEN $2 AND $3
             RETURNING company_id, username",
            id.0,
            first,
            last,
            password_hash,
            now,
        )?;
        if changed.is_some() {
            end_sessions(&mut transaction, id, None, now).await?;
        }
        commit_change(transaction, scope, Deed::new("reset_password", "user", id.0), changed).await
    }

    async fn unlock_user(
        &self,
        scope: &TenantScope,
        id: UserId,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let (first, last) = bounds(scope);
        let mut transaction = self.begin().await?;
        let changed: Changed = fetch!(
            fetch_optional,
            transaction.connection(),
            "UPDATE users SET is_locked = FALSE, failed_attempts = 0, blocked_until = NULL,
                 updated_at = $4
             WHERE id = $1 AND company_id BETWEEN $2 AND $3
             RETURNING company_id, username",
            id.0,
            first,
            last,
            now,
        )?;
        commit_change(transaction, scope, Deed::new("unlocked", "user", id.0), changed).await
    }

    async fn change_password(
        &self,
        scope: &TenantScope,
        id: UserId,
        password_hash: &str,
        keep: Option<AuthSessionId>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let (first, last) = bounds(scope);
        let mut transaction = self.begin().await?;
        let changed: Changed = fetch!(
            fetch_optional,
            transaction.connection(),
            "UPDATE users SET password_hash = $4, updated_at = $5
             WHERE id = $1 AND company_id BETWEEN $2 AND $3
             RETURNING company_id, username",
            id.0,
            first,
            last,
            password_hash,
            now,
        )?;
        end_sessions(&mut transaction, id, keep, now).await?;
        let deed = Deed::new("changed_password", "user", id.0);
        match commit_change(transaction, scope, deed, changed).await? {
            true => Ok(()),
            false => Err(Error::NotFound("user")),
        }
    }
}

/// Adds a user in the transaction of other rows.
pub(super) async fn insert_user(transaction: &mut Transaction, user: &User) -> Result<()> {
    refuse_taken(transaction, user).await?;
    execute!(
        transaction.connection(),
        "INSERT INTO users (id, company_id, username, email, full_name, full_name_folded, role,
             password_hash, is_active, is_locked, failed_attempts, blocked_until, last_login,
             created_at, updated_at, pending_email)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        user.id.0,
        user.company_id.0,
        user.username.as_str(),
        user.email.as_ref().map(Email::as_str),
        user.full_name.as_ref().map(Name::as_str),
        user.full_name.as_ref().map(|name| fold(name.as_str())),
        user.role.as_str(),
        user.password_hash.as_str(),
        user.is_active,
        user.is_locked,
        i64::from(user.failed_attempts),
        user.blocked_until,
        user.last_login,
        user.created_at,
        user.updated_at,
        user.pending_email.as_ref().map(Email::as_str),
    )
    .map_err(|failure| refused(failure, user, user.email.as_ref()))?;
    Ok(())
}

/// Lets an address begin to wait that is nobody else's. It may wait for several until one of them confirms it.
async fn refuse_taken(transaction: &mut Transaction, user: &User) -> Result<()> {
    let Some(email) = &user.pending_email else { return Ok(()) };
    let (others,): (i64,) = fetch!(
        fetch_one,
        transaction.connection(),
        "SELECT COUNT(*) FROM users AS others WHERE others.email = $1 AND others.id <> $2
             AND NOT EXISTS (SELECT 1 FROM users WHERE id = $2 AND pending_email = $1)",
        email.as_str(),
        user.id.0,
    )?;
    if others == 0 { Ok(()) } else { Err(Error::Conflict(taken_email(email.as_str()))) }
}

/// Ends every session of a user except `keep`.
async fn end_sessions(
    transaction: &mut Transaction,
    id: UserId,
    keep: Option<AuthSessionId>,
    now: DateTime<Utc>,
) -> Result<()> {
    execute!(
        transaction.connection(),
        "UPDATE auth_sessions SET revoked_at = $3
         WHERE user_id = $1 AND revoked_at IS NULL AND id IS DISTINCT FROM $2",
        id.0,
        keep.map(|session| session.0),
        now,
    )?;
    Ok(())
}

pub(super) fn refused(failure: Failure, user: &User, email: Option<&Email>) -> Error {
    let username = || format!("the username \"{}\" is taken", user.username);
    let email = || taken_email(email.map_or("", Email::as_str));
    failure
        .or_taken("users", "username", username)
        .and_then(|failure| failure.or_taken("users", "email", email))
        .map_or_else(|taken| taken, |failure| failure.or_missing("company"))
}

fn taken_email(email: &str) -> String {
    format!("the email address \"{email}\" is taken")
}
