use std::process::ExitCode;

use super::{
    CommandResult, say,
    serve::{in_time, serve_metrics, stop_signal},
};
use crate::{
    background::{alerts, jobs},
    settings::Settings,
    telemetry::Telemetry,
    wiring::Installation,
};

/// Does jobs until it is told to stop.
pub async fn run(settings: Settings) -> CommandResult {
    let installation = Installation::open(&settings, settings.listen.port()).await?;
    let app = installation.app.clone();
    let telemetry = Telemetry::start(installation.database.clone(), None)?;
    let stop = stop_signal()?;
    let metrics = serve_metrics(&settings.web, app.clone(), telemetry, stop.clone()).await?;
    say(&format!("Vertex AR does jobs, {} at once\n", settings.workers));
    let ends = stop.clone();
    let checks = installation.checks.clone();
    let alerts = tokio::spawn(alerts::run(app.clone(), checks.clone(), stop.clone()));
    let ended = async {
        jobs::run(app, checks, settings.worker(), stop).await;
        alerts.await?;
        if let Some(metrics) = metrics {
            metrics.await?;
        }
        installation.close().await;
        Ok(ExitCode::SUCCESS)
    };
    in_time(ended, &ends).await
}
