//! Who sends a request, found out before the handler begins.

use poem::{Request, RequestBody, http::header};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaSecurityScheme, Registry},
};
use vertex_core::{
    Error,
    identity::Identity,
    usecases::{App, auth::authenticate},
};

use super::{
    Problem,
    cookies::{TokenCookie, refuse_foreign_change},
    query::BadQuery,
};
use crate::{
    adapters::rate_limits::{Counted, Holder, Limits},
    middleware::{client::ClientAddress, facts::Facts},
};

/// The signed-in sender of a request. An operation that takes one cannot be reached without.
pub struct Caller(pub Identity);

impl<'a> ApiExtractor<'a> for Caller {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        registry.create_security_scheme(
            "bearer",
            MetaSecurityScheme {
                ty: "http",
                description: Some("An access token from sign-in."),
                name: None,
                key_in: None,
                scheme: Some("bearer"),
                bearer_format: Some("JWT"),
                flows: None,
                openid_connect_url: None,
            },
        );
        registry.create_security_scheme(
            "cookie",
            MetaSecurityScheme {
                ty: "apiKey",
                description: Some(
                    "The cookie that sign-in sets, for our own pages: changes need their `Origin`. Over TLS its name begins with `__Host-`.",
                ),
                name: Some(TokenCookie::Access.plain_name()),
                key_in: Some("cookie"),
                scheme: None,
                bearer_format: None,
                flows: None,
                openid_connect_url: None,
            },
        );
    }

    fn security_schemes() -> Vec<&'static str> {
        vec!["bearer", "cookie"]
    }

    async fn from_request(
        request: &'a Request,
        _: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let app = request.data::<App>().ok_or_else(|| {
            Problem::from(Error::internal("finding the caller", "the application is not wired"))
        })?;
        let facts = Facts::of(request);
        facts.note_private();
        let token = access_token(request, app)
            .ok_or_else(|| Problem::from(Error::Unauthenticated("sign in first")))?;
        if !has_bearer(request) {
            refuse_foreign_change(request, app).map_err(Problem::from)?;
        }
        let address = ClientAddress::of(request);
        let identity = authenticate(app, &token, address).await.map_err(Problem::from)?;
        facts.note_caller(&identity.user);
        if let Some(limits) = request.data::<Limits>() {
            let company = Holder::Company(identity.user.company_id);
            let verdict = limits.count(Counted::Company, company).await;
            if let Some(verdict) = facts.note_verdict(verdict) {
                return Err(Problem::too_many(&verdict).into());
            }
        }
        BadQuery::refuse(request).map_err(Problem::from)?;
        Ok(Self(identity))
    }
}

/// Whether a request says itself who sends it, which a page of another site cannot have a browser do.
pub fn has_bearer(request: &Request) -> bool {
    request.headers().contains_key(header::AUTHORIZATION)
}

/// The bearer token, else the cookie.
pub fn access_token(request: &Request, app: &App) -> Option<String> {
    if let Some(value) = request.headers().get(header::AUTHORIZATION) {
        let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
        return scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned());
    }
    TokenCookie::Access.read(request, app)
}
