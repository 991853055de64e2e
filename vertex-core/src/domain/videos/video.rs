//! Videos: the clips of a content.

use std::str::FromStr;

use chrono::{DateTime, Utc};
pub use vertex_video::{Container, RedactedRange, VideoFacts};

use crate::domain::{
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

/// Heights that a video is made in for lines of any width.
pub const LADDER: [u32; 4] = [240, 480, 720, 1080];

/// What there is of a video besides the file that everybody gets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VideoCopies {
    /// The file as it came, where what tells of a place was taken out of the one that everybody gets.
    pub original: bool,
    /// An H.264 file that every browser plays.
    pub web: bool,
    /// The heights that it is there in for lines of any width (HLS), lowest first.
    pub ladder: Vec<u32>,
}

/// What is made of a video.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VideoPart {
    /// The picture that stands for it.
    Preview,
    /// Copies that every browser plays.
    Copies,
}

/// Why parts of a video could not be made, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VideoFailures {
    /// Why there is no preview.
    pub preview: Option<String>,
    /// Why there are no copies.
    pub copies: Option<String>,
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
    /// File size.
    pub bytes: u64,
    /// What the file says about itself.
    pub facts: VideoFacts,
    /// Whether its preview picture has been made.
    pub has_preview: bool,
    /// Other files of it.
    pub copies: VideoCopies,
    /// What could not be made.
    pub failures: VideoFailures,
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
    /// Whether every browser can be expected to play its file.
    pub fn is_web_safe(&self) -> bool {
        self.facts.web_obstacle.is_none()
    }
}
