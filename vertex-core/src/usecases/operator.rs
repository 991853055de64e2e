//! What the operator does at the console of the machine, signed in nowhere.

use uuid::Uuid;

use super::{
    App, email_confirmations, passwords, sign_in_attempts::forgive, storage::PROBE, users::new_user,
};
use crate::{
    domain::{
        check::{Check, Field},
        company::Company,
        error::{Error, Result},
        ids::CompanyId,
        marker_formats::MarkerFormats,
        paths::ObjectPath,
        tenant::TenantScope,
        text::{Email, Name, Slug, Username, new_password},
        user::{Role, User},
    },
    ports::Totals,
};

/// The company of the installation itself, there from the first start.
pub const HOME_COMPANY: &str = "vertex-ar";

/// A user to be made at the console.
#[derive(Clone, Debug, Default)]
pub struct NewUser {
    /// What it signs in with.
    pub username: Field<String>,
    /// Its password.
    pub password: Field<String>,
    /// Its address.
    pub email: Field<String>,
    /// `user`, `admin` or `superadmin`.
    pub role: Field<String>,
    /// Slug of its company; the installation's own when absent.
    pub company: Field<String>,
}

/// Makes the home company if there is none, and `admin` if nobody can sign in yet.
///
/// Gives the new user, or `None` when there was one.
///
/// # Errors
/// `Invalid` when the password breaks the rules or is easy to guess.
pub async fn first_start(app: &App, password: String) -> Result<Option<User>> {
    home_company(app).await?;
    if !app.records.has_no_users().await? {
        return Ok(None);
    }
    let admin = NewUser {
        username: Field::Value("admin".to_owned()),
        password: Field::Value(password),
        role: Field::Value(Role::Superadmin.to_string()),
        ..NewUser::default()
    };
    create_user(app, admin).await.map(Some)
}

/// Makes a user.
///
/// # Errors
/// `Invalid` with every bad field, `NotFound` for an unknown company, `Conflict` for a name or address
/// that is taken.
pub async fn create_user(app: &App, new: NewUser) -> Result<User> {
    let mut check = Check::default();
    let username = check.required("username", new.username, Username::parse);
    let password = check.required("password", new.password, new_password);
    let email = check.optional("email", new.email, Email::parse);
    let role = check.required("role", new.role, |role: String| role.parse::<Role>());
    let company = check.optional("company", new.company, Slug::parse);
    let (username, password, email, role, company) =
        check.all((username, password, email, role, company))?;
    let scope = TenantScope::everywhere();
    let company = match company {
        None => home_company(app).await?,
        Some(slug) => {
            let found = app.records.company_by_slug(&scope, &slug).await?;
            found.ok_or(Error::NotFound("company"))?
        }
    };
    let mut user = User { pending_email: email, ..new_user(app, company.id, username, role) };
    let known = user.known(company.name.as_str());
    user.password_hash = passwords::hash(app, "password", password, &known).await?;
    app.records.insert_user(&scope, &user).await?;
    email_confirmations::begin(app, &user).await?;
    Ok(user)
}

/// Lets a locked user sign in again, at once, whatever failed before.
///
/// # Errors
/// `NotFound` when there is no such user.
pub async fn unlock_user(app: &App, username: &str) -> Result<User> {
    let user = find_user(app, username).await?;
    app.records.unlock_user(&TenantScope::everywhere(), user.id, app.now()).await?;
    forgive(app, user.username.as_str()).await?;
    Ok(user)
}

/// Takes the address of a user that waits for its confirmation as theirs.
///
/// # Errors
/// `NotFound` when there is no such user, `Conflict` when no address waits or it became somebody else's.
pub async fn confirm_email(app: &App, username: &str) -> Result<User> {
    let user = find_user(app, username).await?;
    let scope = TenantScope::everywhere();
    if !app.records.confirm_email(&scope, &user, None, app.now()).await? {
        return Err(Error::Conflict(format!("no address of {} waits", user.username)));
    }
    find_user(app, username).await
}

async fn find_user(app: &App, username: &str) -> Result<User> {
    let unknown = || Error::NotFound("user");
    let username = Username::parse(username).map_err(|_| unknown())?;
    app.records.user_by_username(&username).await?.ok_or_else(unknown)
}

/// How much there is of everything.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn totals(app: &App) -> Result<Totals> {
    app.records.totals(&TenantScope::everywhere(), app.now()).await
}

/// Writes, reads and removes a few bytes at the operator's own places: the storage, and the disk that uploads wait on.
///
/// # Errors
/// `Unavailable` or `Full` when one of them does not do it.
pub async fn try_storage(app: &App) -> Result<()> {
    let path = ObjectPath::probe(CompanyId(Uuid::nil()), app.clock.uuid());
    let (stored, spooled) = futures::join!(try_objects(app, &path), app.spool.probe());
    stored.and(spooled)
}

async fn try_objects(app: &App, path: &ObjectPath) -> Result<()> {
    let objects = app.own_objects.as_ref();
    objects.put(path, PROBE.into()).await?;
    let read = objects.get(path, PROBE.len() as u64).await;
    objects.delete(path).await?;
    match read {
        Ok(read) if read == PROBE => Ok(()),
        Ok(_) => Err(Error::unavailable("the storage", "other bytes came back than were written")),
        Err(Error::NotFound(_)) => {
            Err(Error::unavailable("the storage", "what was written is not there"))
        }
        Err(error) => Err(error),
    }
}

async fn home_company(app: &App) -> Result<Company> {
    let scope = TenantScope::everywhere();
    let invalid = |why| Error::internal("the home company", why);
    let slug = Slug::parse(HOME_COMPANY).map_err(invalid)?;
    if let Some(company) = app.records.company_by_slug(&scope, &slug).await? {
        return Ok(company);
    }
    let now = app.now();
    let company = Company {
        id: CompanyId(app.clock.uuid()),
        name: Name::parse("Vertex AR").map_err(invalid)?,
        slug,
        contact_email: None,
        timezone: chrono_tz::Tz::UTC,
        marker_formats: MarkerFormats::ALL,
        is_active: true,
        deleted_at: None,
        created_at: now,
        updated_at: now,
    };
    app.records.insert_company(&scope, &company, None).await?;
    Ok(company)
}
