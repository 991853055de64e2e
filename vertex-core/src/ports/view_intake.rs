use async_trait::async_trait;

use crate::domain::{error::Result, view_session::ViewSession};

/// Takes view sessions in; they are recorded soon after.
#[async_trait]
pub trait ViewIntake: Send + Sync {
    /// Takes a session in. Once this has returned, the session survives `kill -9`.
    ///
    /// # Errors
    /// `Unavailable` when too many wait to be recorded, or it cannot be kept.
    async fn submit(&self, session: ViewSession) -> Result<()>;

    /// How many sessions wait to be recorded.
    fn waiting(&self) -> usize;
}
