//! What a request for a file makes its answer depend on: preconditions and ranges, by RFC 9110, sections 13 and 14.

use std::time::SystemTime;

use poem::{
    http::{HeaderMap, header},
    web::headers::{
        ETag, HeaderMapExt, IfMatch, IfModifiedSince, IfNoneMatch, IfRange, IfUnmodifiedSince,
        LastModified,
    },
};

/// What became of the preconditions of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precondition {
    /// The file is wanted.
    Met,
    /// It is another one than the one that is wanted.
    Failed,
    /// Whoever asks has it already.
    NotModified,
}

impl Precondition {
    /// Looks at the headers in the order of RFC 9110, section 13.2.2.
    pub fn of(headers: &HeaderMap, etag: &ETag, modified: Option<SystemTime>) -> Self {
        let is_wanted = match headers.typed_get::<IfMatch>() {
            Some(wanted) => wanted.precondition_passes(etag),
            None => {
                let since = headers.typed_get::<IfUnmodifiedSince>().zip(modified);
                since.is_none_or(|(since, modified)| since.precondition_passes(modified))
            }
        };
        if !is_wanted {
            return Self::Failed;
        }
        let is_news = match headers.typed_get::<IfNoneMatch>() {
            Some(known) => known.precondition_passes(etag),
            None => {
                let since = headers.typed_get::<IfModifiedSince>().zip(modified);
                since.is_none_or(|(since, modified)| since.is_modified(modified))
            }
        };
        if is_news { Self::Met } else { Self::NotModified }
    }
}

/// What part of a file is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// All of it.
    Whole,
    /// First byte, and the one after the last.
    Part(u64, u64),
    /// A part that it does not have.
    Nothing,
}

impl Wanted {
    /// Reads `Range` and `If-Range` of a request for a file of this many bytes. Several ranges at once, and what is
    /// not understood, are answered with the whole, as the RFC allows.
    pub fn of(headers: &HeaderMap, etag: &ETag, modified: Option<SystemTime>, length: u64) -> Self {
        let mut ranges = headers.get_all(header::RANGE).iter();
        let (Some(range), None) = (ranges.next(), ranges.next()) else { return Self::Whole };
        let is_of_this_file = |if_range: IfRange| {
            !if_range.is_modified(Some(etag), modified.map(LastModified::from).as_ref())
        };
        if headers.contains_key(header::IF_RANGE)
            && !headers.typed_get::<IfRange>().is_some_and(is_of_this_file)
        {
            return Self::Whole;
        }
        range.to_str().ok().and_then(|text| part(text, length)).unwrap_or(Self::Whole)
    }
}

/// The part that a range names; `None` when it is not one range of bytes.
fn part(text: &str, length: u64) -> Option<Wanted> {
    let (unit, set) = text.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let mut ranges = set.split(',').map(str::trim).filter(|range| !range.is_empty());
    let (Some(range), None) = (ranges.next(), ranges.next()) else { return None };
    let (start, end) = match range.split_once('-')? {
        ("", suffix) => (length.saturating_sub(number(suffix)?), length),
        (first, "") => (number(first)?, length),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            if last < first {
                return None;
            }
            (first, last.saturating_add(1).min(length))
        }
    };
    match (start < end, length) {
        (true, _) => Some(Wanted::Part(start, end)),
        // The end of a file without bytes is all of it.
        (false, 0) if range.starts_with('-') && number(&range[1..])? > 0 => Some(Wanted::Whole),
        (false, _) => Some(Wanted::Nothing),
    }
}

/// Digits; a number beyond any file is the greatest there is.
fn number(digits: &str) -> Option<u64> {
    let plain = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    plain.then(|| digits.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            let name: header::HeaderName = name.parse().unwrap();
            headers.append(name, value.parse().unwrap());
        }
        headers
    }

    fn etag() -> ETag {
        "\"abc\"".parse().unwrap()
    }

    fn wanted(range: &str, length: u64) -> Wanted {
        Wanted::of(&headers(&[("range", range)]), &etag(), None, length)
    }

    #[test]
    fn a_range_names_a_part_of_the_file_or_nothing_or_is_not_understood() {
        use Wanted::{Nothing, Part, Whole};
        for (range, expected) in [
            ("bytes=0-0", Part(0, 1)),
            ("bytes=0-99", Part(0, 100)),
            ("bytes=0-100", Part(0, 100)),
            ("bytes=90-", Part(90, 100)),
            ("bytes=99-99999999999999999999999", Part(99, 100)),
            ("bytes=-1", Part(99, 100)),
            ("bytes=-100", Part(0, 100)),
            ("bytes=-101", Part(0, 100)),
            ("bytes=-126846", Part(0, 100)),
            ("bytes=-99999999999999999999999", Part(0, 100)),
            ("Bytes = 5-9", Part(5, 10)),
            ("bytes= 5-9 ,", Part(5, 10)),
            ("bytes=100-", Nothing),
            ("bytes=100-200", Nothing),
            ("bytes=99999999999999999999999-", Nothing),
            ("bytes=-0", Nothing),
            ("bytes=9-5", Whole),
            ("bytes=-", Whole),
            ("bytes=", Whole),
            ("bytes=,", Whole),
            ("bytes=+1-2", Whole),
            ("bytes=1 -2", Whole),
            ("bytes=a-b", Whole),
            ("bytes=0x1-", Whole),
            ("bytes", Whole),
            ("lines=0-5", Whole),
            ("bytes=0-1,5-6", Whole),
            ("bytes=0-1,200-300", Whole),
        ] {
            assert_eq!(wanted(range, 100), expected, "{range}");
        }
        for (range, expected) in [
            ("bytes=0-", Nothing),
            ("bytes=0-0", Nothing),
            ("bytes=-0", Nothing),
            ("bytes=-5", Whole),
        ] {
            assert_eq!(wanted(range, 0), expected, "{range} of an empty file");
        }
        assert_eq!(wanted("bytes=0-", u64::MAX), Part(0, u64::MAX));
        let twice = headers(&[("range", "bytes=0-1"), ("range", "bytes=2-3")]);
        assert_eq!(Wanted::of(&twice, &etag(), None, 100), Whole);
    }

    #[test]
    fn a_range_of_another_file_gives_the_whole() {
        let modified = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let of = |if_range: &str| {
            let headers = headers(&[("range", "bytes=0-0"), ("if-range", if_range)]);
            Wanted::of(&headers, &etag(), Some(modified), 100)
        };
        assert_eq!(of("\"abc\""), Wanted::Part(0, 1));
        assert_eq!(of("\"other\""), Wanted::Whole);
        assert_eq!(of("Fri, 15 Jan 2027 08:00:00 GMT"), Wanted::Part(0, 1));
        assert_eq!(of("Wed, 15 Jan 2020 08:00:00 GMT"), Wanted::Whole);
        assert_eq!(of("not understood"), Wanted::Whole);
    }

    #[test]
    fn preconditions_are_looked_at_in_their_order() {
        let modified = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let (before, after) = ("Wed, 15 Jan 2020 08:00:00 GMT", "Sat, 15 Jan 2028 08:00:00 GMT");
        let of =
            |pairs: &[(&str, &str)]| Precondition::of(&headers(pairs), &etag(), Some(modified));
        assert_eq!(of(&[]), Precondition::Met);
        assert_eq!(of(&[("if-match", "\"abc\"")]), Precondition::Met);
        assert_eq!(of(&[("if-match", "*")]), Precondition::Met);
        assert_eq!(of(&[("if-match", "\"other\"")]), Precondition::Failed);
        assert_eq!(of(&[("if-unmodified-since", before)]), Precondition::Failed);
        assert_eq!(of(&[("if-unmodified-since", after)]), Precondition::Met);
        assert_eq!(of(&[("if-none-match", "W/\"abc\"")]), Precondition::NotModified);
        assert_eq!(of(&[("if-none-match", "\"other\"")]), Precondition::Met);
        assert_eq!(of(&[("if-modified-since", after)]), Precondition::NotModified);
        assert_eq!(of(&[("if-modified-since", before)]), Precondition::Met);
        let both = [("if-none-match", "\"other\""), ("if-modified-since", after)];
        assert_eq!(of(&both), Precondition::Met, "the date does not count beside the tag");
    }
}
