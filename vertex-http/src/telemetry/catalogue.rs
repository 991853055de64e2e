//! Every metric there is. `docs/operating.md` has the same table, which a test compares.

use metrics::{describe_counter, describe_gauge, describe_histogram};

/// What kind of figure a metric is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Rises only.
    Counter,
    /// Stands at a value.
    Gauge,
    /// Values by size.
    Histogram,
}

/// Name, kind, and meaning with the unit.
const METRICS: [(&str, Kind, &str); 31] = [
    ("http_requests_total", Kind::Counter, "Requests answered, by method, endpoint and status."),
    (
        "http_request_duration_seconds",
        Kind::Histogram,
        "Seconds that a request took, by method and endpoint.",
    ),
    (
        "celery_task_duration_seconds",
        Kind::Histogram,
        "Seconds that an attempt of a job took, by task.",
    ),
    (
        "storage_operations_total",
        Kind::Counter,
        "Operations of storages, by storage, operation and outcome.",
    ),
    (
        "storage_operation_duration_seconds",
        Kind::Histogram,
        "Seconds that an operation of a storage took, by storage and operation.",
    ),
    ("marker_generation_queue_length", Kind::Gauge, "Markers that wait to be made."),
    ("jobs_due", Kind::Gauge, "Jobs of every kind that are due and wait."),
    (
        "active_ar_sessions",
        Kind::Gauge,
        "Browsers that were given a video to play within the last five minutes.",
    ),
    ("companies", Kind::Gauge, "Companies that are active."),
    ("ar_contents", Kind::Gauge, "Contents that have not been deleted."),
    ("ar_videos", Kind::Gauge, "Videos of contents that have not been deleted."),
    (
        "companies_total",
        Kind::Counter,
        "Companies at the start of the process and those registered since; deletions do not lower it.",
    ),
    (
        "ar_content_total",
        Kind::Counter,
        "Contents at the start of the process and those made since; deletions do not lower it.",
    ),
    (
        "video_uploads_total",
        Kind::Counter,
        "Videos at the start of the process and those uploaded since; deletions do not lower it.",
    ),
    (
        "ar_views_total",
        Kind::Counter,
        "Viewings at the start of the process and those reported since; deletions do not lower it.",
    ),
    ("sign_ins_total", Kind::Counter, "Sign-ins, by outcome: succeeded, failed or refused."),
    ("sign_in_blocks_total", Kind::Counter, "Times that sign-ins were blocked after failed ones."),
    ("refresh_tokens_reused_total", Kind::Counter, "Refresh tokens that were used twice."),
    ("password_changes_total", Kind::Counter, "Passwords that were changed."),
    ("role_changes_total", Kind::Counter, "Roles that were changed."),
    (
        "database_up",
        Kind::Gauge,
        "1 when the database gave its figures within two seconds, else 0.",
    ),
    (
        "database_connection_pool_size",
        Kind::Gauge,
        "Connections to the database, by state: in_use (active) or idle.",
    ),
    ("database_connection_pool_max", Kind::Gauge, "Connections to the database that there may be."),
    (
        "disk_free_bytes",
        Kind::Gauge,
        "Bytes free on a disk of this machine, by what is written there.",
    ),
    ("disk_reserve_bytes", Kind::Gauge, "Bytes that files leave free there for the database."),
    ("view_reports_waiting", Kind::Gauge, "Reports of viewers that wait to be recorded."),
    (
        "view_reports_dropped_total",
        Kind::Counter,
        "Reports of viewers that were refused or could not be recorded.",
    ),
    ("redis_connected_clients", Kind::Gauge, "Clients connected to Redis, where REDIS_URL is set."),
    (
        "process_cpu_usage",
        Kind::Gauge,
        "Percent of one core that the process used over the last five seconds.",
    ),
    (
        "process_cpu_seconds_total",
        Kind::Counter,
        "Whole seconds of processor time since the process began.",
    ),
    ("process_memory_bytes", Kind::Gauge, "Bytes of memory that are resident."),
];

/// Tells the recorder what each metric means.
pub fn describe() {
    for (name, kind, help) in METRICS {
        match kind {
            Kind::Counter => describe_counter!(name, help),
            Kind::Gauge => describe_gauge!(name, help),
            Kind::Histogram => describe_histogram!(name, help),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_has_all_metrics() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/operating.md");
        let text = std::fs::read_to_string(path).unwrap();
        let (_, section) = text.split_once("## Metrics\n").unwrap();
        let (section, _) = section.split_once("\n## ").unwrap();
        let rows: Vec<&str> = section.lines().filter(|line| line.starts_with("| `")).collect();
        let expected = METRICS.map(|(name, kind, help)| {
            format!("| `{name}` | {} | {help} |", format!("{kind:?}").to_lowercase())
        });
        assert_eq!(rows, expected);
    }

    #[test]
    fn only_what_never_falls_is_named_total() {
        for (name, kind, _) in METRICS {
            assert_eq!(name.ends_with("_total"), kind == Kind::Counter, "{name}");
        }
    }
}
