//! Secrets at rest: sealed with a key that only this installation has, for one company each.

use std::fmt;

use aes_gcm::{
    Aes256Gcm, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use hkdf::Hkdf;
use serde::{Serialize, de::DeserializeOwned};
use sha2::Sha256;

use crate::domain::{
    error::{Error, Result},
    ids::CompanyId,
};

const FORMAT: u8 = 1;
const KEY_ID: usize = 4;
/// Bytes of a nonce of AES-GCM.
pub const NONCE: usize = 12;

/// Something sealed: format, key, nonce, and AES-256-GCM's ciphertext with its tag.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(pub Vec<u8>);

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

#[derive(Clone)]
struct Key {
    id: [u8; KEY_ID],
    cipher: Aes256Gcm,
}

impl Key {
    fn derive(secret: &str) -> Self {
        let derivation = Hkdf::<Sha256>::new(None, secret.as_bytes());
        let mut material = [0; 32 + KEY_ID];
        derivation
            .expand(b"vertex storage credentials 1", &mut material)
            .expect("HKDF gives up to 8160 bytes");
        let (mut key, mut id) = ([0; 32], [0; KEY_ID]);
        key.copy_from_slice(&material[..32]);
        id.copy_from_slice(&material[32..]);
        Self { id, cipher: Aes256Gcm::new(&key.into()) }
    }
}

/// Seals under the present key, opens what the present or the previous one sealed.
#[derive(Clone)]
pub struct Vault {
    present: Key,
    previous: Option<Key>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").finish_non_exhaustive()
    }
}

impl Vault {
    /// Keys derived from these secrets.
    pub fn new(secret: &str, previous: Option<&str>) -> Self {
        Self { present: Key::derive(secret), previous: previous.map(Key::derive) }
    }

    /// Seals a value for one company: no other company's row can carry it. The nonce is random and used once.
    ///
    /// # Errors
    /// `Internal` when the value has no JSON.
    pub fn seal<T: Serialize>(
        &self,
        nonce: [u8; NONCE],
        company: CompanyId,
        value: &T,
    ) -> Result<Sealed> {
        let fault = |error| Error::internal("sealing a secret", error);
        let plain = serde_json::to_vec(value).map_err(|error| fault(error.to_string()))?;
        let payload = Payload { msg: &plain, aad: company.0.as_bytes() };
        let sealed = self
            .present
            .cipher
            .encrypt(&Nonce::from(nonce), payload)
            .map_err(|error| fault(error.to_string()))?;
        Ok(Sealed([&[FORMAT], self.present.id.as_slice(), &nonce, &sealed].concat()))
    }

    /// Opens what was sealed for this company.
    ///
    /// # Errors
    /// `Internal` when it was sealed under another key, for another company, or was changed.
    pub fn open<T: DeserializeOwned>(&self, company: CompanyId, sealed: &Sealed) -> Result<T> {
        let fault = |why: &'static str| Error::internal("opening a sealed secret", why);
        let (head, rest) = sealed
            .0
            .split_at_checked(1 + KEY_ID + NONCE)
            .ok_or_else(|| fault("it is too short"))?;
        if head[0] != FORMAT {
            return Err(fault("its format is not known"));
        }
        let (key_id, nonce) = head[1..].split_at(KEY_ID);
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| fault("it is too short"))?;
        let mut keys = std::iter::once(&self.present).chain(&self.previous);
        let key = keys
            .find(|key| key.id == key_id)
            .ok_or_else(|| fault("it was sealed with another SECRET_KEY"))?;
        let payload = Payload { msg: rest, aad: company.0.as_bytes() };
        let plain = key
            .cipher
            .decrypt(&Nonce::from(nonce), payload)
            .map_err(|_| fault("it was changed, or belongs to another company"))?;
        serde_json::from_slice(&plain).map_err(|_| fault("it does not hold what is looked for"))
    }

    /// Whether something is sealed under the present key.
    pub fn is_current(&self, sealed: &Sealed) -> bool {
        sealed.0.get(1..=KEY_ID) == Some(&self.present.id)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn company(n: u128) -> CompanyId {
        CompanyId(Uuid::from_u128(n))
    }

    #[test]
    fn a_secret_opens_for_its_company_under_its_key_only() {
        let vault = Vault::new("a long secret", None);
        let sealed = vault.seal([1; NONCE], company(1), &"token").unwrap();
        assert_eq!(vault.open::<String>(company(1), &sealed).unwrap(), "token");
        assert!(vault.open::<String>(company(2), &sealed).is_err());
        assert!(Vault::new("another secret", None).open::<String>(company(1), &sealed).is_err());
        assert!(!sealed.0.windows(5).any(|part| part == b"token"));
        assert_ne!(vault.seal([2; NONCE], company(1), &"token").unwrap(), sealed);
    }

    #[test]
    fn a_new_key_opens_what_the_previous_one_sealed() {
        let sealed = Vault::new("old", None).seal([1; NONCE], company(1), &"token").unwrap();
        let vault = Vault::new("new", Some("old"));
        assert!(!vault.is_current(&sealed));
        let opened: String = vault.open(company(1), &sealed).unwrap();
        let resealed = vault.seal([2; NONCE], company(1), &opened).unwrap();
        assert!(vault.is_current(&resealed));
        assert_eq!(Vault::new("new", None).open::<String>(company(1), &resealed).unwrap(), "token");
    }

    proptest! {
        #[test]
        fn nothing_that_was_changed_opens(at in 0usize..64, bit in 0u8..8, cut in 0usize..64) {
            let vault = Vault::new("a long secret", None);
            let sealed = vault.seal([1; NONCE], company(1), &"a token of some length").unwrap();
            let mut changed = sealed.clone();
            let at = at % changed.0.len();
            changed.0[at] ^= 1 << bit;
            prop_assert!(vault.open::<String>(company(1), &changed).is_err());
            let cut = Sealed(sealed.0[..cut.min(sealed.0.len() - 1)].to_vec());
            prop_assert!(vault.open::<String>(company(1), &cut).is_err());
        }
    }
}
