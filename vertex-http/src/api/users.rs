//! `/api/users`: the people of a company, and who is invited.

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::{
    ApiResponse, Enum, Object, OpenApi,
    param::{Path, Query},
    payload::{Json, Response},
};
use uuid::Uuid;
use vertex_core::{
    ids::{CompanyId, InvitationId, UserId},
    invitation::Invitation,
    page::Page,
    ports::{UserFilter, UserStats},
    usecases::{
        App,
        invitations::{self, InvitationInput},
        users::{self, UserInput},
    },
    user::{Role, User},
};

use super::{
    Answer, Caller, Tag,
    body::Body,
    input::{Optional, Required},
    listing::{ListOf, SortBy, list_query},
    versions::{IfMatch, Versioned, expected, tagged},
};

/// A new user.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct NewUser {
    /// What the user signs in with: 3 to 64 letters a-z, digits, dots, hyphens or underscores.
    username: Required<String>,
    /// 10 to 256 characters that are hard to guess.
    password: Required<String>,
    /// The user's address, which waits as `pending_email` until it is confirmed.
    email: Optional<String>,
    /// What people call the user.
    full_name: Optional<String>,
    /// `user`, `admin` or `superadmin`, none above your own; `user` when left out.
    role: Optional<String>,
    /// The company the user works for; your own when left out.
    company_id: Optional<String>,
}

/// What changes about a user.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct UserChanges {
    /// The user's address, which waits as `pending_email` until it is confirmed; null empties both.
    email: Optional<String>,
    /// What people call the user; null empties it.
    full_name: Optional<String>,
    /// `user`, `admin` or `superadmin`, none above your own.
    role: Optional<String>,
    /// Whether the user may sign in.
    is_active: Optional<bool>,
}

/// A new password.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct PasswordReset {
    /// 10 to 256 characters that are hard to guess; drawn when left out.
    new_password: Optional<String>,
}

/// What came of resetting a password.
#[derive(Debug, Object)]
struct PasswordWasReset {
    /// The password that was drawn, told only here; null when you named one.
    temporary_password: Option<String>,
}

/// Somebody who signs in.
#[derive(Debug, Object)]
#[oai(rename = "User")]
pub struct UserView {
    id: Uuid,
    company_id: Uuid,
    username: String,
    /// The confirmed address, which notifications are sent to.
    email: Option<String>,
    /// The address that waits for its confirmation; nothing else is sent to it.
    pending_email: Option<String>,
    full_name: Option<String>,
    /// `user`, `admin` or `superadmin`.
    role: String,
    /// Whether the user may sign in.
    is_active: bool,
    /// Whether somebody locked the account.
    is_locked: bool,
    /// Wrong passwords since the last right one.
    failed_attempts: u32,
    /// Until when the address that the last of them came from has to wait; null when it does not.
    blocked_until: Option<DateTime<Utc>>,
    last_login: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        Self {
            id: user.id.0,
            company_id: user.company_id.0,
            username: user.username.to_string(),
            email: user.email.map(|email| email.to_string()),
            pending_email: user.pending_email.map(|email| email.to_string()),
            full_name: user.full_name.map(|name| name.to_string()),
            role: user.role.to_string(),
            is_active: user.is_active,
            is_locked: user.is_locked,
            failed_attempts: user.failed_attempts,
            blocked_until: user.blocked_until,
            last_login: user.last_login,
            created_at: user.created_at,
            updated_at: user.updated_at,
        }
    }
}

impl UserView {
    /// A user with its version.
    pub fn tagged(user: User) -> Versioned<Self> {
        let version = user.updated_at;
        tagged(Json(user.into()), version)
    }
}

/// How many users there are.
#[derive(Debug, Object)]
#[oai(rename = "UserStats")]
struct StatsView {
    total: u64,
    /// Those that may sign in.
    active: u64,
    locked: u64,
    /// Those with the role `user`.
    users: u64,
    /// Those with the role `admin`.
    admins: u64,
    /// Those with the role `superadmin`.
    superadmins: u64,
    /// Those that have signed in within 30 days.
    recently_signed_in: u64,
}

impl From<UserStats> for StatsView {
    fn from(stats: UserStats) -> Self {
        Self {
            total: stats.total,
            active: stats.active,
            locked: stats.locked,
            users: stats.users,
            admins: stats.admins,
            superadmins: stats.superadmins,
            recently_signed_in: stats.recently_signed_in,
        }
    }
}

/// An invitation to be made.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct NewInvitation {
    /// Who is invited.
    email: Required<String>,
    /// `user`, `admin` or `superadmin`, none above your own; `user` when left out.
    role: Optional<String>,
    /// The company they are invited into; your own when left out.
    company_id: Optional<String>,
}

/// A place in a company that waits for somebody.
#[derive(Debug, Object)]
#[oai(rename = "Invitation")]
struct InvitationView {
    id: Uuid,
    company_id: Uuid,
    email: String,
    /// `user`, `admin` or `superadmin`.
    role: String,
    invited_by: Uuid,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    /// Whether it lets somebody in: it has not ended, and who made it may still make one like it.
    is_open: bool,
    /// What registration takes as `invitation`; told only when the invitation is made.
    token: Option<String>,
}

impl InvitationView {
    fn new(invitation: Invitation, token: Option<String>, now: DateTime<Utc>) -> Self {
        Self {
            is_open: invitation.is_open(now),
            id: invitation.id.0,
            company_id: invitation.company_id.0,
            email: invitation.email.to_string(),
            role: invitation.role.to_string(),
            invited_by: invitation.invited_by.0,
            created_at: invitation.created_at,
            expires_at: invitation.expires_at,
            token,
        }
    }
}

/// What a user may do.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename = "Role", rename_all = "lowercase")]
enum RoleFilter {
    /// Works in one company.
    User,
    /// Runs one company.
    Admin,
    /// Runs the installation.
    Superadmin,
}

impl From<RoleFilter> for Role {
    fn from(role: RoleFilter) -> Self {
        match role {
            RoleFilter::User => Self::User,
            RoleFilter::Admin => Self::Admin,
            RoleFilter::Superadmin => Self::Superadmin,
        }
    }
}

#[derive(ApiResponse)]
enum Created {
    /// The user has been made.
    #[oai(status = 201)]
    Created(Json<UserView>),
}

#[derive(ApiResponse)]
enum Invited {
    /// The invitation has been made; pass its token on.
    #[oai(status = 201)]
    Invited(Json<InvitationView>),
}

#[derive(ApiResponse)]
enum Deleted {
    /// Gone.
    #[oai(status = 204)]
    Deleted,
}

/// The people of a company.
pub struct UsersApi;

#[OpenApi(prefix_path = "/api/users", tag = "Tag::Users")]
impl UsersApi {
    /// Make a user
    #[oai(path = "/", method = "post", operation_id = "createUser")]
    async fn create(
        &self,
        app: Data<&App>,
        caller: Caller,
        body: Body<NewUser>,
    ) -> Answer<Response<Created>> {
        let Body(NewUser { username, password, email, full_name, role, company_id }) = body;
        let input = UserInput {
            username: username.0,
            password: password.0,
            email: email.0,
            full_name: full_name.0,
            role: role.0,
            company_id: company_id.0,
            ..UserInput::default()
        };
        let user = users::create(&app, &caller.0, input).await?;
        let version = user.updated_at;
        Ok(tagged(Created::Created(Json(user.into())), version))
    }

    /// List users
    #[oai(path = "/", method = "get", operation_id = "listUsers")]
    #[expect(clippy::too_many_arguments, reason = "every query parameter is one")]
    async fn list(
        &self,
        app: Data<&App>,
        caller: Caller,
        /// Only this company's.
        company_id: Query<Option<Uuid>>,
        /// Only those with this role.
        role: Query<Option<RoleFilter>>,
        /// Only those that may, or may not, sign in.
        is_active: Query<Option<bool>>,
        /// Only those that are, or are not, locked.
        is_locked: Query<Option<bool>>,
        /// A part of username, email or full name.
        search: Query<Option<String>>,
        /// By username when left out.
        sort: Query<Option<SortBy>>,
        page: Query<Option<u32>>,
        per_page: Query<Option<u32>>,
    ) -> Answer<Json<ListOf<UserView>>> {
        let query = list_query(search.0, sort.0, page.0, per_page.0)?;
        let filter = UserFilter {
            role: role.0.map(Role::from),
            is_active: is_active.0,
            is_locked: is_locked.0,
        };
        let company = company_id.0.map(CompanyId);
        let listing = users::list(&app, &caller.0, company, &filter, &query).await?;
        Ok(Json(listing.map(UserView::from).into()))
    }

    /// Count users
    #[oai(path = "/stats", method = "get", operation_id = "getUserStats")]
    async fn stats(
        &self,
        app: Data<&App>,
        caller: Caller,
        /// Only this company's.
        company_id: Query<Option<Uuid>>,
    ) -> Answer<Json<StatsView>> {
        let company = company_id.0.map(CompanyId);
        Ok(Json(users::stats(&app, &caller.0, company).await?.into()))
    }

    /// Invite somebody
    ///
    /// The answer has a token that lets them register, once, within seven days, with this address.
    #[oai(path = "/invitations", method = "post", operation_id = "createInvitation")]
    async fn invite(
        &self,
        app: Data<&App>,
        caller: Caller,
        body: Body<NewInvitation>,
    ) -> Answer<Invited> {
        let Body(NewInvitation { email, role, company_id }) = body;
        let input = InvitationInput { email: email.0, role: role.0, company_id: company_id.0 };
        let (invitation, token) = invitations::create(&app, &caller.0, input).await?;
        Ok(Invited::Invited(Json(InvitationView::new(invitation, Some(token), app.clock.now()))))
    }

    /// List invitations that nobody has accepted, newest first
    #[oai(path = "/invitations", method = "get", operation_id = "listInvitations")]
    async fn list_invitations(
        &self,
        app: Data<&App>,
        caller: Caller,
        /// Only this company's.
        company_id: Query<Option<Uuid>>,
        page: Query<Option<u32>>,
        per_page: Query<Option<u32>>,
    ) -> Answer<Json<ListOf<InvitationView>>> {
        let page = Page::new(page.0, per_page.0);
        let company = company_id.0.map(CompanyId);
        let listing = invitations::list(&app, &caller.0, company, page).await?;
        let now = app.clock.now();
        Ok(Json(listing.map(|invitation| InvitationView::new(invitation, None, now)).into()))
    }

    /// Take an invitation back
    #[oai(path = "/invitations/:id", method = "delete", operation_id = "deleteInvitation")]
    async fn delete_invitation(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
    ) -> Answer<Deleted> {
        invitations::delete(&app, &caller.0, InvitationId(id.0)).await?;
        Ok(Deleted::Deleted)
    }

    /// Get a user
    #[oai(path = "/:id", method = "get", operation_id = "getUser")]
    async fn get(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
    ) -> Answer<Versioned<UserView>> {
        Ok(UserView::tagged(users::get(&app, &caller.0, UserId(id.0)).await?))
    }

    /// Change a user
    #[oai(path = "/:id", method = "put", operation_id = "updateUser")]
    async fn update(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the user as you read it.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Body<UserChanges>,
    ) -> Answer<Versioned<UserView>> {
        let Body(UserChanges { email, full_name, role, is_active }) = body;
        let input = UserInput {
            email: email.0,
            full_name: full_name.0,
            role: role.0,
            is_active: is_active.0,
            ..UserInput::default()
        };
        let (id, expected) = (UserId(id.0), expected(&if_match));
        Ok(UserView::tagged(users::update(&app, &caller.0, id, &expected, input).await?))
    }

    /// Delete a user
    ///
    /// Username and address are free again; what the user did stays in the audit log.
    #[oai(path = "/:id", method = "delete", operation_id = "deleteUser")]
    async fn delete(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        /// The `ETag` of the user as you read it.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Answer<Deleted> {
        users::delete(&app, &caller.0, UserId(id.0), &expected(&if_match)).await?;
        Ok(Deleted::Deleted)
    }

    /// Lock a user out
    ///
    /// Every device of the user is signed out.
    #[oai(path = "/:id/lock", method = "post", operation_id = "lockUser")]
    async fn lock(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
    ) -> Answer<Versioned<UserView>> {
        Ok(UserView::tagged(users::lock(&app, &caller.0, UserId(id.0)).await?))
    }

    /// Let a locked user sign in again
    #[oai(path = "/:id/unlock", method = "post", operation_id = "unlockUser")]
    async fn unlock(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
    ) -> Answer<Versioned<UserView>> {
        Ok(UserView::tagged(users::unlock(&app, &caller.0, UserId(id.0)).await?))
    }

    /// Give a user a new password
    ///
    /// The account is unlocked and every device of the user signed out.
    #[oai(path = "/:id/reset-password", method = "post", operation_id = "resetPassword")]
    async fn reset_password(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        body: Body<PasswordReset>,
    ) -> Answer<Json<PasswordWasReset>> {
        let new = body.0.new_password.0;
        let temporary_password = users::reset_password(&app, &caller.0, UserId(id.0), new).await?;
        Ok(Json(PasswordWasReset { temporary_password }))
    }
}
