//! Message authentication codes: what this installation has said can be told from what somebody made up.

use std::fmt;

use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// What a code is for. A code for one purpose is none for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The refresh token that follows another one.
    RefreshToken,
    /// What is kept of a name that somebody tried to sign in with.
    SignInName,
    /// What is kept of the network it came from.
    SignInNetwork,
    /// The link that confirms an email address.
    EmailConfirmation,
    /// What is kept of a code that connects a chat.
    ChatCode,
    /// What is kept of the mailbox that such a link was sent to.
    Mailbox,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Self::RefreshToken => b"refresh token",
            Self::SignInName => b"sign-in name",
            Self::SignInNetwork => b"sign-in network",
            Self::EmailConfirmation => b"email confirmation",
            Self::ChatCode => b"chat code",
            Self::Mailbox => b"mailbox",
        }
    }
}

/// The key of the codes, the same in every process that knows the secret.
#[derive(Clone)]
pub struct MacKey(Hmac<Sha256>);

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MacKey").finish_non_exhaustive()
    }
}

impl MacKey {
    /// The key that follows from a secret.
    pub fn derive(secret: &str) -> Self {
        let mut key = [0; 64];
        Hkdf::<Sha256>::new(None, secret.as_bytes())
            .expand(b"vertex message authentication 1", &mut key)
            .expect("HKDF gives up to 8160 bytes");
        Self(Hmac::new(&key.into()))
    }

    /// The code of `parts`, of which neither contents nor borders can be moved.
    pub fn code(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
        self.mac(purpose, parts).finalize().into_bytes().into()
    }

    /// Whether `code` is the code of `parts`; takes the same time wherever they differ.
    pub fn verifies(&self, code: &[u8; 32], purpose: Purpose, parts: &[&[u8]]) -> bool {
        self.mac(purpose, parts).verify_slice(code).is_ok()
    }

    fn mac(&self, purpose: Purpose, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        for part in [purpose.label()].iter().chain(parts) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_depends_on_secret_purpose_parts_and_their_borders() {
        let key = MacKey::derive("a secret");
        let code = |parts: &[&[u8]]| key.code(Purpose::RefreshToken, parts);
        assert_eq!(code(&[b"ab", b"c"]), code(&[b"ab", b"c"]));
        assert_ne!(code(&[b"ab", b"c"]), code(&[b"a", b"bc"]));
        assert_ne!(code(&[b"ab", b"c"]), code(&[b"ab", b"c", b""]));
        let other = MacKey::derive("another secret");
        assert_ne!(code(&[]), other.code(Purpose::RefreshToken, &[]));
    }
}
