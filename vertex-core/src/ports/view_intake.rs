use crate::{error::Result, view_session::ViewSession};

/// Takes view sessions in at once; they are recorded soon after, and before the service stops.
pub trait ViewIntake: Send + Sync {
    /// Takes a session in.
    ///
    /// # Errors
    /// `Unavailable` when too many wait to be recorded.
    fn submit(&self, session: ViewSession) -> Result<()>;
}
