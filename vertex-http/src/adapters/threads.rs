//! Threads that compute, at a lower priority than those that answer requests.

use tokio::sync::oneshot;

/// How urgent a computation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// Somebody waits for it in a request.
    Check,
    /// It is part of a job.
    Job,
    /// Nobody waits for it.
    Background,
}

impl Priority {
    /// As [nice(2)](https://man7.org/linux/man-pages/man2/nice.2.html) has it: 0 is that of everything else.
    pub fn niceness(self) -> i32 {
        match self {
            Self::Check => 5,
            Self::Job => 10,
            Self::Background => 15,
        }
    }

    /// Gives it to the current thread, for good. One that cannot have it keeps the usual one.
    fn take(self) {
        #[cfg(target_os = "linux")]
        let _ = rustix::process::setpriority_process(None, self.niceness());
    }
}

/// Runs `work` with as many threads for its parallel parts as there are cores, or without where they cannot be had.
pub fn with_engine_threads(priority: Priority, work: Box<dyn FnOnce() + Send>) {
    let pool = rayon::ThreadPoolBuilder::new().start_handler(move |_| priority.take()).build();
    let this_one = || rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build();
    match pool.or_else(|_| this_one()) {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    }
}

/// Runs `work` on a thread of its own; `None` when it panicked or there are too many threads. The thread is not waited
/// for when the process ends.
pub async fn on_own_thread<T: Send + 'static>(
    priority: Priority,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (sender, receiver) = oneshot::channel();
    let run = move || {
        priority.take();
        // Whoever waited may have gone away.
        let _ = sender.send(work());
    };
    std::thread::Builder::new().name("compute".to_owned()).spawn(run).ok()?;
    receiver.await.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn only_the_thread_that_computes_is_slowed_down() {
        let niceness = || rustix::process::getpriority_process(None).unwrap();
        let before = niceness();
        let inside = on_own_thread(Priority::Job, niceness).await.unwrap();
        assert_eq!((inside, niceness()), (before.max(10), before));
    }

    #[tokio::test]
    async fn a_panic_leaves_nothing() {
        assert_eq!(on_own_thread(Priority::Job, || 7).await, Some(7));
        let panicked: Option<()> = on_own_thread(Priority::Job, || panic!("on purpose")).await;
        assert_eq!(panicked, None);
    }
}
