//! Work that goes on after the answer: queued with the rows it serves, done at least once.

use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    ids::{CompanyId, ContentId, DeliveryId, JobId, StorageConnectionId, UploadId, VideoId},
    marker_formats::MarkerFormats,
    paths::ObjectPath,
};

/// Times a job is tried before it is given up.
pub const MAX_ATTEMPTS: u32 = 5;

/// Times a delivery, a move or a removal is tried: whoever is at the other end may be away for most of a day.
pub const DELIVERY_ATTEMPTS: u32 = 25;

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
            Self::PreviewVideo { .. } => "preview_video",
            Self::ConvertVideo { .. } => "convert_video",
            Self::FinishUpload { .. } => "finish_upload",
            Self::Deliver { .. } => "deliver",
            Self::PurgeContent { .. } => "purge_content",
            Self::PurgeCompany { .. } => "purge_company",
            Self::MoveStorage { .. } => "move_storage",
            Self::EmptyStorage { .. } => "empty_storage",
            Self::RemoveObjects { .. } => "remove_objects",
        }
    }

    /// While a job with this key waits, the same job is not queued again.
    pub fn idempotency_key(&self) -> Option<String> {
        match self {
            Self::GenerateMarker { content_id, formats } => Some(match formats {
                Some(formats) => format!("marker:{content_id}:{formats}"),
                None => format!("marker:{content_id}"),
            }),
            Self::PreviewVideo { video_id } => Some(format!("video-preview:{video_id}")),
            Self::ConvertVideo { video_id } => Some(format!("video-copies:{video_id}")),
            Self::FinishUpload { upload_id } => Some(format!("upload:{upload_id}")),
            Self::Deliver { delivery_id } => Some(format!("deliver:{delivery_id}")),
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
    fn a_delivery_is_tried_for_most_of_a_day() {
        let tries = (1..DELIVERY_ATTEMPTS).map(backoff).sum::<TimeDelta>();
        assert!(tries > TimeDelta::hours(12) && tries < TimeDelta::hours(24), "{tries}");
    }

    #[test]
    fn tasks_survive_their_row() {
        let task = Task::GenerateMarker {
            content_id: ContentId(uuid::Uuid::from_u128(9)),
            formats: Some(MarkerFormats::ALL),
        };
        let json = serde_json::to_string(&task).unwrap();
        assert!(json.contains(r#""kind":"generate_marker""#), "{json}");
        assert_eq!(serde_json::from_str::<Task>(&json).unwrap(), task);
    }
}
