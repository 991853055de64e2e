//! Where the work is done: on threads beside the interpreter, which neither forks nor interrupts confuse.

use std::mem;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::errors::{Failure, Raised, invalid};

/// How long a signal such as Ctrl-C may wait to be noticed.
const PATIENCE: Duration = Duration::from_millis(50);

/// Tells the work that nobody waits for it any more.
#[derive(Clone, Default)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Ends the work if it was interrupted.
    pub(crate) fn check(&self) -> Raised<()> {
        if self.0.load(Ordering::Relaxed) { Err(Failure::Lost) } else { Ok(()) }
    }

    fn raise(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Does `work` on a pool of so many threads, or on the one all calls share, while other Python threads run.
///
/// The calling thread looks for signals meanwhile: when one raises an exception, it leaves at once and the work
/// ends at its next check.
pub(crate) fn run<T: Send + 'static>(
    py: Python<'_>,
    threads: Option<usize>,
    work: impl FnOnce(&Interrupt) -> Raised<T> + Send + 'static,
) -> Raised<T> {
    let pool = match threads {
        Some(count) => Arc::new(pool_of(count)?),
        None => shared_pool(py)?,
    };
    let interrupt = Interrupt::default();
    let (sender, receiver) = mpsc::sync_channel(1);
    let interrupted = interrupt.clone();
    pool.spawn(move || {
        // Nobody may be there to take it after an interrupt.
        let _ = sender.send(work(&interrupted));
    });
    py.detach(move || {
        loop {
            match receiver.recv_timeout(PATIENCE) {
                Ok(result) => return result,
                Err(RecvTimeoutError::Disconnected) => return Err(Failure::Lost),
                Err(RecvTimeoutError::Timeout) => {
                    Python::attach(|py| py.check_signals()).inspect_err(|_| interrupt.raise())?
                }
            }
        }
    })
}

fn pool_of(threads: usize) -> Raised<ThreadPool> {
    // A panic has been told on standard error and loses the result; it need not end the process.
    let builder = ThreadPoolBuilder::new().num_threads(threads).panic_handler(|_| ());
    builder.build().or_else(|error| invalid("threads", error.to_string()))
}

/// A pool with the process whose threads it has.
struct Shared {
    process: u32,
    pool: Arc<ThreadPool>,
}

/// Locked only while the interpreter's lock is held, so that no fork of Python's can find it locked.
static SHARED: Mutex<Option<Shared>> = Mutex::new(None);

/// Chosen by rayon: as many threads as there are processors, or as `RAYON_NUM_THREADS` says.
const ALL_PROCESSORS: usize = 0;

/// The pool of this process. A process that was forked has none of its parent's threads and gets a pool of its own.
fn shared_pool(_py: Python<'_>) -> Raised<Arc<ThreadPool>> {
    let process = process::id();
    let mut slot = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(shared) = slot.as_ref().filter(|shared| shared.process == process) {
        return Ok(Arc::clone(&shared.pool));
    }
    let pool = Arc::new(pool_of(ALL_PROCESSORS)?);
    let parents = slot.replace(Shared { process, pool: Arc::clone(&pool) });
    // Dropping it would take locks that threads of the parent may have held when it forked.
    mem::forget(parents);
    Ok(pool)
}
