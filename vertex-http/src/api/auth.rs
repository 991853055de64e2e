//! `/api/auth`: signing in, staying signed in, signing out.

use poem::{Request, web::Data};
use poem_openapi::{
    ApiResponse, Object, OpenApi,
    payload::{Json, Response},
};
use vertex_core::{
    Error,
    usecases::{
        App,
        auth::{self, ProfileChanges, SignedIn},
        email_confirmations,
        invitations::{self, Registration},
    },
};

use super::{
    Answer, Caller, Tag,
    body::Body,
    cookies::{TokenCookie, cookie, forget_earlier, refuse_foreign_page},
    input::{Optional, Required},
    users::UserView,
    versions::{IfMatch, Versioned, expected},
};
use crate::middleware::client::ClientAddress;

/// A name and its password.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct Login {
    /// What the user signs in with.
    username: Required<String>,
    /// The user's password.
    password: Required<String>,
}

/// A refresh token; the cookie is used when it is left out.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct Refresh {
    /// The refresh token of the last answer.
    refresh_token: Optional<String>,
}

/// The old password and the new one.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct ChangePassword {
    /// The password that holds now.
    current_password: Required<String>,
    /// The one that shall hold: 10 to 256 characters that are hard to guess.
    new_password: Required<String>,
}

/// Somebody who wants to sign in.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct NewRegistration {
    /// What to sign in with: 3 to 64 letters a-z, digits, dots, hyphens or underscores.
    username: Required<String>,
    /// 10 to 256 characters that are hard to guess.
    password: Required<String>,
    /// Your address; the one that was invited when left out.
    email: Optional<String>,
    /// What people call you.
    full_name: Optional<String>,
    /// The token of your invitation.
    invitation: Optional<String>,
    /// The name of your own company, without an invitation, where registration is open.
    company_name: Optional<String>,
}

/// What changes about a profile.
#[derive(Debug, Object)]
#[oai(rename = "ProfileChanges", deny_unknown_fields)]
struct Profile {
    /// Your address, which waits as `pending_email` until you confirm it; null empties both.
    email: Optional<String>,
    /// What people call you; null empties it.
    full_name: Optional<String>,
}

/// The token of an email.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct EmailConfirmation {
    /// What the link in the email has after `#`.
    token: Required<String>,
}

/// What a signed-in device keeps.
#[derive(Debug, Object)]
struct Tokens {
    /// Send it as `Authorization: Bearer …`.
    access_token: String,
    /// Exchange it for new tokens, once.
    refresh_token: String,
    /// Always `Bearer`.
    token_type: String,
    /// Seconds until the access token ends.
    expires_in: i64,
    /// Who signed in.
    user: UserView,
}

#[derive(ApiResponse)]
enum Registered {
    /// You can sign in now.
    #[oai(status = 201)]
    Registered(Json<UserView>),
}

#[derive(ApiResponse)]
enum Done {
    /// Done; there is nothing to say.
    #[oai(status = 204)]
    Done,
}

#[derive(ApiResponse)]
enum Queued {
    /// The email is on its way.
    #[oai(status = 202)]
    Queued,
}

/// Signing in and out.
pub struct AuthApi;

#[OpenApi(prefix_path = "/api/auth", tag = "Tag::Auth")]
impl AuthApi {
    /// Register
    ///
    /// With an invitation, into the company it leads to. Without one only where `VERTEX_REGISTRATION` is
    /// `open`: then you run a new company of your own.
    #[oai(path = "/register", method = "post", operation_id = "register")]
    async fn register(&self, app: Data<&App>, body: Body<NewRegistration>) -> Answer<Registered> {
        let body = body.0;
        let input = Registration {
            username: body.username.0,
            password: body.password.0,
            email: body.email.0,
            full_name: body.full_name.0,
            invitation: body.invitation.0,
            company_name: body.company_name.0,
        };
        let user = invitations::register(&app, input).await?;
        Ok(Registered::Registered(Json(user.into())))
    }

    /// Sign in
    ///
    /// Sets the cookies of the admin pages, too. After five wrong passwords in a row for a name from one address each
    /// further one has to wait: a minute, then longer, fifteen at most (423 with `Retry-After`).
    #[oai(path = "/login", method = "post", operation_id = "login")]
    async fn login(
        &self,
        app: Data<&App>,
        request: &Request,
        body: Body<Login>,
    ) -> Answer<Response<Json<Tokens>>> {
        let Body(Login { username, password }) = body;
        let address = ClientAddress::of(request);
        let signed_in = auth::login(&app, username.0, password.0, address).await?;
        Ok(tokens(&app, request, signed_in))
    }

    /// Stay signed in
    ///
    /// A refresh token is exchanged once: within ten seconds it gives the same tokens again, so that several tabs
    /// may refresh at once; one that comes later ends its session.
    #[oai(path = "/refresh", method = "post", operation_id = "refresh")]
    async fn refresh(
        &self,
        app: Data<&App>,
        request: &Request,
        body: Body<Refresh>,
    ) -> Answer<Response<Json<Tokens>>> {
        let given = match body.0.refresh_token.0 {
            vertex_core::check::Field::Value(token) => Some(token),
            _ => refresh_cookie(request, &app)?,
        };
        let token = given.ok_or(Error::Unauthenticated("there is no refresh token: sign in"))?;
        let signed_in = auth::refresh(&app, &token, ClientAddress::of(request)).await?;
        Ok(tokens(&app, request, signed_in))
    }

    /// Sign out
    #[oai(path = "/logout", method = "post", operation_id = "logout")]
    async fn logout(
        &self,
        app: Data<&App>,
        request: &Request,
        caller: Caller,
    ) -> Answer<Response<Done>> {
        auth::logout(&app, &caller.0).await?;
        let gone = [TokenCookie::Access, TokenCookie::Refresh].map(|kind| kind.forget(&app));
        Ok(with_cookies(Response::new(Done::Done), &app, request, gone))
    }

    /// Who am I
    #[oai(path = "/me", method = "get", operation_id = "me")]
    async fn me(&self, caller: Caller) -> Answer<Versioned<UserView>> {
        Ok(UserView::tagged(caller.0.user))
    }

    /// Read my profile
    ///
    /// The same as `/me`.
    #[oai(path = "/profile", method = "get", operation_id = "getProfile")]
    async fn profile(&self, caller: Caller) -> Answer<Versioned<UserView>> {
        Ok(UserView::tagged(caller.0.user))
    }

    /// Change my profile
    ///
    /// A new email address waits as `pending_email`: an email goes there whose link confirms it within 24 hours. Until
    /// then the one before is used.
    #[oai(path = "/profile", method = "put", operation_id = "updateProfile")]
    async fn update_profile(
        &self,
        app: Data<&App>,
        caller: Caller,
        /// The `ETag` of the profile as you read it.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        body: Body<Profile>,
    ) -> Answer<Versioned<UserView>> {
        let Body(Profile { email, full_name }) = body;
        let changes = ProfileChanges { email: email.0, full_name: full_name.0 };
        let user = auth::update_profile(&app, &caller.0, &expected(&if_match), changes).await?;
        Ok(UserView::tagged(user))
    }

    /// Send me another email that confirms my address
    ///
    /// At most five an hour for a user and three for an address.
    #[oai(path = "/profile/confirmation", method = "post", operation_id = "sendEmailConfirmation")]
    async fn send_confirmation(&self, app: Data<&App>, caller: Caller) -> Answer<Queued> {
        email_confirmations::send_again(&app, &caller.0).await?;
        Ok(Queued::Queued)
    }

    /// Confirm an email address
    ///
    /// By the token of the email that came there, once; nobody has to be signed in.
    #[oai(path = "/confirm-email", method = "post", operation_id = "confirmEmail")]
    async fn confirm_email(
        &self,
        app: Data<&App>,
        request: &Request,
        body: Body<EmailConfirmation>,
    ) -> Answer<Done> {
        let address = ClientAddress::of(request);
        email_confirmations::confirm(&app, body.0.token.0, address).await?;
        Ok(Done::Done)
    }

    /// Change my password
    ///
    /// Every other device is signed out.
    #[oai(path = "/change-password", method = "post", operation_id = "changePassword")]
    async fn change_password(
        &self,
        app: Data<&App>,
        caller: Caller,
        body: Body<ChangePassword>,
    ) -> Answer<Done> {
        let Body(ChangePassword { current_password, new_password }) = body;
        auth::change_password(&app, &caller.0, current_password.0, new_password.0).await?;
        Ok(Done::Done)
    }
}

/// The refresh token of a page of ours, where a cookie of an earlier version may still hold one of an earlier version.
fn refresh_cookie(request: &Request, app: &App) -> Result<Option<String>, Error> {
    let earlier = || cookie(request, TokenCookie::Refresh.plain_name());
    let token = TokenCookie::Refresh.read(request, app);
    let token = token.or_else(|| earlier().filter(|token| auth::is_from_earlier_version(token)));
    if token.is_some() {
        refuse_foreign_page(request, app)?;
    }
    Ok(token)
}

fn tokens(app: &App, request: &Request, signed_in: SignedIn) -> Response<Json<Tokens>> {
    let access_seconds = app.policy.access_token_ttl.num_seconds();
    let refresh_seconds = app.policy.refresh_token_ttl.num_seconds();
    let cookies = [
        TokenCookie::Access.keep(app, &signed_in.access_token, access_seconds),
        TokenCookie::Refresh.keep(app, &signed_in.refresh_token, refresh_seconds),
    ];
    let body = Tokens {
        access_token: signed_in.access_token,
        refresh_token: signed_in.refresh_token,
        token_type: "Bearer".to_owned(),
        expires_in: access_seconds,
        user: signed_in.user.into(),
    };
    with_cookies(Response::new(Json(body)), app, request, cookies)
}

fn with_cookies<T>(
    response: Response<T>,
    app: &App,
    request: &Request,
    cookies: [String; 2],
) -> Response<T> {
    let cookies = cookies.into_iter().chain(forget_earlier(request, app));
    cookies.fold(response, |response, cookie| response.header("set-cookie", cookie))
}
