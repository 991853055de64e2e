//! What is found out about a request while it is served, for those around the handler: limits, caching, the log.

use std::sync::{
    Arc, Mutex, OnceLock, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use poem::{Endpoint, Request, Response, Result};
use vertex_core::{
    ids::{CompanyId, UserId},
    user::User,
};

use super::Next;
use crate::adapters::rate_limits::{Verdict, tightest};

/// The facts of one request, in its data. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Facts(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    caller: OnceLock<(UserId, CompanyId)>,
    is_private: AtomicBool,
    verdict: Mutex<Option<Verdict>>,
}

/// Begins the facts of a request.
pub async fn begin(next: Next, mut request: Request) -> Result<Response> {
    request.set_data(Facts::default());
    next.call(request).await
}

impl Facts {
    /// Those of a request; nobody reads them where none were begun.
    pub fn of(request: &Request) -> Self {
        request.data::<Self>().cloned().unwrap_or_default()
    }

    /// The answer is for the caller alone, or for nobody.
    pub fn is_private(&self) -> bool {
        self.0.is_private.load(Ordering::Relaxed)
    }

    /// Notes that it is asked who sends the request.
    pub fn note_private(&self) {
        self.0.is_private.store(true, Ordering::Relaxed);
    }

    /// Who sends the request, once that was found out.
    pub fn caller(&self) -> Option<(UserId, CompanyId)> {
        self.0.caller.get().copied()
    }

    /// Notes who sends the request.
    pub fn note_caller(&self, user: &User) {
        // A request has one sender, however often it is asked.
        let _ = self.0.caller.set((user.id, user.company_id));
    }

    /// The limit that is nearest.
    pub fn verdict(&self) -> Option<Verdict> {
        *self.lock()
    }

    /// Notes a limit, and gives the verdict when the request is over it.
    pub fn note_verdict(&self, verdict: Option<Verdict>) -> Option<Verdict> {
        let mut nearest = self.lock();
        *nearest = tightest(*nearest, verdict);
        verdict.filter(|verdict| verdict.wait.is_some())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Verdict>> {
        self.0.verdict.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
