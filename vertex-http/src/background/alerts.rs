//! What has to be looked at from time to time: days that pass, consents that end, and whether the installation
//! is well.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use vertex_core::{
    Result,
    error::with_causes,
    notification::Alert,
    ports::Disk,
    usecases::{
        App, disk_consents,
        notifications::{alert, pass_days},
        operator::totals,
    },
};

use crate::checks::Checks;

/// How often it is looked whether a day has passed somewhere: midnight comes at another hour in every
/// timezone.
const DAYS: Duration = Duration::from_secs(15 * 60);
/// How often it is looked whether the consents of owners of disks still hold.
const CONSENTS: Duration = Duration::from_secs(15);
/// How often the installation is looked at.
const HEALTH: Duration = Duration::from_secs(60);
/// Jobs that are due and wait before somebody is told.
const LONG_QUEUE: u64 = 100;

/// Looks until `stop`. Several processes may: what they do is done once.
pub async fn run(app: App, checks: Checks, stop: CancellationToken) {
    let mut days = interval(DAYS);
    let mut health = interval(HEALTH);
    let mut consents = interval(CONSENTS);
    days.set_missed_tick_behavior(MissedTickBehavior::Delay);
    consents.set_missed_tick_behavior(MissedTickBehavior::Delay);
    health.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut health_seen = Health::default();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = days.tick() => log(pass_days(&app).await),
            _ = consents.tick() => log(disk_consents::look_after(&app).await),
            _ = health.tick() => log(health_seen.look(&app, &checks).await),
        }
    }
}

/// What was wrong when it was last looked at. Somebody is told when it begins, not as long as it lasts.
#[derive(Debug, Default)]
struct Health {
    storage_down: bool,
    disk_low: bool,
    queue_long: bool,
    dead_letters: Option<u64>,
}

impl Health {
    async fn look(&mut self, app: &App, checks: &Checks) -> Result<()> {
        let totals = totals(app).await?;
        let storage_down = checks.storage().await.is_err();
        let disk_low = app.disks.disks().await?.iter().any(Disk::is_low);
        let queue_long = totals.jobs_due > LONG_QUEUE;
        let more_dead = self.dead_letters.is_some_and(|before| totals.dead_letters > before);
        let begun = [
            (storage_down && !self.storage_down, Alert::StorageDown),
            (disk_low && !self.disk_low, Alert::DiskLow),
            (queue_long && !self.queue_long, Alert::QueueLong),
            (more_dead, Alert::DeadLetters),
        ];
        for (has_begun, what) in begun {
            if has_begun {
                alert(app, what).await?;
            }
        }
        let dead_letters = Some(totals.dead_letters);
        *self = Self { storage_down, disk_low, queue_long, dead_letters };
        Ok(())
    }
}

fn log(result: Result<()>) {
    if let Err(error) = result {
        tracing::error!(error = with_causes(&error), "the daily look failed");
    }
}
