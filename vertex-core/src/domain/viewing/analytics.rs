//! How often contents were viewed: figures over days, devices and videos.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::{
    ids::{CompanyId, ContentId, VideoId},
    view_session::DeviceType,
};

/// The longest period a report covers, in days.
pub const LONGEST_PERIOD: i64 = 366;

/// Days from the first to the last, both inside, in the company's timezone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    first: NaiveDate,
    last: NaiveDate,
}

impl Period {
    /// The days from `first` to `last`.
    pub fn new(first: NaiveDate, last: NaiveDate) -> Result<Self, String> {
        let days = last.signed_duration_since(first).num_days() + 1;
        if days < 1 {
            return Err(format!("must not be before {first}, where the period begins"));
        }
        if days > LONGEST_PERIOD {
            return Err(format!("makes a period of {days} days; at most {LONGEST_PERIOD}"));
        }
        Ok(Self { first, last })
    }

    /// The first day.
    pub fn first(&self) -> NaiveDate {
        self.first
    }

    /// The last day.
    pub fn last(&self) -> NaiveDate {
        self.last
    }

    /// Every day, in order.
    pub fn days(&self) -> impl Iterator<Item = NaiveDate> {
        self.first.iter_days().take_while(|day| *day <= self.last)
    }
}

/// What views add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figures {
    /// How many there were.
    pub views: u64,
    /// How many of them measured their frames.
    pub measured: u64,
    /// The frames per second of those, added up.
    pub fps_sum: f64,
    /// The seconds that all of them lasted.
    pub seconds: f64,
}

impl Figures {
    /// Adds others to these.
    pub fn add(&mut self, other: &Self) {
        self.views += other.views;
        self.measured += other.measured;
        self.fps_sum += other.fps_sum;
        self.seconds += other.seconds;
    }

    /// Frames per second of the average view that measured them.
    pub fn avg_fps(&self) -> Option<f64> {
        (self.measured > 0).then(|| self.fps_sum / self.measured as f64)
    }

    /// Seconds of the average view.
    pub fn avg_duration(&self) -> Option<f64> {
        (self.views > 0).then(|| self.seconds / self.views as f64)
    }
}

impl<'a> FromIterator<&'a Figures> for Figures {
    fn from_iter<I: IntoIterator<Item = &'a Figures>>(parts: I) -> Self {
        let mut sum = Self::default();
        parts.into_iter().for_each(|part| sum.add(part));
        sum
    }
}

/// The views of one day, on one kind of device and, where it was asked for, of one video.
#[derive(Clone, Debug, PartialEq)]
pub struct DailyViews {
    /// The day.
    pub day: NaiveDate,
    /// What was viewed on.
    pub device_type: DeviceType,
    /// What played; `None` when nothing did or videos are not told apart.
    pub video_id: Option<VideoId>,
    /// What the views add up to.
    pub figures: Figures,
}

/// The views of one content.
#[derive(Clone, Debug, PartialEq)]
pub struct ContentViews {
    /// Which content.
    pub content_id: ContentId,
    /// What people call it.
    pub title: String,
    /// What the views add up to.
    pub figures: Figures,
}

/// The figures of a period, whole and in parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The days it is about.
    pub period: Period,
    /// All views together.
    pub total: Figures,
    /// Every day of the period, also those without views.
    pub days: Vec<(NaiveDate, Figures)>,
    /// Every kind of device, also those without views.
    pub devices: Vec<(DeviceType, Figures)>,
    /// The videos that played, most viewed first.
    pub videos: Vec<(Option<VideoId>, Figures)>,
}

impl Report {
    /// Adds up the views of a period.
    pub fn of(period: Period, views: &[DailyViews]) -> Self {
        let mut days: BTreeMap<NaiveDate, Figures> =
            period.days().map(|day| (day, Figures::default())).collect();
        let mut devices = DeviceType::ALL.map(|device| (device, Figures::default()));
        let mut videos: BTreeMap<Option<VideoId>, Figures> = BTreeMap::new();
        for view in views {
            days.entry(view.day).or_default().add(&view.figures);
            videos.entry(view.video_id).or_default().add(&view.figures);
            for (device, figures) in &mut devices {
                if *device == view.device_type {
                    figures.add(&view.figures);
                }
            }
        }
        let mut videos: Vec<_> = videos.into_iter().collect();
        videos.sort_by_key(|(_, figures)| std::cmp::Reverse(figures.views));
        Self {
            period,
            total: views.iter().map(|view| &view.figures).collect(),
            days: days.into_iter().collect(),
            devices: devices.into(),
            videos,
        }
    }
}

/// Which view sessions are wanted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SessionFilter {
    /// Whose.
    pub company_id: CompanyId,
    /// On which of the company's days.
    pub period: Period,
    /// Only of this content.
    pub content_id: Option<ContentId>,
    /// Only of this video; its content must be named, too.
    pub video_id: Option<VideoId>,
    /// Only on this kind of device.
    pub device_type: Option<DeviceType>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_period_has_at_least_a_day_and_at_most_a_leap_year() {
        let one = Period::new(day("2028-02-29"), day("2028-02-29")).unwrap();
        assert_eq!(one.days().collect::<Vec<_>>(), [day("2028-02-29")]);
        assert!(Period::new(day("2028-03-01"), day("2028-02-29")).is_err());
        assert!(Period::new(day("2028-01-01"), day("2028-12-31")).is_ok());
        assert!(Period::new(day("2028-01-01"), day("2029-01-01")).is_err());
    }

    #[test]
    fn averages_leave_out_what_was_not_measured() {
        let figures = Figures { views: 4, measured: 2, fps_sum: 50.0, seconds: 10.0 };
        assert_eq!((figures.avg_fps(), figures.avg_duration()), (Some(25.0), Some(2.5)));
        assert_eq!((Figures::default().avg_fps(), Figures::default().avg_duration()), (None, None));
    }

    proptest! {
        #[test]
        fn the_parts_of_a_report_add_up(
            views in prop::collection::vec((0u64..40, 0usize..3, 0u128..4, 1u64..100), 0..60)
        ) {
            let first = day("2026-10-01");
            let period = Period::new(first, day("2026-11-09")).unwrap();
            let views: Vec<_> = views.into_iter().map(|(offset, device, video, views)| DailyViews {
                day: first + chrono::Days::new(offset),
                device_type: DeviceType::ALL[device],
                video_id: (video > 0).then(|| VideoId(Uuid::from_u128(video))),
                figures: Figures { views, seconds: views as f64, ..Figures::default() },
            }).collect();
            let report = Report::of(period, &views);
            let sum = |parts: Vec<Figures>| parts.iter().collect::<Figures>().views;
            prop_assert_eq!(report.days.len(), 40);
            prop_assert_eq!(sum(report.days.iter().map(|part| part.1).collect()), report.total.views);
            prop_assert_eq!(sum(report.devices.iter().map(|part| part.1).collect()), report.total.views);
            prop_assert_eq!(sum(report.videos.iter().map(|part| part.1).collect()), report.total.views);
            prop_assert!(report.videos.is_sorted_by(|a, b| a.1.views >= b.1.views));
        }
    }
}
