use std::fmt;

use aws_lc_rs::{encoding::AsDer, rsa::KeyPair, signature::KeyPair as _};
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use pem::Pem;
use serde::{Deserialize, Serialize};
use vertex_core::{
    Error, Result,
    ids::{AuthSessionId, UserId},
    ports::{AccessClaims, AccessTokens},
};

const ISSUER: &str = "vertex-ar";

/// Access tokens as JWTs signed with RS256.
pub struct JwtTokens {
    signing: EncodingKey,
    verifying: DecodingKey,
}

impl fmt::Debug for JwtTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtTokens").finish_non_exhaustive()
    }
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    sub: UserId,
    sid: AuthSessionId,
    role: String,
    iat: i64,
    exp: i64,
}

impl JwtTokens {
    /// A new RSA key of 2048 bits, as PKCS#8 PEM.
    ///
    /// # Errors
    /// `Internal` when the random source fails.
    pub fn generate_key() -> Result<String> {
        let fault = |_| Error::internal("making the token key", "the RSA generator failed");
        let key = KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).map_err(fault)?;
        let der = AsDer::<aws_lc_rs::encoding::Pkcs8V1Der>::as_der(&key).map_err(fault)?;
        Ok(pem::encode(&Pem::new("PRIVATE KEY", der.as_ref())))
    }

    /// Signs and verifies with a key from [`JwtTokens::generate_key`].
    ///
    /// # Errors
    /// `Internal` when the text is no such key.
    pub fn new(key_pem: &str) -> Result<Self> {
        let fault = |reason: String| Error::internal("reading the token key", reason);
        let der = pem::parse(key_pem).map_err(|error| fault(error.to_string()))?;
        let key = KeyPair::from_pkcs8(der.contents()).map_err(|error| fault(error.to_string()))?;
        let signing = EncodingKey::from_rsa_pem(key_pem.as_bytes());
        Ok(Self {
            signing: signing.map_err(|error| fault(error.to_string()))?,
            verifying: DecodingKey::from_rsa_der(key.public_key().as_ref()),
        })
    }
}

impl AccessTokens for JwtTokens {
    fn sign(&self, claims: &AccessClaims) -> Result<String> {
        let claims = Claims {
            iss: ISSUER.to_owned(),
            sub: claims.user,
            sid: claims.session,
            role: claims.role.to_string(),
            iat: claims.issued_at.timestamp(),
            exp: claims.expires_at.timestamp(),
        };
        jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &self.signing)
            .map_err(|error| Error::internal("signing an access token", error))
    }

    fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<AccessClaims> {
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_issuer(&[ISSUER]);
        // The expiry is compared with our own clock below.
        validation.validate_exp = false;
        let wrong = Error::Unauthenticated("the access token is not valid: sign in");
        let Ok(data) = jsonwebtoken::decode::<Claims>(token, &self.verifying, &validation) else {
            return Err(wrong);
        };
        let claims = data.claims;
        let instant = |seconds| DateTime::from_timestamp(seconds, 0);
        let (Some(issued_at), Some(expires_at), Ok(role)) =
            (instant(claims.iat), instant(claims.exp), claims.role.parse())
        else {
            return Err(wrong);
        };
        if expires_at <= now {
            return Err(Error::Unauthenticated("the access token has expired: refresh it"));
        }
        Ok(AccessClaims { user: claims.sub, session: claims.sid, role, issued_at, expires_at })
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use uuid::Uuid;
    use vertex_core::user::Role;

    use super::*;

    fn claims() -> AccessClaims {
        let issued_at: DateTime<Utc> = "2026-05-01T12:00:00Z".parse().unwrap();
        AccessClaims {
            user: UserId(Uuid::from_u128(1)),
            session: AuthSessionId(Uuid::from_u128(2)),
            role: Role::Admin,
            issued_at,
            expires_at: issued_at + TimeDelta::hours(24),
        }
    }

    #[test]
    fn a_token_holds_until_it_expires() {
        let tokens = JwtTokens::new(&JwtTokens::generate_key().unwrap()).unwrap();
        let claims = claims();
        let token = tokens.sign(&claims).unwrap();
        assert_eq!(tokens.verify(&token, claims.issued_at).unwrap(), claims);
        assert!(tokens.verify(&token, claims.expires_at).is_err());
    }

    #[test]
    fn forged_tokens_do_not_hold() {
        let tokens = JwtTokens::new(&JwtTokens::generate_key().unwrap()).unwrap();
        let other = JwtTokens::new(&JwtTokens::generate_key().unwrap()).unwrap();
        let now = claims().issued_at;
        let token = tokens.sign(&claims()).unwrap();
        assert!(other.verify(&token, now).is_err(), "another installation's key");
        let (head, rest) = token.split_once('.').unwrap();
        let (_, signature) = rest.split_once('.').unwrap();
        assert!(tokens.verify(&format!("{head}.e30.{signature}"), now).is_err(), "other claims");
        // {"alg":"none","typ":"JWT"}
        let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{rest}");
        assert!(tokens.verify(&unsigned, now).is_err(), "no algorithm");
        assert!(tokens.verify("", now).is_err());
    }
}
