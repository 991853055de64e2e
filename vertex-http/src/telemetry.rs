//! Figures for Prometheus, by the names operators know from the platform's documents.

mod catalogue;
mod process;

use std::{
    hash::{BuildHasher, Hash, RandomState},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use moka::sync::Cache;
use tokio::time::timeout;
use vertex_core::{
    Error, Result,
    error::with_causes,
    ports::Totals,
    usecases::{App, operator::totals},
};
use vertex_storage::Database;

use crate::adapters::rate_limits::Limits;

/// How long after a viewer asked what plays it counts as viewing.
const VIEWING: Duration = Duration::from_secs(300);
/// Viewers that are told apart at most.
const VIEWERS: u64 = 100_000;
/// How often durations are put into their buckets. Until then each is kept for itself, also where nobody reads the
/// figures.
const FOLDING: Duration = Duration::from_secs(1);
/// Over how many foldings the processor's use is measured.
const SAMPLE: u32 = 5;
/// How long the database may take for its figures. Those of the process are answered without.
const PATIENCE: Duration = Duration::from_millis(1500);
/// Upper ends of the buckets of durations, in seconds.
const BUCKETS: [f64; 12] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// What is measured of one process.
#[derive(Clone)]
pub struct Telemetry {
    exporter: PrometheusHandle,
    viewers: Cache<u64, ()>,
    hasher: RandomState,
    made: Arc<Mutex<Made>>,
    database: Database,
    limits: Option<Limits>,
}

impl Telemetry {
    /// Begins to measure, for as long as the runtime lives.
    ///
    /// # Errors
    /// `Internal` when something measures already.
    pub fn start(database: Database, limits: Option<Limits>) -> Result<Self> {
        let fault = |error| Error::internal("setting metrics up", error);
        let exporter = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS)
            .and_then(PrometheusBuilder::install_recorder)
            .map_err(fault)?;
        catalogue::describe();
        tokio::spawn(keep(exporter.clone()));
        Ok(Self {
            exporter,
            viewers: Cache::builder().max_capacity(VIEWERS).time_to_live(VIEWING).build(),
            hasher: RandomState::new(),
            made: Arc::default(),
            database,
            limits,
        })
    }

    /// Notes that a viewer asked what plays.
    pub fn viewer(&self, viewer: impl Hash) {
        self.viewers.insert(self.hasher.hash_one(viewer), ());
    }

    /// Everything that is measured, in Prometheus' text format. While the database does not answer, what was last
    /// known of it stands.
    pub async fn render(&self, app: &App) -> String {
        let (totals, disks) =
            futures::join!(timeout(PATIENCE, totals(app)), timeout(PATIENCE, app.disks.disks()));
        for disk in disks.into_iter().flatten().flatten() {
            for purpose in disk.purposes {
                let purpose = purpose.as_str();
                gauge!("disk_free_bytes", "purpose" => purpose).set(disk.free as f64);
                gauge!("disk_reserve_bytes", "purpose" => purpose).set(disk.reserve as f64);
            }
        }
        gauge!("view_reports_waiting").set(app.views.waiting() as f64);
        gauge!("database_up").set(if matches!(totals, Ok(Ok(_))) { 1.0 } else { 0.0 });
        match totals {
            Ok(Ok(totals)) => self.note_totals(&totals),
            Ok(Err(error)) => {
                tracing::warn!(error = with_causes(&error), "the database gives no figures");
            }
            Err(_) => tracing::warn!("the database gives no figures in time"),
        }
        let connections = self.database.connections();
        gauge!("database_connection_pool_size", "state" => "in_use")
            .set(f64::from(connections.in_use));
        gauge!("database_connection_pool_size", "state" => "idle").set(f64::from(connections.idle));
        gauge!("database_connection_pool_max").set(f64::from(connections.most));
        if let Some(limits) = &self.limits
            && let Some(clients) = limits.redis_clients().await
        {
            gauge!("redis_connected_clients").set(clients as f64);
        }
        self.viewers.run_pending_tasks();
        gauge!("active_ar_sessions").set(self.viewers.entry_count() as f64);
        process::note_memory();
        self.exporter.render()
    }

    fn note_totals(&self, totals: &Totals) {
        gauge!("companies").set(totals.companies as f64);
        gauge!("ar_contents").set(totals.contents as f64);
        gauge!("ar_videos").set(totals.videos as f64);
        gauge!("marker_generation_queue_length").set(totals.marker_jobs as f64);
        gauge!("jobs_due").set(totals.jobs_due as f64);
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let Made { companies, contents, videos, views } = &mut *made;
        counter!("companies_total").absolute(companies.at(totals.companies_kept));
        counter!("ar_content_total").absolute(contents.at(totals.contents_kept));
        counter!("video_uploads_total").absolute(videos.at(totals.videos_kept));
        counter!("ar_views_total").absolute(views.at(totals.views));
    }
}

/// How much has been made of what may be removed again.
#[derive(Default)]
struct Made {
    companies: Risen,
    contents: Risen,
    videos: Risen,
    views: Risen,
}

/// A count that only rises, of something whose number also falls.
#[derive(Default)]
struct Risen {
    last: u64,
    sum: u64,
}

impl Risen {
    /// What there was at first and everything that has come since, now that there is `number`.
    fn at(&mut self, number: u64) -> u64 {
        self.sum += number.saturating_sub(self.last);
        self.last = number;
        self.sum
    }
}

/// Folds durations and looks at the processor, for ever.
async fn keep(exporter: PrometheusHandle) {
    let mut ticks = tokio::time::interval(FOLDING);
    let mut last = (Instant::now(), process::processor_seconds());
    process::note_processor(0.0, last.1);
    let mut count = 0_u32;
    loop {
        ticks.tick().await;
        exporter.run_upkeep();
        count = count.wrapping_add(1);
        if count.is_multiple_of(SAMPLE) {
            let (now, seconds) = (Instant::now(), process::processor_seconds());
            let passed = now.duration_since(last.0).as_secs_f64();
            if passed > 0.0 {
                process::note_processor((seconds - last.1).max(0.0) / passed, seconds);
            }
            last = (now, seconds);
        }
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

/// Counts a report of a viewing that was not taken in, or could not be recorded.
pub fn views_dropped() {
    counter!("view_reports_dropped_total").increment(1);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_of_what_was_made_never_falls() {
        let mut views = Risen::default();
        let seen = [10, 12, 4, 4, 7, 20].map(|number| views.at(number));
        assert_eq!(seen, [10, 12, 12, 12, 15, 28]);
    }
}
