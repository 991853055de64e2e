//! Signing in, staying signed in, signing out.

use std::{fmt, net::IpAddr};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::{App, email_confirmations, passwords, sign_in_attempts::Attempt};
use crate::{
    domain::{
        check::{Check, Field, any},
        error::{Error, Result},
        identity::Identity,
        ids::AuthSessionId,
        mac::Purpose,
        tenant::TenantScope,
        text::{Email, Name, Username, new_password},
        user::{AuthSession, User},
        version::{self, Expected},
    },
    ports::{AccessClaims, RefreshOutcome, Rotation, SecurityEvent},
};

/// The two tokens of a signed-in device.
#[derive(Clone)]
pub struct SignedIn {
    /// Sent with every request.
    pub access_token: String,
    /// Exchanged for new tokens, once.
    pub refresh_token: String,
    /// Who signed in.
    pub user: User,
}

impl fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedIn").field("user", &self.user).finish_non_exhaustive()
    }
}

const WRONG: Error = Error::Unauthenticated("the username or the password is wrong");

/// Signs in with username and password, from an address.
///
/// # Errors
/// `Unauthenticated` for a wrong pair (whichever part is wrong), `TooManyFailures` after too many of them whether anybody
/// has the name or not, `Locked` for the right pair of an account that somebody locked.
pub async fn login(
    app: &App,
    username: Field<String>,
    password: Field<String>,
    address: Option<IpAddr>,
) -> Result<SignedIn> {
    let mut check = Check::default();
    let username = check.required("username", username, any);
    let password = check.required("password", password, any);
    let (username, password) = check.all((username, password))?;
    let attempt = Attempt::begin(app, &username, address).await?;
    let user = match Username::parse(username) {
        Ok(username) => app.records.user_by_username(&username).await?,
        Err(_) => None,
    };
    // An unknown name costs the same time as a wrong password.
    let hash =
        user.as_ref().map_or_else(|| app.passwords.decoy(), |user| user.password_hash.clone());
    let matches = attempt.verify(password, hash).await?;
    let Some(user) = user.as_ref().filter(|_| matches) else {
        attempt.fail(user.as_ref()).await?;
        return Err(WRONG);
    };
    let scope = TenantScope::of(user.company_id);
    let company = app.records.company(&scope, user.company_id).await?;
    if !user.is_active || !company.is_some_and(|company| company.is_active) {
        return Err(WRONG);
    }
    if user.is_locked {
        return Err(Error::Locked);
    }
    attempt.succeed(user).await?;
    let now = app.now();
    let session = AuthSession {
        id: AuthSessionId(app.clock.uuid()),
        user_id: user.id,
        created_at: now,
        expires_at: now + app.policy.refresh_token_ttl,
        revoked_at: None,
    };
    let refresh_token = format!("{REFRESH_TOKEN}{}", new_token(app));
    app.records.insert_auth_session(&session, &token_hash(&refresh_token)).await?;
    app.security.note(&SecurityEvent::SignedIn { username: &user.username, address });
    signed_in(app, session.id, user.clone(), refresh_token, now)
}

/// Exchanges a refresh token for new tokens. One that comes again within [`REFRESH_GRACE`] gives the same
/// tokens; later it ends its session.
///
/// [`REFRESH_GRACE`]: crate::domain::user::REFRESH_GRACE
///
/// # Errors
/// `Unauthenticated` when the token does not hold.
pub async fn refresh(app: &App, refresh_token: &str, address: Option<IpAddr>) -> Result<SignedIn> {
    let now = app.now();
    let salt: [u8; 32] = app.clock.random();
    let next = successor(app, refresh_token, &salt);
    let rotation = Rotation {
        old: token_hash(refresh_token),
        new: token_hash(&next),
        salt,
        at: now,
        expires_at: now + app.policy.refresh_token_ttl,
        address,
    };
    let (session, user, token, issued_at) = match app
        .records
        .rotate_refresh_token(&rotation)
        .await?
    {
        RefreshOutcome::Rotated(session, user) => (session, user, next, now),
        RefreshOutcome::Repeated { session, user, salts, issued_at } => {
            let follow = |token: String, salt| successor(app, &token, salt);
            (session, user, salts.iter().fold(refresh_token.to_owned(), follow), issued_at)
        }
        RefreshOutcome::Reused(user) => {
            let username = &user.username;
            app.security.note(&SecurityEvent::RefreshTokenReused { username, address });
            return Err(Error::Unauthenticated(
                "this refresh token was used before; for safety its session has been ended: sign in again",
            ));
        }
        RefreshOutcome::Unknown => return Err(NO_REFRESH),
    };
    if !user.is_active || user.is_locked {
        return Err(NO_REFRESH);
    }
    signed_in(app, session.id, *user, token, issued_at)
}

const NO_REFRESH: Error = Error::Unauthenticated("the refresh token is not valid: sign in again");

/// The refresh token that follows `token`. With the salt, which is kept, it can be told again to who still has
/// `token`, which is not kept.
fn successor(app: &App, token: &str, salt: &[u8; 32]) -> String {
    let code = app.mac.code(Purpose::RefreshToken, &[token.as_bytes(), salt]);
    format!("{REFRESH_TOKEN}{}", BASE64_URL_SAFE_NO_PAD.encode(code))
}

/// What refresh tokens begin with, so that they are known where they must not be.
const REFRESH_TOKEN: &str = "vertex_refresh_";

/// Whether a refresh token was made before they began as they do now.
pub fn is_from_earlier_version(token: &str) -> bool {
    !token.starts_with(REFRESH_TOKEN)
}

/// Finds out who sent an access token.
///
/// # Errors
/// `Unauthenticated` when the token does not hold, its session has ended or its user is gone or locked.
pub async fn authenticate(
    app: &App,
    access_token: &str,
    address: Option<IpAddr>,
) -> Result<Identity> {
    let now = app.now();
    let claims = app.tokens.verify(access_token, now)?;
    let found = app.records.auth_session(claims.session).await?;
    let ended = Error::Unauthenticated("this session has ended: sign in again");
    let (session, user) = found.filter(|(session, _)| session.is_live(now)).ok_or(ended)?;
    if user.id != claims.user || !user.is_active || user.is_locked {
        return Err(Error::Unauthenticated("this account cannot be used"));
    }
    Ok(Identity { user, session: session.id, address, at: now })
}

/// Ends the session.
pub async fn logout(app: &App, who: &Identity) -> Result<()> {
    app.records.revoke_auth_session(who.session, app.now()).await
}

/// Replaces the caller's password; every other device is signed out.
///
/// # Errors
/// `Invalid` naming `current_password` when that is wrong, `new_password` when it breaks the rules or is easy to guess;
/// `TooManyFailures` after too many wrong ones.
pub async fn change_password(
    app: &App,
    who: &Identity,
    current: Field<String>,
    new: Field<String>,
) -> Result<()> {
    let mut check = Check::default();
    let current = check.required("current_password", current, any);
    let new = check.required("new_password", new, new_password);
    let (current, new) = check.all((current, new))?;
    let attempt = Attempt::begin(app, who.user.username.as_str(), who.address).await?;
    if !attempt.verify(current, who.user.password_hash.clone()).await? {
        attempt.fail(Some(&who.user)).await?;
        return Err(Error::field("current_password", "is wrong"));
    }
    attempt.succeed(&who.user).await?;
    let company = passwords::company_name(app, who.user.company_id).await?;
    let hash = passwords::hash(app, "new_password", new, &who.user.known(&company)).await?;
    let (keep, user) = (Some(who.session), who.user.id);
    app.records.change_password(&who.scope(), user, &hash, keep, app.now()).await?;
    app.security.note(&SecurityEvent::PasswordChanged { user, by: user });
    Ok(())
}

/// The fields of somebody's own profile as a request brings them.
#[derive(Clone, Debug, Default)]
pub struct ProfileChanges {
    /// Their address.
    pub email: Field<String>,
    /// What people call them.
    pub full_name: Field<String>,
}

/// Changes the caller's own profile. A new address waits for its confirmation, and the one before is used until then.
///
/// # Errors
/// `Invalid` with every bad field, `Conflict` when the address is taken, `Stale`.
pub async fn update_profile(
    app: &App,
    who: &Identity,
    expected: &Expected,
    changes: ProfileChanges,
) -> Result<User> {
    let mut check = Check::default();
    let email = check.change("email", changes.email, Email::parse);
    let full_name = check.change("full_name", changes.full_name, Name::parse);
    let (email, full_name) = check.all((email, full_name))?;
    let mut user = who.user.clone();
    let seen = user.updated_at;
    expected.check("user", seen)?;
    let is_new_address = user.change_email(email);
    full_name.apply(&mut user.full_name);
    user.updated_at = version::next(app.now(), seen);
    let own = TenantScope::of(user.company_id).by(who.actor());
    let there = app.records.update_user(&own, &user, seen).await?;
    if !there {
        return Err(Error::Stale("user"));
    }
    if is_new_address {
        email_confirmations::begin(app, &user).await?;
    }
    Ok(user)
}

fn signed_in(
    app: &App,
    session: AuthSessionId,
    user: User,
    refresh_token: String,
    issued_at: DateTime<Utc>,
) -> Result<SignedIn> {
    let claims = AccessClaims {
        user: user.id,
        session,
        role: user.role,
        issued_at,
        expires_at: issued_at + app.policy.access_token_ttl,
    };
    Ok(SignedIn { access_token: app.tokens.sign(&claims)?, refresh_token, user })
}

/// A secret that nobody can guess.
pub(super) fn new_token(app: &App) -> String {
    let bytes: [u8; 32] = app.clock.random();
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// What is kept of a secret.
pub(super) fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}
