use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::Semaphore;
use vertex_core::ports::Compute;

use super::threads::{Priority, on_own_thread, with_engine_threads};

/// Threads that compute, of which there are only so many at once. Each computation has threads of the engine of its own, so
/// that the system shares the cores out among them and a short one does not wait for the parts of a long one.
#[derive(Clone, Debug)]
pub struct ComputePool {
    permits: Arc<Semaphore>,
    priority: Priority,
}

impl ComputePool {
    /// A pool that computes `threads` things at once.
    pub fn new(threads: usize, priority: Priority) -> Self {
        Self { permits: Arc::new(Semaphore::new(threads)), priority }
    }
}

#[async_trait]
impl Compute for ComputePool {
    async fn run(&self, task: Box<dyn FnOnce() + Send>) {
        // The semaphore is never closed, so there is always a permit in the end.
        let permit = self.permits.clone().acquire_owned().await;
        let priority = self.priority;
        let task = move || {
            with_engine_threads(priority, task);
            drop(permit);
        };
        // A panic shows in the value that never comes.
        let _ = on_own_thread(self.priority, task).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use vertex_core::{ErrorKind, Result, ports::ComputeExt};
    use vertex_markers::Cancellation;

    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_error_and_gives_its_place_back() {
        let pool: &dyn Compute = &ComputePool::new(1, Priority::Job);
        let panicked = pool.compute(|_| panic!("on purpose")).await;
        let panicked: Result<(), _> = panicked;
        assert_eq!(panicked.unwrap_err().kind(), ErrorKind::Internal);
        assert_eq!(pool.compute(|_| 7).await.unwrap(), 7);
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_is_cancelled() {
        let pool = ComputePool::new(1, Priority::Job);
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let (ended, has_ended) = tokio::sync::oneshot::channel();
        let work = move |stop: Cancellation| {
            begun.send(()).unwrap();
            while !stop.is_cancelled() {
                std::thread::yield_now();
            }
            ended.send(()).unwrap();
        };
        let computed = {
            let pool = pool.clone();
            tokio::spawn(async move {
                let pool: &dyn Compute = &pool;
                pool.compute(work).await
            })
        };
        has_begun.await.unwrap();
        computed.abort();
        has_ended.await.unwrap();
        let pool: &dyn Compute = &pool;
        assert_eq!(pool.compute(|_| 7).await.unwrap(), 7, "its thread is free again");
    }

    #[tokio::test]
    async fn only_so_many_compute_at_once() {
        let pool = ComputePool::new(2, Priority::Job);
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let tasks = (0..8).map(|_| {
            let (pool, running, most) = (pool.clone(), running.clone(), most.clone());
            async move {
                let pool: &dyn Compute = &pool;
                let work = move |_| {
                    most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    std::thread::yield_now();
                    running.fetch_sub(1, Ordering::SeqCst);
                };
                pool.compute(work).await.unwrap();
            }
        });
        futures::future::join_all(tasks).await;
        assert!((1..=2).contains(&most.load(Ordering::SeqCst)));
    }
}
