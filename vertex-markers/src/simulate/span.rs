//! Parts of a row of pixels.

use std::ops::Range;

/// An interval of columns, cut down by linear conditions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Span {
    pub(crate) from: f64,
    pub(crate) to: f64,
}

impl Span {
    pub(crate) const EMPTY: Self = Self { from: f64::INFINITY, to: f64::NEG_INFINITY };
    pub(crate) const ALL: Self = Self { from: f64::NEG_INFINITY, to: f64::INFINITY };

    /// Keeps the columns x where `slope * x + offset` is not negative.
    pub(crate) fn keep(self, slope: f64, offset: f64) -> Self {
        let root = -offset / slope;
        if slope > 0.0 {
            Self { from: self.from.max(root), ..self }
        } else if slope < 0.0 {
            Self { to: self.to.min(root), ..self }
        } else if offset >= 0.0 {
            self
        } else {
            Self::EMPTY
        }
    }

    pub(crate) fn meet(self, other: Self) -> Self {
        Self { from: self.from.max(other.from), to: self.to.min(other.to) }
    }

    /// The least span round both; nothing is added by an empty one.
    pub(crate) fn join(self, other: Self) -> Self {
        if other.is_empty() {
            self
        } else if self.is_empty() {
            other
        } else {
            Self { from: self.from.min(other.from), to: self.to.max(other.to) }
        }
    }

    /// Moves both ends outwards, inwards if `by` is negative.
    pub(crate) fn grown(self, by: f64) -> Self {
        Self { from: self.from - by, to: self.to + by }
    }

    /// The whole columns in it, of a row of `width`.
    pub(crate) fn columns(self, width: usize) -> Range<usize> {
        if self.is_empty() {
            return 0..0;
        }
        let end = width as f64;
        let from = self.from.ceil().clamp(0.0, end) as usize;
        let to = (self.to.floor() + 1.0).clamp(0.0, end) as usize;
        from..to.max(from)
    }

    /// Also when an end is not a number.
    fn is_empty(self) -> bool {
        !matches!(
            self.from.partial_cmp(&self.to),
            Some(std::cmp::Ordering::Less | std::cmp::Ordering::Equal)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_cut_the_row() {
        let span = Span::ALL.keep(2.0, -5.0).keep(-1.0, 7.2).keep(0.0, 1.0);
        assert_eq!(span, Span { from: 2.5, to: 7.2 });
        assert_eq!(span.columns(100), 3..8);
        assert_eq!(span.columns(5), 3..5);
        assert_eq!(span.grown(1.0).columns(100), 2..9);
        assert!(span.keep(0.0, -1.0).columns(100).is_empty());
        assert!(span.keep(f64::NAN, f64::NAN).columns(100).is_empty());
    }

    #[test]
    fn nothing_adds_nothing() {
        let span = Span { from: 1.0, to: 2.0 };
        assert_eq!(span.join(Span::EMPTY), span);
        assert_eq!(Span::EMPTY.join(span), span);
        assert!(span.meet(Span { from: 3.0, to: 4.0 }).columns(9).is_empty());
    }
}
