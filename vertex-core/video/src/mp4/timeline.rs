//! Which of a track's pictures are shown, and when: edit lists (ISO/IEC 14496-12, section 8.6.6) applied to its media.

use super::headers::EditEntry;

/// Edits looked at.
const MAX_EDITS: usize = 1024;

/// A stretch of media that is shown, in units of the media.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    /// Where in the media it begins.
    from: i64,
    /// Where in the media it ends.
    to: i64,
    /// When it is shown.
    at: i64,
}

/// What is shown of a track, in the order of showing. All times are in units of its media.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Timeline {
    stretches: Vec<Stretch>,
}

/// A moment in the media that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// When it is shown.
    pub(crate) presented: i64,
    /// Where in the media it is.
    pub(crate) media: i64,
    /// Where in the media its stretch begins.
    pub(crate) stretch_from: i64,
}

/// How the lengths of edits are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EditUnits {
    /// Units a second of the movie.
    pub(crate) movie: u32,
    /// Units a second of the media.
    pub(crate) media: u32,
    /// Where the pictures end that the edits were written for, if fragments may have come later.
    pub(crate) known_end: Option<i64>,
}

impl Timeline {
    /// The part of a media from `first` to `end` that is left by these edits. Edits that leave nothing are ignored, as
    /// players ignore them.
    pub(crate) fn new(edits: &[EditEntry], units: EditUnits, first: i64, end: i64) -> Self {
        let mut stretches = Vec::new();
        let mut at = 0_i64;
        let last = edits.iter().take(MAX_EDITS).rposition(|edit| edit.media_time >= 0);
        for (index, edit) in edits.iter().take(MAX_EDITS).enumerate() {
            let length = units.to_media(edit.duration);
            if edit.media_time < 0 {
                at = at.saturating_add(length);
                continue;
            }
            let to = edit.media_time.saturating_add(length);
            let is_open = edit.duration == 0
                || Some(index) == last && units.known_end.is_some_and(|known| to >= known);
            let (from, to) = (edit.media_time.max(first), if is_open { end } else { to.min(end) });
            if from < to {
                stretches.push(Stretch { from, to, at: at.saturating_add(from - edit.media_time) });
            }
            at = at.saturating_add(length);
        }
        if stretches.is_empty() {
            stretches.push(Stretch { from: first, to: end.max(first), at: first });
        }
        Self { stretches }
    }

    /// When the first picture is shown.
    pub(crate) fn start(&self) -> i64 {
        self.stretches.iter().map(|stretch| stretch.at).min().unwrap_or_default()
    }

    /// When the last picture goes.
    pub(crate) fn end(&self) -> i64 {
        let ends =
            self.stretches.iter().map(|it| it.at.saturating_add(it.to.saturating_sub(it.from)));
        ends.max().unwrap_or_default()
    }

    /// How many stretches of media are put together.
    pub(crate) fn stretches(&self) -> usize {
        self.stretches.len()
    }

    /// The moment half-way through what is shown.
    pub(crate) fn middle(&self) -> Moment {
        let length = |stretch: &Stretch| stretch.to.saturating_sub(stretch.from);
        let whole = self.stretches.iter().map(length).fold(0, i64::saturating_add);
        let mut left = whole / 2;
        for stretch in &self.stretches {
            if left < length(stretch) || whole == 0 {
                return Moment {
                    presented: stretch.at.saturating_add(left),
                    media: stretch.from.saturating_add(left),
                    stretch_from: stretch.from,
                };
            }
            left -= length(stretch);
        }
        Moment { presented: 0, media: 0, stretch_from: 0 }
    }

    /// Whether what begins at this time of the media is shown.
    pub(crate) fn shows(&self, media: i64) -> bool {
        self.stretches.iter().any(|stretch| (stretch.from..stretch.to).contains(&media))
    }
}

impl EditUnits {
    fn to_media(self, duration: u64) -> i64 {
        let (movie, media) = (u128::from(self.movie.max(1)), u128::from(self.media));
        let units = (u128::from(duration) * media + movie / 2) / movie;
        i64::try_from(units).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNITS: EditUnits = EditUnits { movie: 1000, media: 12_800, known_end: None };

    fn timeline(edits: &[(u64, i64)]) -> Timeline {
        let entry = |(duration, media_time): &(u64, i64)| EditEntry {
            duration: *duration,
            media_time: *media_time,
        };
        let edits: Vec<EditEntry> = edits.iter().map(entry).collect();
        Timeline::new(&edits, UNITS, 0, 6 * 12_800)
    }

    #[test]
    fn without_edits_everything_is_shown() {
        let all = timeline(&[]);
        assert_eq!((all.start(), all.end(), all.middle().media), (0, 76_800, 38_400));
    }

    #[test]
    fn what_is_before_an_edit_is_not_shown() {
        let trimmed = timeline(&[(1800, 4 * 12_800 + 2560)]);
        assert_eq!(trimmed.end() - trimmed.start(), 1800 * 12_800 / 1000);
        assert_eq!(trimmed.middle().media, 53_760 + 11_520);
        assert!(!trimmed.shows(53_759) && trimmed.shows(53_760) && !trimmed.shows(76_800));
    }

    #[test]
    fn an_empty_edit_delays() {
        let delayed = timeline(&[(2000, -1), (1000, 12_800)]);
        assert_eq!((delayed.start(), delayed.end()), (25_600, 38_400));
        let middle = delayed.middle();
        assert_eq!((middle.media, middle.presented), (19_200, 32_000));
    }

    #[test]
    fn several_edits_are_shown_one_after_the_other() {
        let cut = timeline(&[(1000, 0), (1000, 5 * 12_800)]);
        assert_eq!(cut.end(), 25_600);
        let middle = cut.middle();
        assert_eq!((middle.media, middle.stretch_from), (64_000, 64_000));
    }

    #[test]
    fn edits_that_leave_nothing_are_ignored() {
        for edits in [&[(2000, -1)][..], &[(1000, 1 << 40)], &[(1, 0), (u64::MAX, i64::MAX)]] {
            assert!(timeline(edits).end() > 0, "{edits:?}");
        }
        assert_eq!(timeline(&[(2000, -1)]).middle().media, 38_400);
    }

    #[test]
    fn the_last_edit_of_a_growing_file_is_open() {
        let edits = [EditEntry { duration: 1000, media_time: 0 }];
        let end =
            |known_end| Timeline::new(&edits, EditUnits { known_end, ..UNITS }, 0, 76_800).end();
        assert_eq!((end(None), end(Some(12_800)), end(Some(20_000))), (12_800, 76_800, 12_800));
        let to_the_end = timeline(&[(0, 12_800)]);
        assert_eq!(to_the_end.end(), 5 * 12_800);
    }
}
