use async_trait::async_trait;
use futures::channel::oneshot;

use crate::error::{Error, Result};

/// Where heavy pure computation runs. The adapter owns the threads and says how many.
#[async_trait]
pub trait Compute: Send + Sync {
    /// Runs `task` to its end on a thread that may be blocked.
    async fn run(&self, task: Box<dyn FnOnce() + Send>);
}

/// The convenient face of [`Compute`].
#[async_trait]
pub trait ComputeExt {
    /// Runs `work` on the pool and gives its value.
    ///
    /// # Errors
    /// `Internal` when it panicked.
    async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T>;
}

#[async_trait]
impl ComputeExt for dyn Compute {
    async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let (sender, receiver) = oneshot::channel();
        self.run(Box::new(move || {
            // A caller that went away does not need the value.
            let _ = sender.send(work());
        }))
        .await;
        receiver.await.map_err(|gone| Error::internal("a computation did not finish", gone))
    }
}
