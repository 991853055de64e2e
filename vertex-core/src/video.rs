//! Videos: the clips of a content.

use std::str::FromStr;

use chrono::{DateTime, Utc};

use crate::{
    ids::{CompanyId, ContentId, VideoId},
    text::Name,
};

/// Whether a video is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VideoStatus {
    /// Marked as the one to play when no rule says otherwise.
    Active,
    /// May be played when a rule names it.
    Inactive,
    /// Kept, never played.
    Archived,
}

impl VideoStatus {
    /// The status' name in rows and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Archived => "archived",
        }
    }
}

impl FromStr for VideoStatus {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Active, Self::Inactive, Self::Archived]
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| {
                format!("{text:?} is not a video status: use active, inactive or archived")
            })
    }
}

/// The container formats that browsers play.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VideoContainer {
    /// MPEG-4 part 14.
    Mp4,
    /// QuickTime.
    Mov,
    /// WebM.
    WebM,
}

impl VideoContainer {
    /// File name extension, also the container's name in rows.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Mp4 => "mp4",
            Self::Mov => "mov",
            Self::WebM => "webm",
        }
    }

    /// What HTTP calls it.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Mp4 => "video/mp4",
            Self::Mov => "video/quicktime",
            Self::WebM => "video/webm",
        }
    }
}

impl FromStr for VideoContainer {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Mp4, Self::Mov, Self::WebM]
            .into_iter()
            .find(|container| container.extension() == text)
            .ok_or_else(|| format!("{text:?} is not a video container"))
    }
}

/// What a video file says about itself.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct VideoFacts {
    /// Length in seconds.
    pub duration_seconds: Option<f64>,
    /// RFC 6381 codec string where it is known, such as `avc1.64001f`.
    pub codec: Option<String>,
    /// Width in pixels as shown, rotation applied.
    pub width: Option<u32>,
    /// Height in pixels as shown, rotation applied.
    pub height: Option<u32>,
}

/// A clip for a content.
#[derive(Clone, Debug, PartialEq)]
pub struct Video {
    /// Its id.
    pub id: VideoId,
    /// The company it belongs to.
    pub company_id: CompanyId,
    /// The content it is for.
    pub content_id: ContentId,
    /// What people call it.
    pub title: Name,
    /// What it is about.
    pub description: String,
    /// Its container format.
    pub container: VideoContainer,
    /// File size.
    pub bytes: u64,
    /// What the file says about itself.
    pub facts: VideoFacts,
    /// Whether its preview picture has been made.
    pub has_preview: bool,
    /// Whether it is in use.
    pub status: VideoStatus,
    /// It does not play before this instant.
    pub starts_at: Option<DateTime<Utc>>,
    /// It does not play from this instant on.
    pub ends_at: Option<DateTime<Utc>>,
    /// When it was uploaded.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl Video {
    /// Whether it may play at `now`: not archived, and inside its window.
    pub fn is_candidate(&self, now: DateTime<Utc>) -> bool {
        self.status != VideoStatus::Archived
            && self.starts_at.is_none_or(|start| start <= now)
            && self.ends_at.is_none_or(|end| now < end)
    }
}
