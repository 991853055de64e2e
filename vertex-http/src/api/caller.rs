//! Who sends a request, found out before the handler begins.

use poem::{Request, RequestBody, http::header};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaSecurityScheme, Registry},
};
use vertex_core::{
    Error,
    usecases::{
        App,
        auth::{Identity, authenticate},
    },
};

use super::Problem;
use crate::{
    limits::{Counted, Holder, Limits},
    serve::{client::ClientAddress, facts::Facts},
};

/// Cookie of the access token, for pages.
pub const ACCESS_COOKIE: &str = "vertex_access";
/// Cookie of the refresh token, for pages.
pub const REFRESH_COOKIE: &str = "vertex_refresh";

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
                description: Some("The cookie that sign-in sets, for pages."),
                name: Some(ACCESS_COOKIE),
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
        let token = access_token(request)
            .ok_or_else(|| Problem::from(Error::Unauthenticated("sign in first")))?;
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
        Ok(Self(identity))
    }
}

/// The bearer token, else the cookie.
pub fn access_token(request: &Request) -> Option<String> {
    if let Some(value) = request.headers().get(header::AUTHORIZATION) {
        let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
        return scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned());
    }
    cookie(request, ACCESS_COOKIE)
}

/// A cookie of a request.
pub fn cookie(request: &Request, name: &str) -> Option<String> {
    Some(request.cookie().get(name)?.value_str().to_owned())
}
