//! Coming into a company: by invitation, or with a company of one's own where that is open.

use super::{
    App,
    auth::{new_token, token_hash},
    email_confirmations, passwords,
    projects::parse_id,
    tenancy,
    users::{new_user, role_to_give},
};
use crate::domain::{
    access::Action,
    check::{Check, Field, any},
    company::Company,
    error::{Error, Result},
    identity::Identity,
    ids::{CompanyId, InvitationId},
    invitation::{INVITATION_TTL, Invitation},
    marker_formats::MarkerFormats,
    page::{Listing, Page},
    tenant::TenantScope,
    text::{Email, Name, Slug, Username, new_password},
    user::{Role, User},
};

/// The fields of an invitation as a request brings them.
#[derive(Clone, Debug, Default)]
pub struct InvitationInput {
    /// Who is invited.
    pub email: Field<String>,
    /// What they will be allowed to do; `user` when absent.
    pub role: Field<String>,
    /// The company it leads into; the caller's own when absent.
    pub company_id: Field<String>,
}

/// Invites somebody. Gives the token that lets them in, which nobody can be told again.
///
/// # Errors
/// `Invalid` with every bad field, `NotFound` for a company that is not this user's to use, `Forbidden`
/// unless admin.
pub async fn create(
    app: &App,
    who: &Identity,
    input: InvitationInput,
) -> Result<(Invitation, String)> {
    who.may(Action::CreateInvitation)?;
    let mut check = Check::default();
    let email = check.required("email", input.email, Email::parse);
    let role = check.optional("role", input.role, |text| role_to_give(who, text));
    let company = check.optional("company_id", input.company_id, parse_id);
    let (email, role, company) = check.all((email, role, company))?;
    let now = app.now();
    let invitation = Invitation {
        id: InvitationId(app.clock.uuid()),
        company_id: tenancy::company_for_new_row(app, who, company.map(CompanyId)).await?,
        email,
        role: role.unwrap_or(Role::User),
        invited_by: who.user.id,
        created_at: now,
        expires_at: now + INVITATION_TTL,
        accepted_at: None,
        is_backed: true,
    };
    let token = new_token(app);
    app.records.insert_invitation(&who.scope(), &invitation, &token_hash(&token)).await?;
    Ok((invitation, token))
}

/// The invitations that nobody has accepted yet.
///
/// # Errors
/// `NotFound` for a company that is not this user's to see, `Forbidden` unless admin.
pub async fn list(
    app: &App,
    who: &Identity,
    company: Option<CompanyId>,
    page: Page,
) -> Result<Listing<Invitation>> {
    who.may(Action::ListInvitations)?;
    app.records.invitations(&who.scope().narrowed(company)?, page).await
}

/// Takes an invitation back.
///
/// # Errors
/// `NotFound` when there is none, or it has been accepted; `Forbidden` unless admin.
pub async fn delete(app: &App, who: &Identity, id: InvitationId) -> Result<()> {
    who.may(Action::DeleteInvitation)?;
    let there = app.records.delete_invitation(&who.scope(), id).await?;
    there.then_some(()).ok_or(Error::NotFound("invitation"))
}

/// The fields of somebody who registers, as a request brings them.
#[derive(Clone, Debug, Default)]
pub struct Registration {
    /// What they want to sign in with.
    pub username: Field<String>,
    /// Their password.
    pub password: Field<String>,
    /// Their address; that of the invitation when absent.
    pub email: Field<String>,
    /// What people call them.
    pub full_name: Field<String>,
    /// The token of their invitation.
    pub invitation: Field<String>,
    /// The name of the company to be made for them, without an invitation.
    pub company_name: Field<String>,
}

/// Registers somebody: into the company that invited them, or where registration is open into a new
/// company that they run.
///
/// # Errors
/// `Invalid` with every bad field, an invitation that does not hold among them; `Conflict` for a name or
/// address that is taken; `Forbidden` without an invitation where registration is not open.
pub async fn register(app: &App, input: Registration) -> Result<User> {
    let mut check = Check::default();
    let username = check.required("username", input.username, Username::parse);
    let password = check.required("password", input.password, new_password);
    let email = check.optional("email", input.email, Email::parse);
    let full_name = check.optional("full_name", input.full_name, Name::parse);
    let token = check.optional("invitation", input.invitation, any);
    let company_name = check.optional("company_name", input.company_name, Name::parse);
    let (username, password, email, full_name, token, company_name) =
        check.all((username, password, email, full_name, token, company_name))?;
    let Some(token) = token else {
        if !app.policy.open_registration {
            return Err(Error::Forbidden("registration is by invitation: ask an administrator"));
        }
        let name = company_name.ok_or_else(|| Error::field("company_name", "is required"))?;
        let company = new_company(app, name);
        let user = new_user(app, company.id, username, Role::Admin);
        let mut user = User { pending_email: email, full_name, ..user };
        let known = user.known(company.name.as_str());
        user.password_hash = passwords::hash(app, "password", password, &known).await?;
        app.records.insert_company_with_user(&company, &user).await?;
        email_confirmations::begin(app, &user).await?;
        return Ok(user);
    };
    let invitation = open_invitation(app, &token).await?;
    if email.is_some_and(|email| email != invitation.email) {
        return Err(Error::field("email", "is not the address that was invited"));
    }
    let user = new_user(app, invitation.company_id, username, invitation.role);
    // Whoever invited passed the token on, so it does not show that the mailbox is theirs.
    let mut user = User { pending_email: Some(invitation.email), full_name, ..user };
    let company = passwords::company_name(app, user.company_id).await?;
    user.password_hash = passwords::hash(app, "password", password, &user.known(&company)).await?;
    let accepted = app.records.accept_invitation(invitation.id, &user).await?;
    if !accepted {
        return Err(not_open());
    }
    email_confirmations::begin(app, &user).await?;
    Ok(user)
}

async fn open_invitation(app: &App, token: &str) -> Result<Invitation> {
    let found = app.records.invitation_by_token(&token_hash(token)).await?;
    let invitation = found.filter(|found| found.is_open(app.now())).ok_or_else(not_open)?;
    let scope = TenantScope::of(invitation.company_id);
    let company = app.records.company(&scope, invitation.company_id).await?;
    company.filter(|company| company.is_active).map(|_| invitation).ok_or_else(not_open)
}

fn not_open() -> Error {
    Error::field(
        "invitation",
        "does not hold: it has ended, was used or taken back, or who made it may not invite you any more",
    )
}

/// A company for somebody who came by themselves; its short name ends in something nobody else has.
fn new_company(app: &App, name: Name) -> Company {
    let (now, id) = (app.now(), CompanyId(app.clock.uuid()));
    let ending: [u8; 4] = app.clock.random();
    let ending = format!("{:08x}", u32::from_be_bytes(ending));
    let stem: String = Slug::from_name(&name).map_or_else(String::new, |slug| {
        let stem: String = slug.as_str().chars().take(50).collect();
        format!("{}-", stem.trim_end_matches('-'))
    });
    let slug = Slug::parse(format!("{stem}{ending}"));
    Company {
        id,
        name,
        slug: slug.unwrap_or_else(|_| unreachable!("letters, digits and hyphens")),
        contact_email: None,
        timezone: chrono_tz::Tz::UTC,
        marker_formats: MarkerFormats::ALL,
        is_active: true,
        deleted_at: None,
        created_at: now,
        updated_at: now,
    }
}
