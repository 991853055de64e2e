//! The loop that does the jobs.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use futures::StreamExt;
use tokio::{
    task::JoinHandle,
    time::{MissedTickBehavior, interval, sleep},
};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use vertex_core::{
    Error,
    error::with_causes,
    job::{Job, Lane, TimeLimits, Turn},
    ports::Event,
    usecases::{
        App,
        jobs::{self, Settled},
    },
};

use crate::{checks::Checks, telemetry};

/// How often the queue is looked at when nobody says that a job waits.
const POLL: Duration = Duration::from_secs(1);

/// How long a job that is stopped may take to let go of what it holds.
const LETTING_GO: Duration = Duration::from_secs(1);

/// Jobs done at once that nobody waits for.
pub const BACKGROUND_JOBS: usize = 1;

/// How jobs are done.
#[derive(Clone, Copy, Debug)]
pub struct WorkerSettings {
    /// Short jobs done at once.
    pub short: usize,
    /// Long jobs done at once, besides.
    pub long: usize,
    /// Jobs of one company done at once in a lane; what leaves room for others when there is no number.
    pub per_company: Option<u32>,
    /// After how long a dead worker's job goes to another.
    pub lease: TimeDelta,
    /// How long a try may take.
    pub limits: TimeLimits,
}

impl WorkerSettings {
    fn at_once(&self, lane: Lane) -> usize {
        match lane {
            Lane::Short => self.short,
            Lane::Long => self.long,
            Lane::Background => BACKGROUND_JOBS,
        }
    }

    /// What the workers of a lane claim. By default one of them is left to other companies.
    fn turn(&self, lane: Lane, workers: usize) -> Turn {
        let others = u32::try_from(workers).unwrap_or(u32::MAX).saturating_sub(1).max(1);
        Turn { lane: Some(lane), per_company: Some(self.per_company.unwrap_or(others)) }
    }
}

/// Does jobs until `stop`. What was begun by then is put back at once, for others to do.
pub async fn run(app: App, checks: Checks, settings: WorkerSettings, stop: CancellationToken) {
    let lanes = Lane::ALL.map(|lane| (lane, settings.at_once(lane)));
    let workers = lanes.into_iter().flat_map(|(lane, count)| {
        let turn = settings.turn(lane, count);
        (0..count).map(move |number| (turn, format!("{}-{number}", lane.as_str())))
    });
    let workers = workers.map(|(turn, name)| {
        // The name of an incarnation, not of a machine: a restarted worker is another one.
        let holder = format!("{}-{name}-{}", std::process::id(), app.clock.uuid().simple());
        let (app, checks, stop) = (app.clone(), checks.clone(), stop.clone());
        let worker = Worker { app, checks, settings, turn, holder, stop };
        tokio::spawn(worker.work())
    });
    let workers: Vec<_> = workers.collect();
    futures::future::join_all(workers).await;
}

struct Worker {
    app: App,
    checks: Checks,
    settings: WorkerSettings,
    turn: Turn,
    holder: String,
    stop: CancellationToken,
}

/// How one try of a job ended.
enum Ended {
    /// By itself, or because its time was over.
    With(vertex_core::Result<()>),
    /// Somebody else has it by now.
    Lost,
    /// The process ends.
    Stopped,
}

impl Worker {
    async fn work(self) {
        let Self { app, settings, turn, holder, stop, .. } = &self;
        let mut news = app.events.subscribe();
        while !stop.is_cancelled() {
            match jobs::claim(app, *turn, holder, settings.lease).await {
                Ok(Some(job)) => {
                    let span = tracing::info_span!("job", id = %job.id, attempt = job.attempt);
                    self.serve(job).instrument(span).await;
                    continue;
                }
                Ok(None) => {}
                Err(error) => {
                    tracing::error!(error = with_causes(&error), "the queue does not answer");
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

    async fn serve(&self, job: Job) {
        let app = &self.app;
        if job.is_exhausted() {
            let reason = "its worker died on every attempt";
            tracing::error!(reason, "gives up");
            log(jobs::give_up(app, &job, reason).await);
            return;
        }
        let begun = Instant::now();
        let ended = self.perform(&job).await;
        telemetry::job(job.task.kind(), begun.elapsed());
        let outcome = match ended {
            Ended::With(outcome) => outcome,
            Ended::Lost => {
                tracing::warn!("somebody else has taken this job over");
                return;
            }
            Ended::Stopped => {
                tracing::info!("put back: the process ends");
                log(jobs::give_back(app, &job).await);
                return;
            }
        };
        if let Err(error) = &outcome {
            tracing::warn!(error = with_causes(error), "attempt failed");
        }
        let settled = match &outcome {
            Err(error) if self.checks.are_to_blame_for(error).await => {
                jobs::postpone(app, &job, error).await
            }
            _ => jobs::settle(app, &job, outcome).await,
        };
        match settled {
            Ok(Settled::Done) => tracing::info!("done"),
            Ok(Settled::Retry(wait)) => {
                tracing::info!(seconds = wait.num_seconds(), "will be tried again")
            }
            Ok(Settled::Postponed(wait)) => {
                tracing::info!(seconds = wait.num_seconds(), "will be done when it can be")
            }
            Ok(Settled::GivenUp) => tracing::error!("given up"),
            // The lease ends and somebody does it again: jobs are idempotent.
            Err(error) => log(Err(error)),
        }
    }

    /// Does a job while keeping its lease, for as long as it may take. A panic is a failure like others.
    async fn perform(&self, job: &Job) -> Ended {
        let (app, lease) = (&self.app, self.settings.lease);
        let limit = job.task.time_limit(&self.settings.limits);
        let over = sleep(limit.to_std().unwrap_or_default());
        tokio::pin!(over);
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
                    let panicked = |error| Err(Error::internal("the job panicked", error));
                    return Ended::With(done.unwrap_or_else(panicked));
                }
                () = self.stop.cancelled() => {
                    let_go(task).await;
                    return Ended::Stopped;
                }
                () = &mut over => {
                    let_go(task).await;
                    return Ended::With(Err(Error::TimedOut { seconds: limit.num_seconds() }));
                }
                _ = heartbeat.tick() => {
                    if let Ok(false) = jobs::renew(app, job, lease).await {
                        let_go(task).await;
                        return Ended::Lost;
                    }
                }
            }
        }
    }
}

/// Stops the task of a job: what it waits for is dropped, what it computes is cancelled, and its programs are killed.
async fn let_go(task: JoinHandle<vertex_core::Result<()>>) {
    task.abort();
    if tokio::time::timeout(LETTING_GO, task).await.is_err() {
        tracing::warn!("a job does not let go");
    }
}

fn log(result: vertex_core::Result<()>) {
    if let Err(error) = result {
        tracing::error!(error = with_causes(&error), "the queue does not answer");
    }
}
