//! What a worker does with one job. The loop around it, with its timers, is the adapter's.

use chrono::TimeDelta;

use super::{
    App, contents, email_confirmations, housekeeping, markers, notifications, storage_moves,
    uploads, video_copies, videos,
};
use crate::{
    domain::{
        error::{Error, Result, with_causes},
        job::{Job, Task, Turn, backoff},
        notification::Alert,
        paths::ObjectPath,
        tenant::TenantScope,
        video::VideoPart,
    },
    ports::Objects,
};

/// Takes the next job for `lease`.
pub async fn claim(app: &App, turn: Turn, holder: &str, lease: TimeDelta) -> Result<Option<Job>> {
    let now = app.now();
    app.queue.claim(turn, holder, now, now + lease).await
}

/// Puts back a job that its worker has to leave. Somebody else may do it at once.
pub async fn give_back(app: &App, job: &Job) -> Result<()> {
    app.queue.give_back(job).await?;
    app.job_queued();
    Ok(())
}

/// Keeps a job for another `lease`; `false` when somebody else has it by now.
pub async fn renew(app: &App, job: &Job, lease: TimeDelta) -> Result<bool> {
    app.queue.renew(job, app.now() + lease).await
}

/// Does the work of a job. Doing it again does no harm.
pub async fn perform(app: &App, job: &Job) -> Result<()> {
    let scope = TenantScope::of(job.company_id);
    match &job.task {
        Task::GenerateMarker { content_id, formats, usual_too } => {
            markers::generate(app, &scope, *content_id, *formats, *usual_too).await
        }
        Task::MeasureMarkers { content_id } => markers::measure(app, &scope, *content_id).await,
        Task::PreviewVideo { video_id } => videos::make_preview(app, &scope, *video_id).await,
        Task::ConvertVideo { video_id } => video_copies::make(app, &scope, *video_id).await,
        Task::FinishUpload { upload_id } => uploads::finish(app, &scope, *upload_id).await,
        Task::Deliver { delivery_id } => notifications::deliver(app, &scope, *delivery_id).await,
        Task::ConfirmEmail { confirmation_id } => {
            email_confirmations::deliver(app, *confirmation_id).await
        }
        Task::PurgeContent { content_id, deleted_at } => {
            contents::purge(app, &scope, *content_id, *deleted_at).await
        }
        Task::PurgeCompany { company_id, deleted_at, leaves_files } => {
            housekeeping::purge_company(app, &scope, *company_id, *deleted_at, *leaves_files).await
        }
        Task::MoveStorage { leaving } => {
            storage_moves::bring_along(app, &scope, job.company_id, *leaving).await
        }
        Task::EmptyStorage { left } => {
            storage_moves::empty(app, &scope, job.company_id, *left).await
        }
        Task::RemoveObjects { paths } => {
            let files = app.files.of(job.company_id);
            for path in paths.iter().filter_map(|path| ObjectPath::parse(path)) {
                files.delete(&path).await?;
            }
            Ok(())
        }
    }
}

/// What became of a job.
#[derive(Clone, Debug, PartialEq)]
pub enum Settled {
    /// It is done.
    Done,
    /// It failed and will be tried again after this time.
    Retry(TimeDelta),
    /// It could not be done here and now, which does not count as a try.
    Postponed(TimeDelta),
    /// It failed for good.
    GivenUp,
}

/// How long a job waits for what it could not be done without.
const POSTPONED: TimeDelta = TimeDelta::seconds(15);

/// Strikes a job off, puts it back, or gives it up, depending on what came of it.
///
/// A failure that time does not heal is given up at once.
pub async fn settle(app: &App, job: &Job, outcome: Result<()>) -> Result<Settled> {
    let now = app.now();
    let Err(error) = outcome else {
        app.queue.complete(job, now).await?;
        return Ok(Settled::Done);
    };
    let reason = describe(&error);
    if error.is_temporary() && !job.is_last_attempt() {
        note_problem(app, job, &reason).await?;
        let wait = backoff(job.attempt);
        app.queue.retry(job, now + wait, &reason).await?;
        return Ok(Settled::Retry(wait));
    }
    give_up(app, job, &reason).await?;
    Ok(Settled::GivenUp)
}

/// Puts a job back that could not be done for want of the operator's own disk, storage or database. However long they
/// are away, it is not given up for it.
pub async fn postpone(app: &App, job: &Job, error: &Error) -> Result<Settled> {
    app.queue.postpone(job, app.now() + POSTPONED, &describe(error)).await?;
    Ok(Settled::Postponed(POSTPONED))
}

/// Tells those who watch a job why a try of it failed.
async fn note_problem(app: &App, job: &Job, reason: &str) -> Result<()> {
    match job.task {
        Task::MoveStorage { leaving: place } | Task::EmptyStorage { left: place } => {
            let scope = TenantScope::of(job.company_id);
            storage_moves::note_problem(app, &scope, job.company_id, place, reason).await
        }
        _ => Ok(()),
    }
}

/// Gives a job up and tells those who wait for it.
pub async fn give_up(app: &App, job: &Job, reason: &str) -> Result<()> {
    note_problem(app, job, reason).await?;
    let scope = TenantScope::of(job.company_id);
    match &job.task {
        Task::GenerateMarker { content_id, .. } => {
            markers::give_up(app, &scope, *content_id, reason).await?;
        }
        Task::Deliver { delivery_id } => {
            notifications::give_up(app, &scope, *delivery_id, reason).await?;
        }
        Task::FinishUpload { upload_id } => {
            uploads::give_up(app, &scope, *upload_id, reason).await?;
        }
        Task::PurgeCompany { .. } => notifications::alert(app, Alert::RemovalGivenUp).await?,
        Task::PreviewVideo { video_id } => {
            videos::give_up(app, &scope, *video_id, VideoPart::Preview, reason).await?;
        }
        Task::ConvertVideo { video_id } => {
            videos::give_up(app, &scope, *video_id, VideoPart::Copies, reason).await?;
        }
        Task::MoveStorage { .. }
        | Task::EmptyStorage { .. }
        | Task::ConfirmEmail { .. }
        | Task::MeasureMarkers { .. }
        | Task::PurgeContent { .. }
        | Task::RemoveObjects { .. } => {}
    }
    app.queue.give_up(job, app.now(), reason).await.map(drop)
}

fn describe(error: &Error) -> String {
    if let Error::Invalid(fields) = error {
        let messages: Vec<&str> = fields.iter().map(|field| field.message.as_str()).collect();
        return messages.join("; ");
    }
    with_causes(error)
}
