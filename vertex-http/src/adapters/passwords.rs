use std::sync::{Arc, LazyLock};

use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use async_trait::async_trait;
use tokio::{sync::Semaphore, task::spawn_blocking};
use vertex_core::{Error, Result, ports::Passwords};

/// Passwords that wait or are hashed at most. Each takes a tenth of a second or two: the last one is answered before its
/// sender gives up.
const PLACES: usize = 64;

/// The hash of a password that nobody knows, with the parameters of new ones.
static DECOY: LazyLock<String> = LazyLock::new(|| {
    let parameters = Argon2::default().params().clone();
    let (memory, time, lanes) = (parameters.m_cost(), parameters.t_cost(), parameters.p_cost());
    // Salt and output are as long as those of others; which they are does not matter.
    let (salt, output) = ("A".repeat(22), "A".repeat(43));
    format!("$argon2id$v=19$m={memory},t={time},p={lanes}${salt}${output}")
});

/// Argon2id with the parameters its authors recommend, a few at once.
#[derive(Clone, Debug)]
pub struct Argon2Passwords {
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
}

impl Argon2Passwords {
    /// Hashes `threads` passwords at once.
    pub fn new(threads: usize) -> Self {
        let semaphore = |permits| Arc::new(Semaphore::new(permits));
        Self { places: semaphore(PLACES), turns: semaphore(threads) }
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let place = self.places.clone().try_acquire_owned();
        let place = place.map_err(|_| Error::Busy("too many passwords are being checked"))?;
        // The semaphore is never closed, so there is always a turn in the end.
        let turn = self.turns.clone().acquire_owned().await;
        let work = move || {
            let done = work();
            drop((turn, place));
            done
        };
        spawn_blocking(work).await.map_err(|error| Error::internal("hashing a password", error))
    }
}

#[async_trait]
impl Passwords for Argon2Passwords {
    async fn hash(&self, password: String) -> Result<String> {
        let hashed = self.run(move || Argon2::default().hash_password(password.as_bytes()));
        let hashed = hashed.await?.map(|hash| hash.to_string());
        hashed.map_err(|error| Error::internal("hashing a password", error.to_string()))
    }

    async fn verify(&self, password: String, hash: String) -> Result<bool> {
        let verified =
            self.run(move || Argon2::default().verify_password(password.as_bytes(), &*hash));
        Ok(verified.await?.is_ok())
    }

    fn decoy(&self) -> String {
        DECOY.clone()
    }
}

#[cfg(test)]
mod tests {
    use futures::future::join_all;
    use vertex_core::ErrorKind;

    use super::*;

    #[tokio::test]
    async fn a_hash_knows_its_password_and_no_other() {
        let passwords = Argon2Passwords::new(1);
        let hash = async |password: &str| passwords.hash(password.to_owned()).await.unwrap();
        let verify = async |password: &str, hash: &str| {
            passwords.verify(password.to_owned(), hash.to_owned()).await.unwrap()
        };
        let kept = hash("correct horse").await;
        assert!(kept.starts_with("$argon2id$"), "{kept}");
        assert_ne!(kept, hash("correct horse").await, "salted");
        assert!(verify("correct horse", &kept).await);
        assert!(!verify("battery staple", &kept).await);
        assert!(!verify("correct horse", "not a hash").await);
    }

    #[tokio::test]
    async fn only_so_many_wait_and_whoever_goes_away_makes_room() {
        let passwords = Argon2Passwords::new(1);
        let held = passwords.turns.clone().acquire_owned().await.unwrap();
        let verify = || passwords.verify("password".to_owned(), "not a hash".to_owned());
        let mut waiting = join_all((0..PLACES).map(|_| verify()));
        assert!(futures::poll!(&mut waiting).is_pending());
        assert_eq!(verify().await.unwrap_err().kind(), ErrorKind::Busy);
        drop(waiting);
        let mut waiting = join_all((0..PLACES).map(|_| verify()));
        assert!(futures::poll!(&mut waiting).is_pending());
        drop(held);
        assert!(waiting.await.iter().all(|answered| matches!(answered, Ok(false))));
    }

    #[tokio::test]
    async fn the_decoy_is_as_slow_as_a_new_hash_and_nobodys() {
        let passwords = Argon2Passwords::new(1);
        let shape = |hash: &str| {
            let parts: Vec<&str> = hash.split('$').collect();
            (parts[..4].join("$"), parts[4].len(), parts[5].len())
        };
        let decoy = passwords.decoy();
        let kept = passwords.hash("correct horse".to_owned()).await.unwrap();
        assert_eq!(shape(&decoy), shape(&kept));
        assert!(argon2::PasswordHash::new(&decoy).is_ok());
        assert!(!passwords.verify(String::new(), decoy).await.unwrap());
    }
}
