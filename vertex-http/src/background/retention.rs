//! Removing what nobody needs any more, once an hour.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use vertex_core::{
    error::with_causes,
    usecases::{App, housekeeping},
};

const EVERY: Duration = Duration::from_secs(3600);

/// Prunes spent rows until `stop`. Several processes may: each removes what the others have left.
pub async fn run(app: App, stop: CancellationToken) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => match housekeeping::prune(&app).await {
                Ok(0) => {}
                Ok(rows) => tracing::info!(rows, "pruned spent rows"),
                Err(error) => {
                    tracing::error!(error = with_causes(&error), "could not prune");
                }
            },
        }
    }
}
