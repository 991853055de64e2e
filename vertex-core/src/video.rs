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

/// A part of a video file, and what to put at its beginning so that players skip it. The rest becomes zeros.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blank {
    /// Its first byte.
    pub start: u64,
    /// The one after its last.
    pub end: u64,
    /// What makes it a part that is skipped.
    pub header: Vec<u8>,
}

impl Blank {
    /// Blanks what of this part lies in `piece`, which begins at byte `position` of the file.
    pub fn apply(&self, position: u64, piece: &mut [u8]) {
        let offset = |at: u64| usize::try_from(at.saturating_sub(position)).unwrap_or(usize::MAX);
        let (from, to) = (offset(self.start), offset(self.end).min(piece.len()));
        for (number, byte) in piece.iter_mut().enumerate().take(to).skip(from) {
            let at = usize::try_from(position + number as u64 - self.start).ok();
            *byte = at.and_then(|at| self.header.get(at)).copied().unwrap_or(0);
        }
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
    /// Other files of it.
    pub copies: VideoCopies,
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
    /// Whether browsers can be expected to play its file.
    pub fn is_web_safe(&self) -> bool {
        let codec = self.facts.codec.as_deref().unwrap_or_default();
        ["avc1", "avc3", "vp8"].iter().any(|known| codec.starts_with(known))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_part_is_blanked_whatever_the_pieces(
            start in 0u64..50, length in 0u64..50, piece in 1usize..20,
        ) {
            let blank = Blank { start, end: start + length, header: b"free".to_vec() };
            let file: Vec<u8> = (100..=200).collect();
            let mut whole = file.clone();
            blank.apply(0, &mut whole);
            let mut pieces = file.clone();
            for (number, piece_of) in pieces.chunks_mut(piece).enumerate() {
                blank.apply((number * piece) as u64, piece_of);
            }
            prop_assert_eq!(&pieces, &whole);
            for (at, (byte, before)) in whole.iter().zip(&file).enumerate() {
                let at = at as u64;
                let expected = match (start..start + length).contains(&at) {
                    true => b"free".get((at - start) as usize).copied().unwrap_or(0),
                    false => *before,
                };
                prop_assert_eq!(*byte, expected);
            }
        }
    }
}
