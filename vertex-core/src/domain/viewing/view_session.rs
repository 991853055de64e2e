//! View sessions: who watched.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::ids::{CompanyId, ContentId, VideoId, ViewSessionId};

/// The kind of device a viewer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceType {
    /// A phone.
    Mobile,
    /// A tablet.
    Tablet,
    /// A computer.
    Desktop,
}

impl DeviceType {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Mobile, Self::Tablet, Self::Desktop];

    /// The type's name in rows and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mobile => "mobile",
            Self::Tablet => "tablet",
            Self::Desktop => "desktop",
        }
    }
}

impl FromStr for DeviceType {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|device| device.as_str() == text)
            .ok_or_else(|| format!("{text:?} is not a device type: use mobile, tablet or desktop"))
    }
}

/// One viewing of a content.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ViewSession {
    /// Its id.
    pub id: ViewSessionId,
    /// The company whose content was viewed.
    pub company_id: CompanyId,
    /// The content that was viewed.
    pub content_id: ContentId,
    /// The video that played.
    pub video_id: Option<VideoId>,
    /// What it was viewed on.
    pub device_type: DeviceType,
    /// Browser name and version.
    pub browser: Option<String>,
    /// Frames per second, averaged over the session.
    pub avg_fps: Option<f64>,
    /// How long it lasted.
    pub duration_seconds: f64,
    /// When the report came in.
    pub viewed_at: DateTime<Utc>,
    /// The day that was in the company's timezone, under which it is counted.
    pub day: NaiveDate,
}
