use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use vertex_core::{Error, Result, ports::Passwords};

/// Argon2id with the parameters its authors recommend.
#[derive(Clone, Copy, Debug, Default)]
pub struct Argon2Passwords;

impl Passwords for Argon2Passwords {
    fn hash(&self, password: &str) -> Result<String> {
        Argon2::default()
            .hash_password(password.as_bytes())
            .map(|hash| hash.to_string())
            .map_err(|error| Error::internal("hashing a password", error.to_string()))
    }

    fn verify(&self, password: &str, hash: &str) -> bool {
        Argon2::default().verify_password(password.as_bytes(), hash).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_knows_its_password_and_no_other() {
        let passwords = Argon2Passwords;
        let hash = passwords.hash("correct horse").unwrap();
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        assert_ne!(hash, passwords.hash("correct horse").unwrap(), "salted");
        assert!(passwords.verify("correct horse", &hash));
        assert!(!passwords.verify("battery staple", &hash));
        assert!(!passwords.verify("correct horse", "not a hash"));
    }
}
