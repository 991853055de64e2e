//! Figures for Prometheus, by the names operators know from the platform's documents.

use std::{
    fs,
    hash::{BuildHasher, Hash, RandomState},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use moka::sync::Cache;
use vertex_core::{Error, Result, usecases::App};
use vertex_storage::Database;

use crate::limits::Limits;

/// How long after a viewer asked what plays it counts as viewing.
const VIEWING: Duration = Duration::from_secs(300);
/// Viewers that are told apart at most.
const VIEWERS: u64 = 100_000;
/// How often durations are put into their buckets. Until then each is kept for itself, also where nobody reads the
/// figures.
const FOLDING: Duration = Duration::from_secs(1);
/// Upper ends of the buckets of durations, in seconds.
const BUCKETS: [f64; 12] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];
/// Clock ticks of a second in `/proc`, the same on every Linux.
const TICKS: f64 = 100.0;

/// What is measured of one process.
#[derive(Clone)]
pub struct Telemetry {
    exporter: PrometheusHandle,
    viewers: Cache<u64, ()>,
    hasher: RandomState,
    processor: Arc<Mutex<(Instant, f64)>>,
    database: Database,
    limits: Limits,
}

impl Telemetry {
    /// Begins to measure, for as long as the runtime lives.
    ///
    /// # Errors
    /// `Internal` when something measures already.
    pub fn start(database: Database, limits: Limits) -> Result<Self> {
        let fault = |error| Error::internal("setting metrics up", error);
        let exporter = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS)
            .and_then(PrometheusBuilder::install_recorder)
            .map_err(fault)?;
        tokio::spawn(fold(exporter.clone()));
        Ok(Self {
            exporter,
            viewers: Cache::builder().max_capacity(VIEWERS).time_to_live(VIEWING).build(),
            hasher: RandomState::new(),
            processor: Arc::new(Mutex::new((
                Instant::now(),
                processor_seconds().unwrap_or_default(),
            ))),
            database,
            limits,
        })
    }

    /// Notes that a viewer asked what plays.
    pub fn viewer(&self, viewer: impl Hash) {
        self.viewers.insert(self.hasher.hash_one(viewer), ());
    }

    /// Everything that is measured, in Prometheus' text format.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn render(&self, app: &App) -> Result<String> {
        let totals = vertex_core::usecases::operator::totals(app).await?;
        gauge!("companies_total").set(totals.companies as f64);
        gauge!("ar_content_total").set(totals.contents as f64);
        gauge!("ar_views_total").set(totals.views as f64);
        gauge!("video_uploads_total").set(totals.videos as f64);
        gauge!("marker_generation_queue_length").set(totals.marker_jobs as f64);
        gauge!("database_connection_pool_size").set(f64::from(self.database.connections()));
        if let Some(clients) = self.limits.redis_clients().await {
            gauge!("redis_connected_clients").set(clients as f64);
        }
        self.viewers.run_pending_tasks();
        gauge!("active_ar_sessions").set(self.viewers.entry_count() as f64);
        if let Some(bytes) = resident_bytes() {
            gauge!("process_memory_bytes").set(bytes);
        }
        if let Some(share) = self.processor_share() {
            gauge!("process_cpu_usage").set(share);
        }
        Ok(self.exporter.render())
    }

    /// The share of one core that the process took since it was last asked.
    fn processor_share(&self) -> Option<f64> {
        let (now, seconds) = (Instant::now(), processor_seconds()?);
        let mut last = self.processor.lock().unwrap_or_else(PoisonError::into_inner);
        let (before, seconds_before) = std::mem::replace(&mut *last, (now, seconds));
        let passed = now.duration_since(before).as_secs_f64();
        (passed > 0.0).then(|| (seconds - seconds_before) / passed)
    }
}

async fn fold(exporter: PrometheusHandle) {
    let mut ticks = tokio::time::interval(FOLDING);
    loop {
        ticks.tick().await;
        exporter.run_upkeep();
    }
}

/// Counts a request that was answered.
pub fn request(method: &str, endpoint: &str, status: u16, took: Duration) {
    let (method, endpoint) = (method.to_owned(), endpoint.to_owned());
    histogram!(
        "http_request_duration_seconds", "method" => method.clone(), "endpoint" => endpoint.clone()
    )
    .record(took);
    counter!(
        "http_requests_total",
        "method" => method, "endpoint" => endpoint, "status" => status.to_string()
    )
    .increment(1);
}

/// Notes how long a job took.
pub fn job(kind: &'static str, took: Duration) {
    histogram!("celery_task_duration_seconds", "task" => kind).record(took);
}

/// Notes an operation of a storage, and what came of it.
pub fn storage(
    storage: &'static str,
    operation: &'static str,
    outcome: &'static str,
    took: Duration,
) {
    histogram!("storage_operation_duration_seconds", "storage" => storage, "operation" => operation)
        .record(took);
    counter!(
        "storage_operations_total",
        "storage" => storage, "operation" => operation, "outcome" => outcome
    )
    .increment(1);
}

fn resident_bytes() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024.0)
}

/// User and system time of this process.
fn processor_seconds() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is the program's name in parentheses and may hold anything.
    let (_, fields) = stat.rsplit_once(')')?;
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks: f64 = ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum();
    Some(ticks / TICKS)
}
