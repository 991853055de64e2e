//! Work that goes on after the answer: queued with the rows it serves, done at least once.

use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::{
    ids::{
        CompanyId, ContentId, DeliveryId, EmailConfirmationId, JobId, StorageConnectionId,
        UploadId, VideoId,
    },
    marker_formats::MarkerFormats,
    paths::ObjectPath,
};

/// Times a job is tried before it is given up.
pub const MAX_ATTEMPTS: u32 = 5;

/// Times a delivery, a move, a removal or a measurement is tried: whoever is at the other end may be away for most of a
/// day.
pub const DELIVERY_ATTEMPTS: u32 = 25;

/// Who does a job: each lane has workers of its own, so that nobody waits for a marker behind a storage that moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lane {
    /// What somebody waits for.
    Short,
    /// What may take hours.
    Long,
    /// What nobody waits for and takes much computing: it gets what the others leave.
    Background,
}

impl Lane {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Short, Self::Long, Self::Background];

    /// The lane's name in rows.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Short => "short",
            Self::Long => "long",
            Self::Background => "background",
        }
    }
}

/// Which jobs a worker claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Those of this lane; the short ones first when there is none.
    pub lane: Option<Lane>,
    /// Of companies of which fewer than so many of the lane run. It does not hold where there is one company only.
    pub per_company: Option<u32>,
}

impl Turn {
    /// Any job.
    pub const ANY: Self = Self { lane: None, per_company: None };
}

/// How long one try of a job may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeLimits {
    /// Of the short lane.
    pub short: TimeDelta,
    /// Of the long one.
    pub long: TimeDelta,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Task {
    /// Make markers, preview and QR code of a content.
    GenerateMarker {
        /// Which content.
        content_id: ContentId,
        /// In which formats, when not those its company usually gets.
        #[serde(default)]
        formats: Option<MarkerFormats>,
        /// Whether those its company usually gets are made beside `formats`.
        #[serde(default)]
        usual_too: bool,
    },
    /// Measure how well the viewers will find a content by its markers.
    MeasureMarkers {
        /// Which content.
        content_id: ContentId,
    },
    /// Make the preview of a video.
    PreviewVideo {
        /// Which video.
        video_id: VideoId,
    },
    /// Make copies of a video that every browser plays over any line.
    ConvertVideo {
        /// Which video.
        video_id: VideoId,
    },
    /// Make a whole upload what it was sent for.
    FinishUpload {
        /// Which upload.
        upload_id: UploadId,
    },
    /// Bring a notification out.
    Deliver {
        /// By which delivery.
        delivery_id: DeliveryId,
    },
    /// Send an email that asks whether an address is its user's.
    ConfirmEmail {
        /// Which one.
        confirmation_id: EmailConfirmationId,
    },
    /// Remove a content that was deleted, if it still is.
    PurgeContent {
        /// Which content.
        content_id: ContentId,
        /// When it was deleted: one that was taken back and deleted again has another job.
        deleted_at: DateTime<Utc>,
    },
    /// Remove a company that was deleted, if it still is, with everything it has.
    PurgeCompany {
        /// Which company.
        company_id: CompanyId,
        /// When it was deleted.
        deleted_at: DateTime<Utc>,
        /// Whether the files stay that lie elsewhere than at the operator's.
        #[serde(default)]
        leaves_files: bool,
    },
    /// Bring a company's files along from the place that it leaves.
    MoveStorage {
        /// That place.
        leaving: StorageConnectionId,
    },
    /// Remove what was moved from the place that was left.
    EmptyStorage {
        /// That place.
        left: StorageConnectionId,
    },
    /// Remove objects whose rows are gone.
    RemoveObjects {
        /// Which objects.
        paths: Vec<String>,
    },
}

impl Task {
    /// A removal of these objects.
    pub fn remove(paths: &[ObjectPath]) -> Self {
        Self::RemoveObjects { paths: paths.iter().map(ToString::to_string).collect() }
    }

    /// What kind of work it is, for people and figures.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::GenerateMarker { .. } => "generate_marker",
            Self::MeasureMarkers { .. } => "measure_markers",
            Self::PreviewVideo { .. } => "preview_video",
            Self::ConvertVideo { .. } => "convert_video",
            Self::FinishUpload { .. } => "finish_upload",
            Self::Deliver { .. } => "deliver",
            Self::ConfirmEmail { .. } => "confirm_email",
            Self::PurgeContent { .. } => "purge_content",
            Self::PurgeCompany { .. } => "purge_company",
            Self::MoveStorage { .. } => "move_storage",
            Self::EmptyStorage { .. } => "empty_storage",
            Self::RemoveObjects { .. } => "remove_objects",
        }
    }

    /// Which workers do it.
    pub fn lane(&self) -> Lane {
        match self {
            Self::GenerateMarker { .. }
            | Self::PreviewVideo { .. }
            | Self::FinishUpload { .. }
            | Self::Deliver { .. }
            | Self::ConfirmEmail { .. } => Lane::Short,
            Self::ConvertVideo { .. }
            | Self::PurgeContent { .. }
            | Self::PurgeCompany { .. }
            | Self::MoveStorage { .. }
            | Self::EmptyStorage { .. }
            | Self::RemoveObjects { .. } => Lane::Long,
            Self::MeasureMarkers { .. } => Lane::Background,
        }
    }

    /// How long one try may take.
    pub fn time_limit(&self, limits: &TimeLimits) -> TimeDelta {
        match self {
            Self::Deliver { .. } | Self::ConfirmEmail { .. } => TimeDelta::minutes(2),
            // It copies files of many gigabytes.
            Self::FinishUpload { .. } => TimeDelta::hours(1),
            _ => match self.lane() {
                Lane::Short => limits.short,
                // It gets what the others leave.
                Lane::Long | Lane::Background => limits.long,
            },
        }
    }

    /// Whether a run that has begun does what is asked for now as well: what it reads never changes. After any other
    /// task that runs, the same task runs once more when it is asked for meanwhile.
    pub fn joins_a_run(&self) -> bool {
        matches!(
            self,
            Self::PreviewVideo { .. } | Self::ConvertVideo { .. } | Self::FinishUpload { .. }
        )
    }

    /// One task that does what this one and a waiting one with the same key were asked for.
    #[must_use]
    pub fn merged(&self, waiting: &Self) -> Self {
        match (self, waiting) {
            (
                Self::GenerateMarker { content_id, formats, usual_too },
                Self::GenerateMarker { formats: others, usual_too: others_usual, .. },
            ) => Self::GenerateMarker {
                content_id: *content_id,
                formats: match (formats, others) {
                    (Some(own), Some(others)) => Some(own.and(*others)),
                    (own, others) => own.or(*others),
                },
                usual_too: *usual_too || *others_usual || formats.is_some() != others.is_some(),
            },
            _ => self.clone(),
        }
    }

    /// While a job with this key waits, the same job is not queued again.
    pub fn idempotency_key(&self) -> Option<String> {
        match self {
            Self::GenerateMarker { content_id, .. } => Some(format!("marker:{content_id}")),
            Self::MeasureMarkers { content_id } => Some(format!("measure:{content_id}")),
            Self::PreviewVideo { video_id } => Some(format!("video-preview:{video_id}")),
            Self::ConvertVideo { video_id } => Some(format!("video-copies:{video_id}")),
            Self::FinishUpload { upload_id } => Some(format!("upload:{upload_id}")),
            Self::Deliver { delivery_id } => Some(format!("deliver:{delivery_id}")),
            Self::ConfirmEmail { confirmation_id } => {
                Some(format!("confirm-email:{confirmation_id}"))
            }
            Self::PurgeContent { content_id, deleted_at } => {
                Some(format!("purge-content:{content_id}:{}", deleted_at.timestamp_micros()))
            }
            Self::PurgeCompany { company_id, deleted_at, leaves_files } => {
                let left = if *leaves_files { ":leaving-files" } else { "" };
                Some(format!("purge-company:{company_id}:{}{left}", deleted_at.timestamp_micros()))
            }
            Self::MoveStorage { leaving } => Some(format!("move-storage:{leaving}")),
            Self::EmptyStorage { left } => Some(format!("empty-storage:{left}")),
            Self::RemoveObjects { .. } => None,
        }
    }

    /// Times it is tried before it is given up.
    pub fn attempts(&self) -> u32 {
        match self {
            Self::Deliver { .. }
            | Self::ConfirmEmail { .. }
            | Self::MeasureMarkers { .. }
            | Self::MoveStorage { .. }
            | Self::PurgeContent { .. }
            | Self::PurgeCompany { .. }
            | Self::EmptyStorage { .. }
            | Self::RemoveObjects { .. } => DELIVERY_ATTEMPTS,
            _ => MAX_ATTEMPTS,
        }
    }
}

/// A job to be queued.
#[derive(Clone, Debug, PartialEq)]
pub struct NewJob {
    /// Its id.
    pub id: JobId,
    /// The company it works for.
    pub company_id: CompanyId,
    /// What is to be done.
    pub task: Task,
    /// Not before this instant.
    pub run_at: DateTime<Utc>,
}

/// A job that this worker, and no other, holds until its lease ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// The company it works for.
    pub company_id: CompanyId,
    /// What is to be done.
    pub task: Task,
    /// Which try this is, counted from 1.
    pub attempt: u32,
    /// Who holds it: the name given when it was claimed.
    pub holder: String,
}

impl Job {
    /// Whether every try has been used up, this one included.
    pub fn is_last_attempt(&self) -> bool {
        self.attempt >= self.task.attempts()
    }

    /// Whether the try before this one was already the last: its worker died.
    pub fn is_exhausted(&self) -> bool {
        self.attempt > self.task.attempts()
    }
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JobState {
    /// Waiting for its time or for a worker.
    Queued,
    /// Held by a worker.
    Running,
    /// Done.
    Done,
    /// Given up; the row keeps the reason.
    GivenUp,
}

impl JobState {
    /// The state's name in rows.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::GivenUp => "given_up",
        }
    }
}

impl FromStr for JobState {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Queued, Self::Running, Self::Done, Self::GivenUp]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| format!("{text:?} is not a job state"))
    }
}

/// How long to wait after failed try number `attempt`: 5 s, doubled each time, at most an hour.
pub fn backoff(attempt: u32) -> TimeDelta {
    let doublings = attempt.saturating_sub(1).min(16);
    TimeDelta::seconds((5i64 << doublings).min(3600))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_doubles_up_to_an_hour() {
        let seconds: Vec<i64> =
            [1, 2, 3, 10, 11, u32::MAX].map(|n| backoff(n).num_seconds()).into();
        assert_eq!(seconds, [5, 10, 20, 2560, 3600, 3600]);
    }

    #[test]
    fn requests_for_markers_are_one_run_with_the_formats_of_all() {
        let (mind, nft) = (MarkerFormats::MIND, MarkerFormats { mind: false, nft: true });
        let task = |formats, usual_too| Task::GenerateMarker {
            content_id: ContentId(uuid::Uuid::from_u128(9)),
            formats,
            usual_too,
        };
        let merged = |one, other| task(one, false).merged(&task(other, false));
        assert_eq!(merged(None, None), task(None, false));
        assert_eq!(merged(Some(mind), Some(nft)), task(Some(MarkerFormats::ALL), false));
        assert_eq!(merged(Some(mind), None), task(Some(mind), true));
        assert_eq!(
            merged(None, Some(mind)).merged(&task(Some(nft), false)),
            task(Some(MarkerFormats::ALL), true)
        );
        let key = |formats| task(formats, false).idempotency_key();
        assert_eq!(key(Some(mind)), key(None), "one of them waits");
    }

    #[test]
    fn a_job_that_was_queued_by_an_older_version_is_read() {
        let json = format!(r#"{{"kind":"generate_marker","content_id":"{}"}}"#, uuid::Uuid::nil());
        let task: Task = serde_json::from_str(&json).unwrap();
        assert!(matches!(task, Task::GenerateMarker { formats: None, usual_too: false, .. }));
    }

    #[test]
    fn a_delivery_is_tried_for_most_of_a_day() {
        let tries = (1..DELIVERY_ATTEMPTS).map(backoff).sum::<TimeDelta>();
        assert!(tries > TimeDelta::hours(12) && tries < TimeDelta::hours(24), "{tries}");
    }

    #[test]
    fn tasks_survive_their_row() {
        let task = Task::GenerateMarker {
            content_id: ContentId(uuid::Uuid::from_u128(9)),
            formats: Some(MarkerFormats::ALL),
            usual_too: false,
        };
        let json = serde_json::to_string(&task).unwrap();
        assert!(json.contains(r#""kind":"generate_marker""#), "{json}");
        assert_eq!(serde_json::from_str::<Task>(&json).unwrap(), task);
    }
}
