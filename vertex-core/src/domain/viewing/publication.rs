//! What the world may see of a content, and of its files.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::domain::{
    company::Company,
    content::{ArContent, Standing},
    ids::{CompanyId, ContentId},
    links::Audience,
    rotation::RotationRule,
    video::Video,
};

/// A content with all that decides what a viewer sees of it. Good until one of them changes.
#[derive(Clone, Debug)]
pub struct Publication {
    /// The content.
    pub content: ArContent,
    pub(crate) company: Company,
    pub(crate) rule: Option<RotationRule>,
    pub(crate) videos: Vec<Video>,
}

impl Publication {
    /// How many videos the content has.
    pub fn video_count(&self) -> usize {
        self.videos.len()
    }
}

/// What decides whether the files of a content and of its videos are shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FileStanding {
    /// The content.
    pub content_id: ContentId,
    /// Its company.
    pub company_id: CompanyId,
    pub(crate) content: Standing,
    pub(crate) is_deleted: bool,
    pub(crate) company_is_active: bool,
    pub(crate) timezone: Tz,
}

impl FileStanding {
    /// Whether a link for this audience leads to the files at this instant.
    pub fn opens_to(&self, audience: Audience, now: DateTime<Utc>) -> bool {
        let is_there = self.company_is_active && !self.is_deleted;
        let today = now.with_timezone(&self.timezone).date_naive();
        is_there
            && match audience {
                Audience::Members => true,
                Audience::Public => self.content.is_active && !self.content.is_expired(today),
            }
    }
}
