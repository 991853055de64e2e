//! Signed, expiring links to objects, for storages that cannot sign their own.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::paths::ObjectPath;

/// Links end on a full hour, one to two hours from now, so that within an hour
/// everybody gets the same link and caches can work.
const STEP: TimeDelta = TimeDelta::hours(1);

/// Signs links and checks them again.
#[derive(Clone)]
pub struct LinkSigner {
    key: Hmac<Sha256>,
}

impl LinkSigner {
    /// A signer with its own secret.
    pub fn new(secret: &[u8; 64]) -> Self {
        let key = Hmac::new(secret.into());
        Self { key }
    }

    /// The query string that opens `path` from now for one to two hours.
    pub fn sign(&self, path: &ObjectPath, now: DateTime<Utc>) -> String {
        let hour = now.duration_trunc(STEP).unwrap_or(now);
        let expires = (hour + STEP * 2).timestamp();
        let signature = bs58::encode(self.mac(path, expires).finalize().into_bytes()).into_string();
        format!("expires={expires}&signature={signature}")
    }

    /// Whether a link for `path` that ends at `expires` bears our signature and still holds.
    ///
    /// The comparison takes the same time whatever the signature is.
    pub fn verify(
        &self,
        path: &ObjectPath,
        expires: i64,
        signature: &str,
        now: DateTime<Utc>,
    ) -> bool {
        // 32 bytes are at most 44 base58 digits; decoding takes quadratic time.
        let signature = if signature.len() <= 44 { signature } else { "" };
        let signature = bs58::decode(signature).into_vec().unwrap_or_default();
        self.mac(path, expires).verify_slice(&signature).is_ok() && now.timestamp() < expires
    }

    fn mac(&self, path: &ObjectPath, expires: i64) -> Hmac<Sha256> {
        let mut mac = self.key.clone();
        mac.update(b"GET\n");
        mac.update(path.as_str().as_bytes());
        mac.update(b"\n");
        mac.update(&expires.to_be_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids::{CompanyId, ContentId};

    fn parts(query: &str) -> (i64, String) {
        let (expires, signature) = query.split_once('&').unwrap();
        let expires = expires.strip_prefix("expires=").unwrap().parse().unwrap();
        (expires, signature.strip_prefix("signature=").unwrap().to_owned())
    }

    #[test]
    fn a_link_opens_its_own_path_until_it_ends() {
        let signer = LinkSigner::new(&[1; 64]);
        let id = |n| ContentId(Uuid::from_u128(n));
        let path = ObjectPath::mind_marker(CompanyId(Uuid::from_u128(1)), id(2));
        let other = ObjectPath::mind_marker(CompanyId(Uuid::from_u128(1)), id(3));
        let now: DateTime<Utc> = "2026-05-01T12:34:56Z".parse().unwrap();
        let (expires, signature) = parts(&signer.sign(&path, now));

        assert!(signer.verify(&path, expires, &signature, now));
        assert!(signer.verify(&path, expires, &signature, now + TimeDelta::hours(1)));
        assert!(!signer.verify(&path, expires, &signature, now + TimeDelta::hours(2)));
        assert!(!signer.verify(&other, expires, &signature, now));
        assert!(!signer.verify(&path, expires + 3600, &signature, now));
        assert!(!signer.verify(&path, expires, &signature.replace(&signature[..1], "z"), now));
        assert!(!signer.verify(&path, expires, "", now));
        assert!(!LinkSigner::new(&[2; 64]).verify(&path, expires, &signature, now));
        assert_eq!(signer.sign(&path, now), signer.sign(&path, now + TimeDelta::minutes(20)));
    }
}
