//! Users, looked after by the administrators of their company.

use std::mem;

use chrono::TimeDelta;

use super::{
    App, email_confirmations, passwords, projects::parse_id, sign_in_attempts::forgive, tenancy,
};
use crate::{
    domain::{
        access::Action,
        check::{Check, Field, any},
        error::{Error, Result},
        identity::Identity,
        ids::{CompanyId, UserId},
        page::{ListQuery, Listing},
        password,
        text::{Email, Name, Username, new_password},
        user::{Role, User},
        version::{self, Expected},
    },
    ports::{SecurityEvent, UserFilter, UserStats},
};

/// Who counts as having signed in lately.
const LATELY: TimeDelta = TimeDelta::days(30);

/// The fields of a user as a request brings them.
#[derive(Clone, Debug, Default)]
pub struct UserInput {
    /// What it signs in with. Only read when a user is made.
    pub username: Field<String>,
    /// Its password. Only read when a user is made.
    pub password: Field<String>,
    /// Its address, which waits for its confirmation.
    pub email: Field<String>,
    /// What people call it.
    pub full_name: Field<String>,
    /// What it may do; `user` when absent.
    pub role: Field<String>,
    /// Whether it may sign in. Only read when a user is changed.
    pub is_active: Field<bool>,
    /// The company it works for; the caller's own when absent. Only read when a user is made.
    pub company_id: Field<String>,
}

/// Makes a user.
///
/// # Errors
/// `Invalid` with every bad field, `NotFound` for a company that is not this user's to use, `Conflict`
/// for a name or address that is taken, `Forbidden` unless admin.
pub async fn create(app: &App, who: &Identity, input: UserInput) -> Result<User> {
    who.may(Action::CreateUser)?;
    let mut check = Check::default();
    let username = check.required("username", input.username, Username::parse);
    let password = check.required("password", input.password, new_password);
    let email = check.optional("email", input.email, Email::parse);
    let full_name = check.optional("full_name", input.full_name, Name::parse);
    let role = check.optional("role", input.role, |text| role_to_give(who, text));
    let company = check.optional("company_id", input.company_id, parse_id);
    let (username, password, email, full_name, role, company) =
        check.all((username, password, email, full_name, role, company))?;
    let company_id = tenancy::company_for_new_row(app, who, company.map(CompanyId)).await?;
    let role = role.unwrap_or(Role::User);
    let user = new_user(app, company_id, username, role);
    let mut user = User { pending_email: email, full_name, ..user };
    let company = passwords::company_name(app, company_id).await?;
    user.password_hash = passwords::hash(app, "password", password, &user.known(&company)).await?;
    app.records.insert_user(&who.scope(), &user).await?;
    email_confirmations::begin(app, &user).await?;
    Ok(user)
}

/// A user who has done nothing yet, and to whom no password belongs.
pub(super) fn new_user(app: &App, company_id: CompanyId, username: Username, role: Role) -> User {
    let now = app.now();
    User {
        id: UserId(app.clock.uuid()),
        company_id,
        username,
        email: None,
        pending_email: None,
        full_name: None,
        role,
        password_hash: String::new(),
        is_active: true,
        is_locked: false,
        failed_attempts: 0,
        blocked_until: None,
        last_login: None,
        created_at: now,
        updated_at: now,
    }
}

/// The users of this administrator, of one company if it is named.
///
/// # Errors
/// `NotFound` for a company that is not this user's to see, `Forbidden` unless admin.
pub async fn list(
    app: &App,
    who: &Identity,
    company: Option<CompanyId>,
    filter: &UserFilter,
    query: &ListQuery,
) -> Result<Listing<User>> {
    who.may(Action::ListUsers)?;
    app.records.users(&who.scope().narrowed(company)?, filter, query).await
}

/// How many users there are.
///
/// # Errors
/// `NotFound` for a company that is not this user's to see, `Forbidden` unless admin.
pub async fn stats(app: &App, who: &Identity, company: Option<CompanyId>) -> Result<UserStats> {
    who.may(Action::GetUserStats)?;
    app.records.user_stats(&who.scope().narrowed(company)?, app.now() - LATELY).await
}

/// One user.
///
/// # Errors
/// `NotFound` when there is none that this user sees, `Forbidden` unless admin.
pub async fn get(app: &App, who: &Identity, id: UserId) -> Result<User> {
    let user = find(app, who, id).await?;
    who.may(Action::GetUser)?;
    Ok(user)
}

/// Changes the fields that are given.
///
/// # Errors
/// `Invalid` with every bad field, `NotFound`, `Stale`, `Conflict` for an address that is taken or the
/// caller's own role or activity, `Forbidden` unless admin, and for those with a higher role.
pub async fn update(
    app: &App,
    who: &Identity,
    id: UserId,
    expected: &Expected,
    input: UserInput,
) -> Result<User> {
    let mut user = subordinate(app, who, id, Action::UpdateUser).await?;
    let seen = user.updated_at;
    expected.check("user", seen)?;
    let mut check = Check::default();
    let email = check.change("email", input.email, Email::parse);
    let full_name = check.change("full_name", input.full_name, Name::parse);
    let role = check.optional("role", input.role, |text| role_to_give(who, text));
    let is_active = check.optional("is_active", input.is_active, any);
    let (email, full_name, role, is_active) = check.all((email, full_name, role, is_active))?;
    let (role, is_active) = (role.unwrap_or(user.role), is_active.unwrap_or(user.is_active));
    if id == who.user.id && (role != user.role || !is_active) {
        return Err(Error::Conflict("you cannot take your own rights away".to_owned()));
    }
    let is_new_address = user.change_email(email);
    full_name.apply(&mut user.full_name);
    let from = mem::replace(&mut user.role, role);
    user.is_active = is_active;
    user.updated_at = version::next(app.now(), seen);
    if !app.records.update_user(&who.scope(), &user, seen).await? {
        return Err(Error::Stale("user"));
    }
    if is_new_address {
        email_confirmations::begin(app, &user).await?;
    }
    if from != role {
        let event = SecurityEvent::RoleChanged { user: id, from, to: role, by: who.user.id };
        app.security.note(&event);
    }
    Ok(user)
}

/// Removes a user; their name and address are free again. What they did stays in the audit log.
///
/// # Errors
/// `NotFound`, `Stale`, `Conflict` for the caller, `Forbidden` unless admin, and for those with a higher
/// role.
pub async fn delete(app: &App, who: &Identity, id: UserId, expected: &Expected) -> Result<()> {
    let user = subordinate(app, who, id, Action::DeleteUser).await?;
    let seen = expected.pin("user", user.updated_at)?;
    refuse_self(who, id, "delete")?;
    let there = app.records.delete_user(&who.scope(), id, seen).await?;
    there.then_some(()).ok_or(version::lost("user", seen))
}

/// Locks a user out, on every device.
///
/// # Errors
/// `NotFound`, `Conflict` for the caller, `Forbidden` unless admin, and for those with a higher role.
pub async fn lock(app: &App, who: &Identity, id: UserId) -> Result<User> {
    let user = subordinate(app, who, id, Action::LockUser).await?;
    refuse_self(who, id, "lock")?;
    let now = version::next(app.now(), user.updated_at);
    app.records.lock_user(&who.scope(), id, now).await?;
    find(app, who, id).await
}

/// Lets a locked user sign in again, at once, whatever failed before.
///
/// # Errors
/// `NotFound`, `Forbidden` unless admin, and for those with a higher role.
pub async fn unlock(app: &App, who: &Identity, id: UserId) -> Result<User> {
    let user = subordinate(app, who, id, Action::UnlockUser).await?;
    let now = version::next(app.now(), user.updated_at);
    app.records.unlock_user(&who.scope(), id, now).await?;
    forgive(app, user.username.as_str()).await?;
    find(app, who, id).await
}

/// Gives a user a new password, drawn when none is named, and unlocks the account. Gives a drawn one.
///
/// # Errors
/// `Invalid` naming `new_password`, `NotFound`, `Conflict` for the caller, `Forbidden` unless admin, and
/// for those with a higher role.
pub async fn reset_password(
    app: &App,
    who: &Identity,
    id: UserId,
    new: Field<String>,
) -> Result<Option<String>> {
    let user = subordinate(app, who, id, Action::ResetPassword).await?;
    refuse_self(who, id, "reset the password of")?;
    let mut check = Check::default();
    let named = check.optional("new_password", new, new_password);
    let (named,) = check.all((named,))?;
    let drawn = named.is_none().then(|| password::draw(|bytes| app.clock.fill_random(bytes)));
    let company = passwords::company_name(app, user.company_id).await?;
    let password = named.or_else(|| drawn.clone()).unwrap_or_default();
    let hash = passwords::hash(app, "new_password", password, &user.known(&company)).await?;
    let now = version::next(app.now(), user.updated_at);
    if !app.records.reset_password(&who.scope(), id, &hash, now).await? {
        return Err(Error::NotFound("user"));
    }
    forgive(app, user.username.as_str()).await?;
    app.security.note(&SecurityEvent::PasswordChanged { user: id, by: who.user.id });
    Ok(drawn)
}

/// Reads a role that this user may give: none above their own.
pub(super) fn role_to_give(who: &Identity, text: String) -> Result<Role, String> {
    let role: Role = text.parse()?;
    if role <= who.user.role { Ok(role) } else { Err("is above your own role".to_owned()) }
}

async fn find(app: &App, who: &Identity, id: UserId) -> Result<User> {
    app.records.user(&who.scope(), id).await?.ok_or(Error::NotFound("user"))
}

/// A user whom the caller may manage.
async fn subordinate(app: &App, who: &Identity, id: UserId, action: Action) -> Result<User> {
    let user = find(app, who, id).await?;
    who.may(action)?;
    who.require(user.role)?;
    Ok(user)
}

fn refuse_self(who: &Identity, id: UserId, verb: &str) -> Result<()> {
    if id == who.user.id {
        Err(Error::Conflict(format!("you cannot {verb} yourself")))
    } else {
        Ok(())
    }
}
