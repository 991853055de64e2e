use std::{io, process::ExitCode, time::Duration};

use secrecy::ExposeSecret;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;
use vertex_core::{
    error::with_causes,
    password::draw,
    ports::Clock,
    usecases::{App, operator::first_start},
    user::User,
};

use super::{CommandResult, say};
use crate::{
    adapters::SystemClock,
    background::{alerts, chats, jobs, retention, start_checks},
    middleware::{endpoint, metrics},
    server::{self, raise_descriptors},
    settings::{Settings, WebSettings},
    telemetry::Telemetry,
    wiring::{self, Installation},
};

/// How long open requests may take once the service is told to stop.
const GRACE: Duration = Duration::from_secs(6);

/// How long everything may take from the signal on. Supervisors kill after ten seconds.
const END: Duration = Duration::from_secs(9);

/// Serves until it is told to stop.
pub async fn run(settings: Settings) -> CommandResult {
    let room = raise_descriptors();
    let addresses = settings.listen.clone();
    let listener = TcpListener::bind(addresses.all())
        .await
        .map_err(|error| format!("cannot listen on {addresses} (VERTEX_LISTEN): {error}"))?;
    let port = listener.local_addr().map_or(addresses.port(), |address| address.port());
    let installation = Installation::open(&settings, port).await?;
    let app = installation.app.clone();

    let password =
        settings.admin_password.as_ref().map(|password| password.expose_secret().to_owned());
    let password = password.unwrap_or_else(|| draw(|bytes| SystemClock.fill_random(bytes)));
    let first_user = first_start(&app, password.clone()).await.map_err(|error| {
        let bad = error.bad_fields().into_iter().find(|bad| bad.field == "password");
        bad.map_or_else(
            || with_causes(&error),
            |bad| format!("VERTEX_ADMIN_PASSWORD {}", bad.message),
        )
    })?;

    let limits = wiring::limits(&settings.web).await?;
    let telemetry = Telemetry::start(installation.database.clone(), Some(limits.clone()))?;
    let unfinished = settings.data_dir.join("uploads");
    let checks = installation.checks.clone();
    let health = checks.clone();
    let service =
        endpoint(app.clone(), health, &settings.web, limits, telemetry.clone(), &unfinished);
    let stop = stop_signal()?;
    let metrics = serve_metrics(&settings.web, app.clone(), telemetry, stop.clone()).await?;
    let worker = jobs::run(app.clone(), checks.clone(), settings.worker(), stop.clone());
    let worker = tokio::spawn(worker);
    let alerts = tokio::spawn(alerts::run(app.clone(), checks, stop.clone()));
    let chats = tokio::spawn(chats::run(app.clone(), stop.clone()));
    let start_checks = tokio::spawn(start_checks::run(settings.clone(), app.files.clone()));
    let retention = tokio::spawn(retention::run(app.clone(), stop.clone()));
    greet(&app.policy.base_url, first_user, settings.admin_password.is_none().then_some(&password));
    let mut connections = settings.web.edge.connections;
    connections.all = connections.all.min(room);
    let proxies = settings.web.proxies.clone();
    let ended = async {
        server::serve(listener, service, connections, proxies, stop.clone(), GRACE).await;
        start_checks.abort();
        worker.await?;
        alerts.await?;
        chats.await?;
        retention.await?;
        if let Some(metrics) = metrics {
            metrics.await?;
        }
        installation.close().await;
        Ok(ExitCode::SUCCESS)
    };
    in_time(ended, &stop).await
}

/// Waits for the end of a process, which comes in time after `stop` whatever still hangs: what that leaves behind is what
/// a `kill -9` leaves.
pub(super) async fn in_time(
    ended: impl Future<Output = CommandResult>,
    stop: &CancellationToken,
) -> CommandResult {
    let late = async {
        stop.cancelled().await;
        tokio::time::sleep(END).await;
    };
    tokio::select! {
        ended = ended => ended,
        () = late => {
            tracing::error!("ends before everything has let go");
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Says where the service is and, on the first start, how to sign in.
fn greet(address: &str, first_user: Option<User>, drawn_password: Option<&String>) {
    let mut lines = format!("Vertex AR is listening on {address}\n");
    if let Some(user) = first_user {
        let password = match drawn_password {
            Some(password) => format!("password {password} (shown only this once)"),
            None => "the password in VERTEX_ADMIN_PASSWORD".to_owned(),
        };
        lines += &format!("First sign-in: username {}, {password}\n", user.username);
    }
    say(&lines);
}

/// Serves the metrics at an address of their own, where the operator wants that.
pub(super) async fn serve_metrics(
    web: &WebSettings,
    app: App,
    telemetry: Telemetry,
    stop: CancellationToken,
) -> Result<Option<JoinHandle<()>>, String> {
    let Some(addresses) = &web.metrics_listen else { return Ok(None) };
    let (address, served) = metrics::listen(addresses, web, app, telemetry, stop).await?;
    say(&format!("Metrics are at http://{address}/metrics\n"));
    Ok(Some(served))
}

/// Cancelled by the first SIGTERM or SIGINT.
pub(super) fn stop_signal() -> io::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stopped = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stops: requests are finished, jobs are put back");
        stopped.cancel();
    });
    Ok(stop)
}
