//! What was done to a video's schedule. Rows are only ever added.

use std::str::FromStr;

use chrono::{DateTime, Utc};

use crate::domain::ids::{ContentId, VideoId};

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScheduleAction {
    /// It was marked as the one to play.
    Activated,
    /// It was marked as one that plays only when a rule names it.
    Deactivated,
    /// It was put away.
    Archived,
    /// Its window was set or moved.
    Scheduled,
    /// Its window was taken away.
    Unscheduled,
    /// A rotation rule began to name it.
    AddedToRule,
    /// A rotation rule no longer names it.
    RemovedFromRule,
}

impl ScheduleAction {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Activated,
        Self::Deactivated,
        Self::Archived,
        Self::Scheduled,
        Self::Unscheduled,
        Self::AddedToRule,
        Self::RemovedFromRule,
    ];

    /// The action's name in rows and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Activated => "activated",
            Self::Deactivated => "deactivated",
            Self::Archived => "archived",
            Self::Scheduled => "scheduled",
            Self::Unscheduled => "unscheduled",
            Self::AddedToRule => "added_to_rule",
            Self::RemovedFromRule => "removed_from_rule",
        }
    }
}

impl FromStr for ScheduleAction {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|action| action.as_str() == text)
            .ok_or_else(|| format!("{text:?} is not a schedule action"))
    }
}

/// One entry of a video's history.
#[derive(Clone, Debug, PartialEq)]
pub struct ScheduleEvent {
    /// Counts up.
    pub id: i64,
    /// Which video.
    pub video_id: VideoId,
    /// Whose video it is.
    pub content_id: ContentId,
    /// What was done.
    pub action: ScheduleAction,
    /// Who did it; nobody when the system did.
    pub performed_by: Option<String>,
    /// When.
    pub performed_at: DateTime<Utc>,
    /// The window's begin after it.
    pub starts_at: Option<DateTime<Utc>>,
    /// The window's end after it.
    pub ends_at: Option<DateTime<Utc>>,
}
