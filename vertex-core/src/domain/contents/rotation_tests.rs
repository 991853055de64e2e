use chrono::{Days, TimeDelta, TimeZone};
use chrono_tz::Tz;
use proptest::{collection::vec, option, prelude::*, sample};
use uuid::Uuid;
use vertex_markers::{Analysis, ContrastBand, PictureFormat};

use super::*;
use crate::domain::{
    content::{ContentImage, MarkerStatus},
    ids::UniqueId,
    marker_formats::MarkerFormats,
    text::Name,
    video::{Container, VideoCopies, VideoFacts, VideoFailures},
};

const COMPANY: CompanyId = CompanyId(Uuid::from_u128(1));
const CONTENT: ContentId = ContentId(Uuid::from_u128(2));

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn id(n: u128) -> VideoId {
    VideoId(Uuid::from_u128(n))
}

fn content() -> ArContent {
    let analysis = Analysis { brightness: 120.0, contrast: 50.0, band: ContrastBand::Fair };
    let (width, height) = (800, 600);
    ArContent {
        id: CONTENT,
        company_id: COMPANY,
        unique_id: UniqueId::from_random([7; 8]),
        permanent_link: "portrait".to_owned(),
        title: Name::parse("Anna").unwrap(),
        client_id: None,
        folder_id: None,
        image: ContentImage {
            format: PictureFormat::Jpeg,
            width,
            height,
            bytes: 1,
            analysis,
            revision: 0,
        },
        marker_status: MarkerStatus::Ready,
        marker_formats: MarkerFormats::MIND,
        marker_error: None,
        marker_updated_at: None,
        quality: None,
        expiry_date: None,
        is_active: true,
        view_count: 0,
        video_count: 0,
        created_at: instant("2026-01-01T00:00:00Z"),
        updated_at: instant("2026-01-01T00:00:00Z"),
        deleted_at: None,
    }
}

fn video(n: u128) -> Video {
    let age = TimeDelta::minutes(i64::try_from(n).unwrap());
    Video {
        id: id(n),
        company_id: COMPANY,
        content_id: CONTENT,
        title: Name::parse(format!("clip {n}")).unwrap(),
        description: String::new(),
        bytes: 1,
        facts: VideoFacts::of(Container::Mp4),
        has_preview: false,
        failures: VideoFailures::default(),
        copies: VideoCopies::default(),
        status: VideoStatus::Inactive,
        starts_at: None,
        ends_at: None,
        created_at: instant("2026-01-01T00:00:00Z") + age,
        updated_at: instant("2026-01-01T00:00:00Z") + age,
    }
}

fn rule(rotation_type: RotationType, schedule: ScheduleConfig) -> RotationRule {
    RotationRule {
        id: RotationRuleId(Uuid::from_u128(3)),
        company_id: COMPANY,
        content_id: CONTENT,
        rotation_type,
        schedule,
        default_video_id: None,
        start_date: date("2026-03-27"),
        created_at: instant("2026-03-27T10:00:00Z"),
        updated_at: instant("2026-03-27T10:00:00Z"),
    }
}

fn sequence(rotation_type: RotationType, ids: impl IntoIterator<Item = u128>) -> RotationRule {
    let video_sequence = ids.into_iter().map(id).collect();
    rule(rotation_type, ScheduleConfig { video_sequence, ..ScheduleConfig::default() })
}

fn plays(rule: &RotationRule, videos: &[Video], now: DateTime<Utc>, tz: Tz) -> Option<VideoId> {
    match resolve(&content(), Some(rule), videos, now, tz) {
        Playback::Play(video) => Some(video),
        Playback::Nothing(_) => None,
    }
}

#[test]
fn an_expired_or_inactive_content_is_silent() {
    let (videos, tz) = ([video(1)], Tz::Europe__Berlin);
    let mut content = content();
    content.expiry_date = Some(date("2026-06-30"));
    // 23:30 in Berlin is still the last day, 00:30 is not; in UTC both are the 30th.
    let last_minute = instant("2026-06-30T21:30:00Z");
    let too_late = instant("2026-06-30T22:30:00Z");
    assert_eq!(resolve(&content, None, &videos, last_minute, tz), Playback::Play(id(1)));
    assert_eq!(resolve(&content, None, &videos, too_late, tz), Playback::Nothing(Silence::Expired));
    content.is_active = false;
    assert_eq!(
        resolve(&content, None, &videos, last_minute, tz),
        Playback::Nothing(Silence::Inactive)
    );
}

#[test]
fn without_a_rule_the_active_video_plays_else_the_newest() {
    let now = instant("2026-05-01T12:00:00Z");
    let mut videos = [video(1), video(2), video(3)];
    let play = |videos: &[Video]| resolve(&content(), None, videos, now, Tz::UTC);
    assert_eq!(play(&videos), Playback::Play(id(3)));
    videos[0].status = VideoStatus::Active;
    assert_eq!(play(&videos), Playback::Play(id(1)));
    videos[0].ends_at = Some(now);
    assert_eq!(play(&videos), Playback::Play(id(3)), "a window ends at its end");
    videos[2].status = VideoStatus::Archived;
    videos[1].starts_at = Some(now + TimeDelta::seconds(1));
    assert_eq!(play(&videos), Playback::Nothing(Silence::NoVideo));
    videos[1].starts_at = Some(now);
    assert_eq!(play(&videos), Playback::Play(id(2)), "a window begins at its start");
}

#[test]
fn a_cycle_changes_at_local_midnight_through_both_dst_changes() {
    let videos = [video(1), video(2), video(3)];
    let cycle = sequence(RotationType::DailyCycle, [1, 2, 3]);
    let berlin = Tz::Europe__Berlin;
    // The clocks go forward in the night to 2026-03-29, which has 23 hours.
    let at = |local: &str| {
        let local = local.parse().unwrap();
        plays(&cycle, &videos, berlin.from_local_datetime(&local).unwrap().to_utc(), berlin)
    };
    assert_eq!(at("2026-03-27T00:00:00"), Some(id(1)));
    assert_eq!(at("2026-03-28T23:59:59"), Some(id(2)));
    assert_eq!(at("2026-03-29T00:00:00"), Some(id(3)));
    assert_eq!(at("2026-03-29T23:59:59"), Some(id(3)));
    assert_eq!(at("2026-03-30T00:00:00"), Some(id(1)));
    // And back in the night to 2026-10-25, which has 25: day 212 of the rule.
    assert_eq!(at("2026-10-25T00:00:00"), Some(id(3)));
    assert_eq!(at("2026-10-25T23:59:59"), Some(id(3)));
    assert_eq!(at("2026-10-26T00:00:00"), Some(id(1)));
}

#[test]
fn a_sequence_stays_on_its_last_and_waits_for_its_first_day() {
    let videos = [video(1), video(2), video(3)];
    let rule = sequence(RotationType::Sequential, [1, 2]);
    let at = |day: &str| plays(&rule, &videos, instant(&format!("{day}T12:00:00Z")), Tz::UTC);
    assert_eq!(at("2026-03-26"), Some(id(3)), "before the first day the newest plays");
    assert_eq!(at("2026-03-27"), Some(id(1)));
    assert_eq!(at("2026-03-28"), Some(id(2)));
    assert_eq!(at("2027-03-28"), Some(id(2)));
}

#[test]
fn of_overlapping_dates_the_first_that_can_play_wins() {
    let mut videos = [video(1), video(2), video(3)];
    let entry = |start: &str, end: &str, n| ScheduleEntry {
        start_date: date(start),
        end_date: date(end),
        video_id: id(n),
    };
    let schedules =
        vec![entry("2026-12-24", "2026-12-26", 1), entry("2026-12-01", "2026-12-31", 2)];
    let rule =
        rule(RotationType::DateSpecific, ScheduleConfig { schedules, ..ScheduleConfig::default() });
    let at = |videos: &[Video], day: &str| {
        plays(&rule, videos, instant(&format!("{day}T12:00:00Z")), Tz::UTC)
    };
    assert_eq!(at(&videos, "2026-12-23"), Some(id(2)));
    assert_eq!(at(&videos, "2026-12-24"), Some(id(1)));
    assert_eq!(at(&videos, "2026-12-26"), Some(id(1)));
    assert_eq!(at(&videos, "2026-12-27"), Some(id(2)));
    assert_eq!(at(&videos, "2027-01-01"), Some(id(3)));
    videos[0].status = VideoStatus::Archived;
    assert_eq!(at(&videos, "2026-12-24"), Some(id(2)));
}

#[test]
fn a_daily_draw_uses_the_whole_pool() {
    let videos: Vec<Video> = (1..=5).map(video).collect();
    let video_pool = (1..=5).map(id).collect();
    let rule =
        rule(RotationType::RandomDaily, ScheduleConfig { video_pool, ..ScheduleConfig::default() });
    let mut days_of = [0; 5];
    for day in 0..1000 {
        let now = instant("2026-01-01T12:00:00Z") + Days::new(day);
        let chosen = plays(&rule, &videos, now, Tz::UTC).unwrap();
        days_of[usize::try_from(chosen.0.as_u128()).unwrap() - 1] += 1;
    }
    assert!(days_of.iter().all(|days| (150..250).contains(days)), "{days_of:?}");
}

prop_compose! {
    fn any_instant()(seconds in 1_700_000_000i64..1_900_000_000) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }
}

prop_compose! {
    fn any_video(n: u128)(
        status in sample::select(vec![VideoStatus::Active, VideoStatus::Inactive, VideoStatus::Archived]),
        starts_at in option::of(any_instant()),
        ends_at in option::of(any_instant()),
    ) -> Video {
        Video { status, starts_at, ends_at, ..video(n) }
    }
}

prop_compose! {
    fn any_rule()(
        rotation_type in sample::select(RotationType::ALL.to_vec()),
        sequence in vec(1u128..8, 0..6),
        pool in vec(1u128..8, 0..6),
        ranges in vec((0u64..6000, 0u64..60, 1u128..8), 0..6),
        default in option::of(1u128..8),
        start in 0u64..6000,
    ) -> RotationRule {
        let day = |n| date("2020-01-01") + Days::new(n);
        let schedules = ranges.into_iter().map(|(start, length, video)| ScheduleEntry {
            start_date: day(start), end_date: day(start + length), video_id: id(video),
        });
        let schedule = ScheduleConfig {
            schedules: schedules.collect(),
            video_sequence: sequence.into_iter().map(id).collect(),
            video_pool: pool.into_iter().map(id).collect(),
        };
        RotationRule {
            default_video_id: default.map(id), start_date: day(start), ..rule(rotation_type, schedule)
        }
    }
}

fn any_videos() -> impl Strategy<Value = Vec<Video>> {
    (any_video(1), any_video(2), any_video(3), any_video(4), 0usize..=4)
        .prop_map(|(a, b, c, d, count)| vec![a, b, c, d].into_iter().take(count).collect())
}

fn any_timezone() -> impl Strategy<Value = Tz> {
    sample::select(chrono_tz::TZ_VARIANTS.to_vec())
}

proptest! {
    #[test]
    fn what_plays_is_a_candidate_and_something_plays_when_there_is_one(
        rule in option::of(any_rule()), videos in any_videos(), now in any_instant(), tz in any_timezone(),
    ) {
        let candidates: Vec<_> = videos.iter().map(Clip::from).filter(|v| v.is_candidate(now)).map(|v| v.id).collect();
        match resolve(&content(), rule.as_ref(), &videos, now, tz) {
            Playback::Play(video) => prop_assert!(candidates.contains(&video)),
            Playback::Nothing(why) => {
                prop_assert_eq!(why, Silence::NoVideo);
                prop_assert!(candidates.is_empty());
            }
        }
    }

    #[test]
    fn everybody_sees_the_same_video_all_day(
        rule in any_rule(), now in any_instant(), hour in 0i64..24, tz in any_timezone(),
    ) {
        let videos: Vec<Video> = (1..8).map(video).collect();
        let later = now + TimeDelta::hours(hour);
        let day = |at: DateTime<Utc>| at.with_timezone(&tz).date_naive();
        prop_assume!(day(now) == day(later));
        prop_assert_eq!(plays(&rule, &videos, now, tz), plays(&rule, &videos, later, tz));
    }

    #[test]
    fn the_order_of_rows_does_not_matter(
        rule in option::of(any_rule()), videos in any_videos(), now in any_instant(), tz in any_timezone(),
    ) {
        let mut reversed = videos.clone();
        reversed.reverse();
        prop_assert_eq!(
            resolve(&content(), rule.as_ref(), &videos, now, tz),
            resolve(&content(), rule.as_ref(), &reversed, now, tz)
        );
    }

    #[test]
    fn a_cycle_repeats_after_its_length_and_a_sequence_ends(
        ids in vec(1u128..8, 1..6), day in 0u64..400, tz in any_timezone(),
    ) {
        let videos: Vec<Video> = (1..8).map(video).collect();
        let noon = |day: u64| {
            let local = (date("2026-03-27") + Days::new(day)).and_hms_opt(12, 0, 0).unwrap();
            tz.from_local_datetime(&local).earliest().map(|at| at.to_utc())
        };
        let index = usize::try_from(day).unwrap();
        let Some(now) = noon(day) else { return Ok(()) };
        for kind in [RotationType::Cyclic, RotationType::DailyCycle] {
            let cycle = sequence(kind, ids.clone());
            prop_assert_eq!(plays(&cycle, &videos, now, tz), Some(id(ids[index % ids.len()])));
        }
        let sequential = sequence(RotationType::Sequential, ids.clone());
        prop_assert_eq!(plays(&sequential, &videos, now, tz), Some(id(ids[index.min(ids.len() - 1)])));
    }

    #[test]
    fn a_range_of_days_goes_before_whatever_else_a_rule_chooses(
        kind in sample::select(RotationType::ALL.to_vec()), ids in vec(1u128..8, 1..6),
        ranges in vec((0u64..40, 0u64..10, 1u128..8), 1..6), day in 0u64..50,
        archived in 1u128..8,
    ) {
        let mut videos: Vec<Video> = (1..8).map(video).collect();
        videos[usize::try_from(archived).unwrap() - 1].status = VideoStatus::Archived;
        let start = date("2026-03-27");
        let schedules = ranges.into_iter().map(|(first, length, n)| ScheduleEntry {
            start_date: start + Days::new(first),
            end_date: start + Days::new(first + length),
            video_id: id(n),
        });
        let schedules: Vec<ScheduleEntry> = schedules.collect();
        let list: Vec<VideoId> = ids.into_iter().map(id).collect();
        let without = match kind {
            RotationType::RandomDaily => ScheduleConfig { video_pool: list, ..ScheduleConfig::default() },
            _ => ScheduleConfig { video_sequence: list, ..ScheduleConfig::default() },
        };
        let with = rule(kind, ScheduleConfig { schedules: schedules.clone(), ..without.clone() });
        let today = start + Days::new(day);
        let holds = |entry: &&ScheduleEntry| entry.start_date <= today && today <= entry.end_date;
        let by_date = schedules.iter().filter(holds).map(|entry| entry.video_id).find(|n| *n != id(archived));
        let by_date = by_date.filter(|_| kind != RotationType::None);
        let now = today.and_hms_opt(12, 0, 0).unwrap().and_utc();
        let otherwise = plays(&rule(kind, without), &videos, now, Tz::UTC);
        prop_assert_eq!(plays(&with, &videos, now, Tz::UTC), by_date.or(otherwise));
    }

    #[test]
    fn a_rule_survives_its_row(rule in any_rule()) {
        let json = serde_json::to_value(&rule.schedule).unwrap();
        prop_assert_eq!(serde_json::from_value::<ScheduleConfig>(json).unwrap(), rule.schedule);
        prop_assert_eq!(rule.rotation_type.as_str().parse(), Ok(rule.rotation_type));
    }

    #[test]
    fn a_timeline_has_no_gap_and_says_what_plays_at_every_instant(
        rule in option::of(any_rule()), videos in any_videos(), from in any_instant(),
        hours in 1i64..800, probes in vec(0.0..1.0f64, 1..40), tz in any_timezone(),
    ) {
        let until = from + TimeDelta::hours(hours);
        let spans = timeline(&content(), rule.as_ref(), &videos, from, until, tz);
        prop_assert_eq!((spans[0].from, spans[spans.len() - 1].until), (from, until));
        for pair in spans.windows(2) {
            prop_assert_eq!(pair[0].until, pair[1].from);
            prop_assert_ne!(pair[0].playback, pair[1].playback);
        }
        let seconds = (until - from).num_seconds() as f64;
        for probe in probes {
            let at = from + TimeDelta::seconds((seconds * probe) as i64);
            let span: Vec<_> = spans.iter().filter(|s| s.from <= at && at < s.until).collect();
            prop_assert_eq!(span.len(), 1);
            prop_assert_eq!(span[0].playback, resolve(&content(), rule.as_ref(), &videos, at, tz));
        }
    }
}

/// Every second around the instants at which clocks and calendars do odd things: exactly one video of
/// the cycle plays, and it changes when the date does and at no other second.
#[test]
fn exactly_one_video_plays_over_clock_changes_leap_days_and_midnights() {
    let videos: Vec<Video> = (1..4).map(video).collect();
    let cycle = sequence(RotationType::DailyCycle, vec![1, 2, 3]);
    for (timezone, around) in [
        // Forward and back in Berlin.
        (chrono_tz::Europe::Berlin, "2026-03-29T01:00:00Z"),
        (chrono_tz::Europe::Berlin, "2026-10-25T01:00:00Z"),
        // A leap day in Moscow, its beginning and its end.
        (chrono_tz::Europe::Moscow, "2028-02-28T21:00:00Z"),
        (chrono_tz::Europe::Moscow, "2028-02-29T21:00:00Z"),
        // Days that begin at one o'clock, as clocks go forward at midnight.
        (chrono_tz::Africa::Cairo, "2026-04-23T22:00:00Z"),
        (chrono_tz::Asia::Beirut, "2026-03-28T22:00:00Z"),
        // Half an hour, and a quarter.
        (chrono_tz::Australia::Lord_Howe, "2026-04-04T15:00:00Z"),
        (chrono_tz::Asia::Kathmandu, "2026-12-31T18:15:00Z"),
        // The end of a year at both ends of the world.
        (chrono_tz::Pacific::Kiritimati, "2026-12-31T10:00:00Z"),
        (chrono_tz::Pacific::Pago_Pago, "2027-01-01T11:00:00Z"),
    ] {
        let middle = instant(around);
        let (from, until) = (middle - TimeDelta::hours(26), middle + TimeDelta::hours(26));
        let spans = timeline(&content(), Some(&cycle), &videos, from, until, timezone);
        let mut before: Option<(NaiveDate, Playback)> = None;
        for second in 0..(until - from).num_seconds() {
            let at = from + TimeDelta::seconds(second);
            let day = at.with_timezone(&timezone).date_naive();
            let playback = resolve(&content(), Some(&cycle), &videos, at, timezone);
            let days = day.signed_duration_since(cycle.start_date).num_days();
            let due = id(u128::try_from(days.rem_euclid(3)).unwrap() + 1);
            assert_eq!(playback, Playback::Play(due), "{timezone} {at}");
            if let Some((date, was)) = before {
                assert_eq!(date != day, was != playback, "{timezone} {at}");
            }
            before = Some((day, playback));
            let holding = spans.iter().filter(|span| span.from <= at && at < span.until);
            assert_eq!(holding.map(|span| span.playback).collect::<Vec<_>>(), [playback]);
        }
    }
}

/// A day that did not exist has no first instant of its own: it begins and ends with its successor.
#[test]
fn a_skipped_day_takes_no_time() {
    let apia = chrono_tz::Pacific::Apia;
    let (skipped, next) = (date("2011-12-30"), date("2011-12-31"));
    assert_eq!(first_instant(skipped, apia), first_instant(next, apia));
    assert_eq!(first_instant(next, apia), instant("2011-12-30T10:00:00Z"));
    assert_eq!(
        first_instant(date("2026-04-24"), chrono_tz::Africa::Cairo),
        instant("2026-04-23T22:00:00Z")
    );
}
