//! Guarding passwords: every place that looks at one begins an attempt first.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use chrono::{DateTime, Utc};
use futures::lock::OwnedMutexGuard;

use super::App;
use crate::{
    domain::{
        error::{Error, Result},
        mac::Purpose,
        tenant::Actor,
        throttle::network,
        user::User,
    },
    ports::{Admission, FailedSignIn, SecurityEvent, SignInKey},
};

/// Entries that are kept until those nobody waits for any more are thrown out.
const KEPT: usize = 256;

/// Sees to it that one password of a name from one network is looked at at a time in this process. Many right ones at
/// once would otherwise be counted as failures that are under way.
#[derive(Debug, Default)]
pub struct SignInTurns(Mutex<HashMap<SignInKey, Weak<futures::lock::Mutex<()>>>>);

impl SignInTurns {
    async fn take(&self, key: SignInKey) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if turns.len() >= KEPT {
                turns.retain(|_, turn| turn.strong_count() > 0);
            }
            let known = turns.get(&key).and_then(Weak::upgrade);
            let turn = known.unwrap_or_default();
            turns.insert(key, Arc::downgrade(&turn));
            turn
        };
        turn.lock_owned().await
    }
}

/// A password that is about to be looked at. It counts as wrong until it is said to be right.
pub(super) struct Attempt<'a> {
    app: &'a App,
    key: SignInKey,
    address: Option<IpAddr>,
    blocked_until: Option<DateTime<Utc>>,
    at: DateTime<Utc>,
    _turn: OwnedMutexGuard<()>,
}

impl<'a> Attempt<'a> {
    /// Begins one for a name, whether anybody has it or not.
    ///
    /// # Errors
    /// `TooManyFailures` when it has to wait.
    pub(super) async fn begin(app: &'a App, name: &str, address: Option<IpAddr>) -> Result<Self> {
        let key = SignInKey {
            name: name_key(app, name),
            network: app.mac.code(
                Purpose::SignInNetwork,
                &[name.trim().to_lowercase().as_bytes(), &network(address)],
            ),
        };
        let _turn = app.sign_in_turns.take(key).await;
        let at = app.now();
        match app.records.admit_sign_in(&key, at).await? {
            Admission::Admitted(blocked_until) => {
                Ok(Self { app, key, address, blocked_until, at, _turn })
            }
            Admission::Refused(until) => {
                app.security.note(&SecurityEvent::SignInRefused { address, until });
                Err(Error::TooManyFailures { wait: until - at })
            }
        }
    }

    /// Whether the password made this hash. One that could not be looked at does not count.
    pub(super) async fn verify(&self, password: String, hash: String) -> Result<bool> {
        let verified = self.app.passwords.verify(password, hash).await;
        if verified.is_err() {
            self.app.records.withdraw_sign_in(&self.key).await?;
        }
        verified
    }

    /// The password was that of `user`.
    pub(super) async fn succeed(self, user: &User) -> Result<()> {
        self.app.records.note_right_password(&self.key, user.id, self.at).await
    }

    /// The password was wrong, or nobody has the name.
    pub(super) async fn fail(self, user: Option<&User>) -> Result<()> {
        let Self { app, key, address, blocked_until, at, .. } = self;
        let username = user.map(|user| &user.username);
        app.security.note(&SecurityEvent::SignInFailed { username, address, blocked_until });
        let actor = user.map(|user| Actor { user: user.id, address, at });
        app.records.note_failed_sign_in(&FailedSignIn { key, actor, blocked_until, at }).await
    }
}

/// Forgets what failed for a name.
pub(super) async fn forgive(app: &App, name: &str) -> Result<()> {
    app.records.forgive_sign_ins(&name_key(app, name)).await
}

fn name_key(app: &App, name: &str) -> [u8; 32] {
    app.mac.code(Purpose::SignInName, &[name.trim().to_lowercase().as_bytes()])
}
