use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::domain::{
    error::Result,
    ids::{AuthSessionId, UserId},
    page::{ListQuery, Listing},
    tenant::TenantScope,
    user::{Role, User},
};

/// Which users are wanted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserFilter {
    /// With this role.
    pub role: Option<Role>,
    /// Only those that can, or cannot, be used.
    pub is_active: Option<bool>,
    /// Only those that are, or are not, locked.
    pub is_locked: Option<bool>,
}

/// How many users there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UserStats {
    /// All of them.
    pub total: u64,
    /// Those that can be used.
    pub active: u64,
    /// Those that are locked.
    pub locked: u64,
    /// Those with the role `user`.
    pub users: u64,
    /// Those with the role `admin`.
    pub admins: u64,
    /// Those with the role `superadmin`.
    pub superadmins: u64,
    /// Those that have signed in since the instant that was asked for.
    pub recently_signed_in: u64,
}

/// Users.
#[async_trait]
pub trait UserRecords: Send + Sync {
    /// Adds a user. `Conflict` when username or email is taken.
    async fn insert_user(&self, scope: &TenantScope, user: &User) -> Result<()>;

    /// One user.
    async fn user(&self, scope: &TenantScope, id: UserId) -> Result<Option<User>>;

    /// Users by username; a search looks into username, email and full name.
    async fn users(
        &self,
        scope: &TenantScope,
        filter: &UserFilter,
        query: &ListQuery,
    ) -> Result<Listing<User>>;

    /// Counts users; `since` is for those that have signed in lately.
    async fn user_stats(&self, scope: &TenantScope, since: DateTime<Utc>) -> Result<UserStats>;

    /// Replaces email, the address that waits, full name, role and activity; a user that may no longer be used is signed
    /// out everywhere. `Conflict` when the email is taken.
    async fn update_user(
        &self,
        scope: &TenantScope,
        user: &User,
        seen: DateTime<Utc>,
    ) -> Result<bool>;

    /// Removes a user and their sessions.
    async fn delete_user(
        &self,
        scope: &TenantScope,
        id: UserId,
        seen: Option<DateTime<Utc>>,
    ) -> Result<bool>;

    /// Locks an account and signs it out everywhere.
    async fn lock_user(&self, scope: &TenantScope, id: UserId, now: DateTime<Utc>) -> Result<bool>;

    /// Replaces a user's password for them, unlocks the account and signs it out everywhere.
    async fn reset_password(
        &self,
        scope: &TenantScope,
        id: UserId,
        password_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<bool>;

    /// Unlocks an account and forgets its failed sign-ins.
    async fn unlock_user(
        &self,
        scope: &TenantScope,
        id: UserId,
        now: DateTime<Utc>,
    ) -> Result<bool>;

    /// Replaces a password hash and ends every session of the user except `keep`.
    async fn change_password(
        &self,
        scope: &TenantScope,
        id: UserId,
        password_hash: &str,
        keep: Option<AuthSessionId>,
        now: DateTime<Utc>,
    ) -> Result<()>;
}
