//! Signed, expiring links to objects, for storages that cannot sign their own.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::domain::paths::ObjectPath;

/// Links end on a full hour, one to two hours from now, so that within an hour
/// everybody gets the same link and caches can work.
const STEP: TimeDelta = TimeDelta::hours(1);

/// For whom a link is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Whoever looks at a picture: while its content is shown to the world.
    Public,
    /// People of the company: while the content has not been deleted.
    Members,
}

impl Audience {
    const ALL: [Self; 2] = [Self::Public, Self::Members];

    /// What sets the signatures of one audience apart from those of the other.
    fn mark(self) -> &'static [u8] {
        match self {
            Self::Public => b"GET public\n",
            Self::Members => b"GET members\n",
        }
    }
}

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

    /// The query string that opens `path` to an audience from now for one to two hours.
    pub fn sign(&self, path: &ObjectPath, audience: Audience, now: DateTime<Utc>) -> String {
        let hour = now.duration_trunc(STEP).unwrap_or(now);
        let expires = (hour + STEP * 2).timestamp();
        let signature = self.mac(path, audience, expires).finalize().into_bytes();
        let signature = bs58::encode(signature).into_string();
        format!("expires={expires}&signature={signature}")
    }

    /// For whom a link for `path` that ends at `expires` was made, if it bears our signature and still holds.
    ///
    /// The comparison takes the same time whatever the signature is.
    pub fn verify(
        &self,
        path: &ObjectPath,
        expires: i64,
        signature: &str,
        now: DateTime<Utc>,
    ) -> Option<Audience> {
        // 32 bytes are at most 44 base58 digits; decoding takes quadratic time.
        let signature = if signature.len() <= 44 { signature } else { "" };
        let signature = bs58::decode(signature).into_vec().unwrap_or_default();
        let signed = |audience: &Audience| {
            self.mac(path, *audience, expires).verify_slice(&signature).is_ok()
        };
        Audience::ALL.into_iter().find(signed).filter(|_| now.timestamp() < expires)
    }

    fn mac(&self, path: &ObjectPath, audience: Audience, expires: i64) -> Hmac<Sha256> {
        let mut mac = self.key.clone();
        mac.update(audience.mark());
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
    use crate::domain::ids::{CompanyId, ContentId};

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
        for audience in Audience::ALL {
            let (expires, signature) = parts(&signer.sign(&path, audience, now));
            let for_whom =
                |path, expires, signature: &str, now| signer.verify(path, expires, signature, now);
            assert_eq!(for_whom(&path, expires, &signature, now), Some(audience));
            let later = now + TimeDelta::hours(1);
            assert_eq!(for_whom(&path, expires, &signature, later), Some(audience));
            assert_eq!(for_whom(&path, expires, &signature, later + TimeDelta::hours(1)), None);
            assert_eq!(for_whom(&other, expires, &signature, now), None);
            assert_eq!(for_whom(&path, expires + 3600, &signature, now), None);
            let changed = signature.replace(&signature[..1], "z");
            assert_eq!(for_whom(&path, expires, &changed, now), None);
            assert_eq!(for_whom(&path, expires, "", now), None);
            let stranger = LinkSigner::new(&[2; 64]);
            assert_eq!(stranger.verify(&path, expires, &signature, now), None);
            let soon = signer.sign(&path, audience, now + TimeDelta::minutes(20));
            assert_eq!(parts(&soon), (expires, signature));
        }
    }
}
