//! AR contents: one picture that comes alive.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use vertex_markers::{Analysis, PictureFormat};

use crate::domain::{
    ids::{ClientId, CompanyId, ContentId, FolderId, UniqueId},
    marker_formats::MarkerFormats,
    quality::Quality,
    text::Name,
};

/// Longest that measuring may wait and take after the markers are there.
const MEASURING: TimeDelta = TimeDelta::hours(1);

/// How far the markers of a content are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MarkerStatus {
    /// Wanted, not begun.
    Pending,
    /// Being made.
    Processing,
    /// There.
    Ready,
    /// Given up; the content says why.
    Failed,
}

impl MarkerStatus {
    /// The status' name in rows and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Processing => "processing",
            Self::Ready => "ready",
            Self::Failed => "failed",
        }
    }
}

impl FromStr for MarkerStatus {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Pending, Self::Processing, Self::Ready, Self::Failed]
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| format!("{text:?} is not a marker status"))
    }
}

/// What a marker job says of its content.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MarkerReport<'a> {
    /// The markers are being made.
    Processing,
    /// These are there.
    Ready(MarkerFormats),
    /// They have been given up, for this reason.
    Failed(&'a str),
}

impl MarkerReport<'_> {
    /// How far the markers are.
    pub fn status(&self) -> MarkerStatus {
        match self {
            Self::Processing => MarkerStatus::Processing,
            Self::Ready(_) => MarkerStatus::Ready,
            Self::Failed(_) => MarkerStatus::Failed,
        }
    }
}

/// The uploaded picture of a content.
#[derive(Clone, Debug, PartialEq)]
pub struct ContentImage {
    /// Its file format.
    pub format: PictureFormat,
    /// Upright width in pixels.
    pub width: u32,
    /// Upright height in pixels.
    pub height: u32,
    /// File size.
    pub bytes: u64,
    /// Brightness and contrast.
    pub analysis: Analysis,
    /// Which of the pictures that the content has had it is: 0 the first, a drawn number one that took its place.
    pub revision: u32,
}

/// One picture that comes alive ('portrait' in a studio's words).
#[derive(Clone, Debug, PartialEq)]
pub struct ArContent {
    /// Its id.
    pub id: ContentId,
    /// The company it belongs to.
    pub company_id: CompanyId,
    /// Its short public name, printed as a QR code.
    pub unique_id: UniqueId,
    /// Its long public name, as studios print it.
    pub permanent_link: String,
    /// What people call it.
    pub title: Name,
    /// The client it was made for.
    pub client_id: Option<ClientId>,
    /// The folder it lies in.
    pub folder_id: Option<FolderId>,
    /// The picture.
    pub image: ContentImage,
    /// How far its markers are.
    pub marker_status: MarkerStatus,
    /// The marker files there are, once they are there.
    pub marker_formats: MarkerFormats,
    /// Why there are no markers.
    pub marker_error: Option<String>,
    /// When its markers were last made or given up.
    pub marker_updated_at: Option<DateTime<Utc>>,
    /// How well the picture will be found, once it has been measured.
    pub quality: Option<Quality>,
    /// The last day it plays, in the company's timezone.
    pub expiry_date: Option<NaiveDate>,
    /// Whether it plays at all.
    pub is_active: bool,
    /// How often it was viewed.
    pub view_count: u64,
    /// How many videos it has. Counted by the records, never written.
    pub video_count: u64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When somebody last changed it.
    pub updated_at: DateTime<Utc>,
    /// When it was deleted: it waits to be purged.
    pub deleted_at: Option<DateTime<Utc>>,
}

impl ArContent {
    /// Whether its markers are there or have been given up.
    pub fn markers_are_settled(&self) -> bool {
        matches!(self.marker_status, MarkerStatus::Ready | MarkerStatus::Failed)
    }

    /// Whether preview and QR code are there: they are drawn before the markers are begun.
    pub fn is_drawn(&self) -> bool {
        self.marker_status != MarkerStatus::Pending
    }

    /// Why there are no markers, in a sentence.
    pub fn markers_failed(&self) -> String {
        let reason = self.marker_error.as_deref().unwrap_or("unknown");
        format!("the markers could not be made: {reason}")
    }

    /// Whether its markers are there so newly that what is measured of them is still to come.
    pub fn is_being_measured(&self, now: DateTime<Utc>) -> bool {
        let since = self.marker_updated_at.map(|made| now - made);
        self.marker_status == MarkerStatus::Ready
            && self.quality.is_none()
            && since.is_some_and(|since| since < MEASURING)
    }

    /// What decides whether it plays at all.
    pub fn standing(&self) -> Standing {
        Standing { is_active: self.is_active, expiry_date: self.expiry_date }
    }

    /// Whether its last day lies before `today`.
    pub fn is_expired(&self, today: NaiveDate) -> bool {
        self.standing().is_expired(today)
    }
}

/// What the choice of a video needs to know of a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whether it plays at all.
    pub is_active: bool,
    /// The last day it plays.
    pub expiry_date: Option<NaiveDate>,
}

impl Standing {
    /// Whether the last day lies before `today`.
    pub fn is_expired(&self, today: NaiveDate) -> bool {
        self.expiry_date.is_some_and(|last| last < today)
    }
}
