//! `/api/auth`: signing in, staying signed in, signing out.

use poem::{
    Request,
    web::{
        Data,
        cookie::{Cookie, SameSite},
    },
};
use poem_openapi::{
    ApiResponse, Object, OpenApi,
    payload::{Json, Response},
};
use uuid::Uuid;
use vertex_core::{
    Error,
    usecases::{
        App,
        auth::{self, SignedIn},
    },
    user::User,
};

use super::{
    Answer, Caller, Tag,
    caller::{ACCESS_COOKIE, REFRESH_COOKIE, cookie},
    input::{Optional, Required},
};

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
    /// The one that shall hold: 8 to 256 characters.
    new_password: Required<String>,
}

/// Somebody who signs in.
#[derive(Debug, Object)]
#[oai(rename = "User")]
struct UserView {
    id: Uuid,
    company_id: Uuid,
    username: String,
    email: Option<String>,
    full_name: Option<String>,
    /// `user`, `admin` or `superadmin`.
    role: String,
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        Self {
            id: user.id.0,
            company_id: user.company_id.0,
            username: user.username.to_string(),
            email: user.email.map(|email| email.to_string()),
            full_name: user.full_name.map(|name| name.to_string()),
            role: user.role.to_string(),
        }
    }
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
enum Done {
    /// Done; there is nothing to say.
    #[oai(status = 204)]
    Done,
}

/// Signing in and out.
pub struct AuthApi;

#[OpenApi(prefix_path = "/api/auth", tag = "Tag::Auth")]
impl AuthApi {
    /// Sign in
    ///
    /// Sets the cookies of the admin pages, too. Five failures lock the account.
    #[oai(path = "/login", method = "post", operation_id = "login")]
    async fn login(&self, app: Data<&App>, body: Json<Login>) -> Answer<Response<Json<Tokens>>> {
        let Json(Login { username, password }) = body;
        Ok(tokens(&app, auth::login(&app, username.0, password.0).await?))
    }

    /// Stay signed in
    ///
    /// A refresh token can be used once. One that comes a second time ends its session.
    #[oai(path = "/refresh", method = "post", operation_id = "refresh")]
    async fn refresh(
        &self,
        app: Data<&App>,
        request: &Request,
        body: Json<Refresh>,
    ) -> Answer<Response<Json<Tokens>>> {
        let given = match body.0.refresh_token.0 {
            vertex_core::check::Field::Value(token) => Some(token),
            _ => cookie(request, REFRESH_COOKIE),
        };
        let token = given.ok_or(Error::Unauthenticated("there is no refresh token: sign in"))?;
        Ok(tokens(&app, auth::refresh(&app, &token).await?))
    }

    /// Sign out
    #[oai(path = "/logout", method = "post", operation_id = "logout")]
    async fn logout(&self, app: Data<&App>, caller: Caller) -> Answer<Response<Done>> {
        auth::logout(&app, &caller.0).await?;
        let gone = |name, path| set_cookie(&app, name, "", path, 0);
        Ok(Response::new(Done::Done)
            .header("set-cookie", gone(ACCESS_COOKIE, "/"))
            .header("set-cookie", gone(REFRESH_COOKIE, "/api/auth")))
    }

    /// Who am I
    #[oai(path = "/me", method = "get", operation_id = "me")]
    async fn me(&self, caller: Caller) -> Answer<Json<UserView>> {
        Ok(Json(caller.0.user.into()))
    }

    /// Change my password
    ///
    /// Every other device is signed out.
    #[oai(path = "/change-password", method = "post", operation_id = "changePassword")]
    async fn change_password(
        &self,
        app: Data<&App>,
        caller: Caller,
        body: Json<ChangePassword>,
    ) -> Answer<Done> {
        let Json(ChangePassword { current_password, new_password }) = body;
        auth::change_password(&app, &caller.0, current_password.0, new_password.0).await?;
        Ok(Done::Done)
    }
}

fn tokens(app: &App, signed_in: SignedIn) -> Response<Json<Tokens>> {
    let access_seconds = app.policy.access_token_ttl.num_seconds();
    let refresh_seconds = app.policy.refresh_token_ttl.num_seconds();
    let access = set_cookie(app, ACCESS_COOKIE, &signed_in.access_token, "/", access_seconds);
    let refresh =
        set_cookie(app, REFRESH_COOKIE, &signed_in.refresh_token, "/api/auth", refresh_seconds);
    let body = Tokens {
        access_token: signed_in.access_token,
        refresh_token: signed_in.refresh_token,
        token_type: "Bearer".to_owned(),
        expires_in: access_seconds,
        user: signed_in.user.into(),
    };
    Response::new(Json(body)).header("set-cookie", access).header("set-cookie", refresh)
}

fn set_cookie(app: &App, name: &str, value: &str, path: &str, seconds: i64) -> String {
    let mut cookie = Cookie::new_with_str(name, value);
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Strict);
    cookie.set_path(path);
    cookie.set_secure(app.policy.base_url.starts_with("https://"));
    cookie.set_max_age(std::time::Duration::from_secs(seconds.max(0).unsigned_abs()));
    cookie.to_string()
}
