//! Which video plays: the rule of a content, and how it is read on a given day.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::{
    content::{ArContent, Standing},
    ids::{CompanyId, ContentId, RotationRuleId, VideoId},
    video::{Video, VideoStatus},
};

/// The ways a rule can choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RotationType {
    /// No choice: the default video, else the active one.
    None,
    /// One video a day in order, staying on the last.
    Sequential,
    /// One video a day in order, beginning again after the last.
    Cyclic,
    /// The same as cyclic, in the words of the platform.
    DailyCycle,
    /// Named videos for named ranges of days.
    DateSpecific,
    /// A video a day drawn from a pool, the same for everybody.
    RandomDaily,
}

impl RotationType {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::None,
        Self::Sequential,
        Self::Cyclic,
        Self::DailyCycle,
        Self::DateSpecific,
        Self::RandomDaily,
    ];

    /// The type's name in rows and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Sequential => "sequential",
            Self::Cyclic => "cyclic",
            Self::DailyCycle => "daily_cycle",
            Self::DateSpecific => "date_specific",
            Self::RandomDaily => "random_daily",
        }
    }

    /// The list of a schedule that a rule of this type chooses from; none chooses from nothing.
    pub fn list(self) -> Option<ScheduleList> {
        match self {
            Self::None => None,
            Self::Sequential | Self::Cyclic | Self::DailyCycle => Some(ScheduleList::VideoSequence),
            Self::DateSpecific => Some(ScheduleList::Schedules),
            Self::RandomDaily => Some(ScheduleList::VideoPool),
        }
    }

    /// Whether a rule of this type reads a list: its own, or the days on which something else plays.
    pub fn reads(self, list: ScheduleList) -> bool {
        let own = self.list();
        own == Some(list) || (own.is_some() && list == ScheduleList::Schedules)
    }

    /// Whether a rule of this type counts days from its `start_date` on.
    pub fn counts_days(self) -> bool {
        self.list() == Some(ScheduleList::VideoSequence)
    }
}

/// The lists of a [`ScheduleConfig`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScheduleList {
    /// See [`ScheduleConfig::schedules`].
    Schedules,
    /// See [`ScheduleConfig::video_sequence`].
    VideoSequence,
    /// See [`ScheduleConfig::video_pool`].
    VideoPool,
}

impl ScheduleList {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Schedules, Self::VideoSequence, Self::VideoPool];

    /// The list's name in rows and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Schedules => "schedules",
            Self::VideoSequence => "video_sequence",
            Self::VideoPool => "video_pool",
        }
    }
}

impl FromStr for RotationType {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| {
            let names = Self::ALL.map(Self::as_str).join(", ");
            format!("{text:?} is not a rotation type: use one of {names}")
        })
    }
}

/// A range of days on which a video plays; both days are inside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleEntry {
    /// The first day.
    pub start_date: NaiveDate,
    /// The last day.
    pub end_date: NaiveDate,
    /// What plays on these days.
    pub video_id: VideoId,
}

/// What a rule needs to know to choose. Each rotation type reads its own list, and ranges of days before it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScheduleConfig {
    /// Ranges of days, for `date_specific`, and before what the other types choose; the first that holds wins.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub schedules: Vec<ScheduleEntry>,
    /// The order of play, for `sequential`, `cyclic` and `daily_cycle`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub video_sequence: Vec<VideoId>,
    /// What is drawn from, for `random_daily`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub video_pool: Vec<VideoId>,
}

impl ScheduleConfig {
    /// Whether a list names nothing.
    pub fn is_empty(&self, list: ScheduleList) -> bool {
        match list {
            ScheduleList::Schedules => self.schedules.is_empty(),
            ScheduleList::VideoSequence => self.video_sequence.is_empty(),
            ScheduleList::VideoPool => self.video_pool.is_empty(),
        }
    }

    /// The video of the first range of days that holds `today` and whose video `can_play`.
    fn on_day(&self, today: NaiveDate, can_play: impl Fn(VideoId) -> bool) -> Option<VideoId> {
        let holds = |entry: &&ScheduleEntry| entry.start_date <= today && today <= entry.end_date;
        let mut named = self.schedules.iter().filter(holds).map(|entry| entry.video_id);
        named.find(|video| can_play(*video))
    }

    /// Every video the schedule names.
    pub fn videos(&self) -> impl Iterator<Item = VideoId> {
        let scheduled = self.schedules.iter().map(|entry| entry.video_id);
        scheduled.chain(self.video_sequence.iter().copied()).chain(self.video_pool.iter().copied())
    }
}

/// Which video of a content plays today.
#[derive(Clone, Debug, PartialEq)]
pub struct RotationRule {
    /// Its id.
    pub id: RotationRuleId,
    /// The company it belongs to.
    pub company_id: CompanyId,
    /// The content it rules.
    pub content_id: ContentId,
    /// How it chooses.
    pub rotation_type: RotationType,
    /// What it chooses from.
    pub schedule: ScheduleConfig,
    /// What plays when the schedule names nothing that can play.
    pub default_video_id: Option<VideoId>,
    /// The day entry 0 plays, in the company's timezone.
    pub start_date: NaiveDate,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl RotationRule {
    /// Whether this video is in the schedule or plays by default.
    pub fn names(&self, video: VideoId) -> bool {
        self.default_video_id == Some(video) || self.schedule.videos().any(|id| id == video)
    }

    /// The video the rule's own schedule names for `today`, if `can_play` accepts it.
    fn scheduled(&self, today: NaiveDate, can_play: impl Fn(VideoId) -> bool) -> Option<VideoId> {
        let config = &self.schedule;
        let day = today.signed_duration_since(self.start_date).num_days();
        let by_date = match self.rotation_type.reads(ScheduleList::Schedules) {
            true => config.on_day(today, &can_play),
            false => None,
        };
        if by_date.is_some() {
            return by_date;
        }
        let chosen = match self.rotation_type {
            RotationType::None | RotationType::DateSpecific => None,
            RotationType::Sequential => nth(&config.video_sequence, day, Wrap::StayOnLast),
            RotationType::Cyclic | RotationType::DailyCycle => {
                nth(&config.video_sequence, day, Wrap::BeginAgain)
            }
            RotationType::RandomDaily => drawn(&config.video_pool, self.content_id, today),
        };
        chosen.filter(|video| can_play(*video))
    }
}

enum Wrap {
    BeginAgain,
    StayOnLast,
}

/// Entry `day` of a sequence; nothing before day 0.
fn nth(sequence: &[VideoId], day: i64, wrap: Wrap) -> Option<VideoId> {
    let day = usize::try_from(day).ok()?;
    let last = sequence.len().checked_sub(1)?;
    let index = match wrap {
        Wrap::BeginAgain => day % sequence.len(),
        Wrap::StayOnLast => day.min(last),
    };
    sequence.get(index).copied()
}

/// The entry that content and date together point at: the same for everybody on that day.
fn drawn(pool: &[VideoId], content: ContentId, today: NaiveDate) -> Option<VideoId> {
    let mut hash = Sha256::new();
    hash.update(content.0.as_bytes());
    hash.update(today.to_string());
    let seed = hash.finalize().iter().take(8).fold(0u64, |seed, byte| seed << 8 | u64::from(*byte));
    let index = seed.checked_rem(pool.len() as u64)?;
    pool.get(usize::try_from(index).ok()?).copied()
}

/// Why nothing plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Silence {
    /// The content's last day is over.
    Expired,
    /// The content has been switched off.
    Inactive,
    /// No video of the content may play now.
    NoVideo,
}

impl Silence {
    /// The reason's name in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Inactive => "inactive",
            Self::NoVideo => "no_video",
        }
    }
}

/// What a viewer sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Playback {
    /// This video.
    Play(VideoId),
    /// Nothing.
    Nothing(Silence),
}

/// What the choice of a video needs to know of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clip {
    /// The video.
    pub id: VideoId,
    /// Whether it is in use.
    pub status: VideoStatus,
    /// It does not play before this instant.
    pub starts_at: Option<DateTime<Utc>>,
    /// It does not play from this instant on.
    pub ends_at: Option<DateTime<Utc>>,
    /// When it was uploaded.
    pub created_at: DateTime<Utc>,
}

impl Clip {
    /// Whether it may play at `now`: not archived, and inside its window.
    pub fn is_candidate(&self, now: DateTime<Utc>) -> bool {
        self.status != VideoStatus::Archived
            && self.starts_at.is_none_or(|start| start <= now)
            && self.ends_at.is_none_or(|end| now < end)
    }
}

impl From<&Video> for Clip {
    fn from(video: &Video) -> Self {
        let Video { id, status, starts_at, ends_at, created_at, .. } = *video;
        Self { id, status, starts_at, ends_at, created_at }
    }
}

/// Chooses the video of `content` that plays at `now`, a day being a day in `timezone`: see [`choose`].
pub fn resolve(
    content: &ArContent,
    rule: Option<&RotationRule>,
    videos: &[Video],
    now: DateTime<Utc>,
    timezone: Tz,
) -> Playback {
    choose(content.standing(), rule, videos.iter().map(Clip::from), now, timezone)
}

/// Chooses which of a content's videos plays at `now`, a day being a day in `timezone`.
///
/// 1. An inactive or expired content plays nothing.
/// 2. Candidates are the videos that are not archived and whose window holds now.
/// 3. The rule's schedule names a video for today: by a range of days, else by its rotation type.
/// 4. Otherwise the rule's default video, else the video marked active, else the newest candidate.
///
/// A named video that is not a candidate is passed over in that order; it is never an error.
pub fn choose(
    content: Standing,
    rule: Option<&RotationRule>,
    videos: impl Iterator<Item = Clip>,
    now: DateTime<Utc>,
    timezone: Tz,
) -> Playback {
    let today = now.with_timezone(&timezone).date_naive();
    if !content.is_active {
        return Playback::Nothing(Silence::Inactive);
    }
    if content.is_expired(today) {
        return Playback::Nothing(Silence::Expired);
    }
    let candidates: Vec<Clip> = videos.filter(|video| video.is_candidate(now)).collect();
    let can_play = |id: VideoId| candidates.iter().any(|video| video.id == id);
    let newest_of = |videos: &mut dyn Iterator<Item = &Clip>| {
        videos.max_by_key(|video| (video.created_at, video.id)).map(|video| video.id)
    };

    rule.and_then(|rule| rule.scheduled(today, can_play))
        .or_else(|| rule.and_then(|rule| rule.default_video_id).filter(|id| can_play(*id)))
        .or_else(|| {
            newest_of(&mut candidates.iter().filter(|video| video.status == VideoStatus::Active))
        })
        .or_else(|| newest_of(&mut candidates.iter()))
        .map_or(Playback::Nothing(Silence::NoVideo), Playback::Play)
}

/// A stretch of time in which the same plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its first instant.
    pub from: DateTime<Utc>,
    /// The first instant after it.
    pub until: DateTime<Utc>,
    /// What plays.
    pub playback: Playback,
}

/// What plays from one instant to another, without a gap. What plays changes when a day begins or a
/// window opens or closes, and at no other instant.
pub fn timeline(
    content: &ArContent,
    rule: Option<&RotationRule>,
    videos: &[Video],
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    timezone: Tz,
) -> Vec<Span> {
    let day = |instant: DateTime<Utc>| instant.with_timezone(&timezone).date_naive();
    let windows = videos.iter().flat_map(|video| [video.starts_at, video.ends_at]).flatten();
    let days = day(from).iter_days().skip(1).take_while(|date| *date <= day(until));
    let mut turns: Vec<DateTime<Utc>> = windows
        .chain(days.map(|date| first_instant(date, timezone)))
        .filter(|turn| from < *turn && *turn < until)
        .chain([from])
        .collect();
    turns.sort_unstable();
    turns.dedup();
    let ends = turns.iter().skip(1).copied().chain([until]);
    let spans = turns.iter().zip(ends).map(|(&from, until)| {
        let playback = resolve(content, rule, videos, from, timezone);
        Span { from, until, playback }
    });
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if last.playback == span.playback => last.until = span.until,
            _ => joined.push(span),
        }
    }
    joined
}

/// When a day begins: where clocks are put forward at midnight, not at midnight.
pub fn first_instant(date: NaiveDate, timezone: Tz) -> DateTime<Utc> {
    // No timezone is farther than 15 hours from UTC; a day's beginning is on a whole second.
    let midnight = date.and_time(chrono::NaiveTime::MIN).and_utc();
    let at = |second: i64| midnight + chrono::TimeDelta::seconds(second);
    let (mut before, mut inside) = (-54_000, 54_000);
    while inside - before > 1 {
        let middle = before + (inside - before) / 2;
        match at(middle).with_timezone(&timezone).date_naive() < date {
            true => before = middle,
            false => inside = middle,
        }
    }
    at(inside)
}

#[cfg(test)]
#[path = "rotation_tests.rs"]
mod tests;
