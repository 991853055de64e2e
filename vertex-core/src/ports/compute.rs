use async_trait::async_trait;
use futures::channel::oneshot;
use vertex_markers::Cancellation;

use crate::domain::error::{Error, Result};

/// Where heavy pure computation runs. The adapter owns the threads and says how many.
#[async_trait]
pub trait Compute: Send + Sync {
    /// Runs `task` to its end on a thread that may be blocked.
    async fn run(&self, task: Box<dyn FnOnce() + Send>);
}

/// The convenient face of [`Compute`].
#[async_trait]
pub trait ComputeExt {
    /// Runs `work` on the pool and gives its value. The work is cancelled when this future is dropped.
    ///
    /// # Errors
    /// `Internal` when it panicked.
    async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce(Cancellation) -> T + Send + 'static,
    ) -> Result<T>;
}

#[async_trait]
impl ComputeExt for dyn Compute {
    async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce(Cancellation) -> T + Send + 'static,
    ) -> Result<T> {
        let (sender, receiver) = oneshot::channel();
        let on_drop = CancelOnDrop::default();
        let cancellation = on_drop.0.clone();
        self.run(Box::new(move || {
            if !cancellation.is_cancelled() {
                // A caller that went away does not need the value.
                let _ = sender.send(work(cancellation));
            }
        }))
        .await;
        receiver.await.map_err(|gone| Error::internal("a computation did not finish", gone))
    }
}

/// Raises its flag when nobody waits any more.
#[derive(Default)]
pub struct CancelOnDrop(pub Cancellation);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}
