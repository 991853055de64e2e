//! The loop that does the jobs.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use futures::StreamExt;
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use vertex_core::{
    Error,
    job::Job,
    ports::Event,
    usecases::{
        App,
        jobs::{self, Settled},
    },
};

use crate::telemetry;

/// How often the queue is looked at when nobody says that a job waits.
const POLL: Duration = Duration::from_secs(1);

/// Does jobs, `count` at once, until `stop`. What was begun by then is finished.
pub async fn run(app: App, count: usize, lease: TimeDelta, stop: CancellationToken) {
    let workers = (0..count).map(|number| {
        // The name of an incarnation, not of a machine: a restarted worker is another one.
        let holder = format!("{}-{number}-{}", std::process::id(), app.clock.uuid().simple());
        tokio::spawn(work(app.clone(), holder, lease, stop.clone()))
    });
    futures::future::join_all(workers).await;
}

async fn work(app: App, holder: String, lease: TimeDelta, stop: CancellationToken) {
    let mut news = app.events.subscribe();
    while !stop.is_cancelled() {
        match jobs::claim(&app, &holder, lease).await {
            Ok(Some(job)) => {
                let span = tracing::info_span!("job", id = %job.id, attempt = job.attempt);
                serve(&app, job, lease).instrument(span).await;
                continue;
            }
            Ok(None) => {}
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the queue does not answer"
                );
            }
        }
        let job_queued = async {
            while let Some(event) = news.next().await {
                if event == Event::JobQueued {
                    return;
                }
            }
            std::future::pending().await
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = job_queued => {}
            () = sleep(POLL) => {}
        }
    }
}

async fn serve(app: &App, job: Job, lease: TimeDelta) {
    if job.is_exhausted() {
        let reason = "its worker died on every attempt";
        tracing::error!(reason, "gives up");
        log(jobs::give_up(app, &job, reason).await);
        return;
    }
    let begun = Instant::now();
    let outcome = perform(app, &job, lease).await;
    telemetry::job(job.task.kind(), begun.elapsed());
    let Some(outcome) = outcome else {
        tracing::warn!("somebody else has taken this job over");
        return;
    };
    if let Err(error) = &outcome {
        tracing::warn!(error = error as &dyn std::error::Error, "attempt failed");
    }
    match jobs::settle(app, &job, outcome).await {
        Ok(Settled::Done) => tracing::info!("done"),
        Ok(Settled::Retry(wait)) => {
            tracing::info!(seconds = wait.num_seconds(), "will be tried again")
        }
        Ok(Settled::GivenUp) => tracing::error!("given up"),
        // The lease ends and somebody does it again: jobs are idempotent.
        Err(error) => log(Err(error)),
    }
}

/// Does a job while keeping its lease; `None` when the lease was lost. A panic is a failure like others.
async fn perform(app: &App, job: &Job, lease: TimeDelta) -> Option<vertex_core::Result<()>> {
    let task = {
        let (app, job) = (app.clone(), job.clone());
        async move { jobs::perform(&app, &job).await }.in_current_span()
    };
    let mut task = tokio::spawn(task);
    let third = (lease / 3).to_std().unwrap_or(POLL).max(Duration::from_millis(100));
    let mut heartbeat = interval(third);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    heartbeat.tick().await;
    loop {
        tokio::select! {
            done = &mut task => {
                return Some(done.unwrap_or_else(|error| Err(Error::internal("the job panicked", error))));
            }
            _ = heartbeat.tick() => {
                if let Ok(false) = jobs::renew(app, job, lease).await {
                    task.abort();
                    return None;
                }
            }
        }
    }
}

fn log(result: vertex_core::Result<()>) {
    if let Err(error) = result {
        tracing::error!(error = &error as &dyn std::error::Error, "the queue does not answer");
    }
}
