//! One spelling for every path, before anything looks at it.
//!
//! Segments are decoded; empty ones and `.` are dropped; a path with `..`, with a separator or a control character in a
//! segment, or that is not UTF-8, is refused. What is left is encoded in one way, without a slash at its end. `;` has no
//! meaning here: it is a character like others.

use std::fmt::Write;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What RFC 3986 does not let stand in a segment as it is.
const ENCODED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Why a path is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// `*` and the authority of CONNECT.
    #[error("must begin with /")]
    NoRoot,
    /// `..`, encoded or not.
    #[error("must not climb: resolve .. first")]
    Climbs,
    /// A slash or backslash within a segment.
    #[error("must not have an encoded / or a \\ in it")]
    Separator,
    /// A control character.
    #[error("must not have a control character in it")]
    Control,
    /// `%` without two hexadecimal digits.
    #[error("must have two hexadecimal digits behind every %")]
    Escape,
    /// Bytes that are no text.
    #[error("must be UTF-8")]
    NotText,
}

/// The one spelling of a path.
///
/// # Errors
/// When it may mean another path to somebody else.
pub fn canonical(path: &str) -> Result<String, PathError> {
    let segments = path.strip_prefix('/').ok_or(PathError::NoRoot)?;
    let mut canonical = String::with_capacity(path.len());
    for segment in segments.split('/') {
        let segment = decoded(segment)?;
        match segment.as_str() {
            "" | "." => continue,
            ".." => return Err(PathError::Climbs),
            _ => {}
        }
        if segment.contains(['/', '\\']) {
            return Err(PathError::Separator);
        }
        if segment.contains(char::is_control) {
            return Err(PathError::Control);
        }
        // Writing to a text does not fail.
        let _ = write!(canonical, "/{}", utf8_percent_encode(&segment, ENCODED));
    }
    if canonical.is_empty() {
        canonical.push('/');
    }
    Ok(canonical)
}

fn decoded(segment: &str) -> Result<String, PathError> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        let byte = match byte {
            b'%' => {
                let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
                let (high, low) = digit().zip(digit()).ok_or(PathError::Escape)?;
                (high << 4 | low) as u8
            }
            byte => byte,
        };
        bytes.push(byte);
    }
    String::from_utf8(bytes).map_err(|_| PathError::NotText)
}

#[cfg(test)]
mod tests {
    use poem::http::uri::PathAndQuery;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_path_has_one_spelling() {
        for (spelled, path) in [
            ("/", "/"),
            ("//", "/"),
            ("/./", "/"),
            ("/api/auth/login", "/api/auth/login"),
            ("//api/auth/login", "/api/auth/login"),
            ("/api//auth/login", "/api/auth/login"),
            ("/api/auth//login", "/api/auth/login"),
            ("/api/./auth/login/", "/api/auth/login"),
            ("/api/%2e/auth/login//", "/api/auth/login"),
            ("/%61pi/auth/%6Cogin", "/api/auth/login"),
            ("/%61%70%69/%61uth/lo%67in", "/api/auth/login"),
            ("/ar/a%7eb", "/ar/a~b"),
            ("/ar/%d0%90", "/ar/%D0%90"),
            ("/ar/%3B%3b;x=1", "/ar/;;;x=1"),
            ("/ar/a%20b%25", "/ar/a%20b%25"),
            ("/ar/%252e%252e", "/ar/%252e%252e"),
            ("/ar/...", "/ar/..."),
        ] {
            assert_eq!(canonical(spelled).as_deref(), Ok(path), "{spelled}");
        }
    }

    #[test]
    fn what_others_may_read_otherwise_is_refused() {
        for (spelled, why) in [
            ("*", PathError::NoRoot),
            ("", PathError::NoRoot),
            ("/..", PathError::Climbs),
            ("/api/../metrics", PathError::Climbs),
            ("/api/%2E%2e/metrics", PathError::Climbs),
            ("/api/.%2e/metrics", PathError::Climbs),
            ("/api%2fauth/login", PathError::Separator),
            ("/api/auth%2Flogin", PathError::Separator),
            ("/assets/..%2f..%2fkeys", PathError::Separator),
            ("/assets/..\\keys", PathError::Separator),
            ("/assets/%5ckeys", PathError::Separator),
            ("/api/auth/login%00", PathError::Control),
            ("/api/auth/login%0a", PathError::Control),
            ("/api/auth/login%c2%85", PathError::Control),
            ("/api/auth/login%", PathError::Escape),
            ("/api/auth/login%6", PathError::Escape),
            ("/api/auth/log%+6n", PathError::Escape),
            ("/api/auth/%c0%ae%c0%ae", PathError::NotText),
            ("/api/auth/%ff", PathError::NotText),
        ] {
            assert_eq!(canonical(spelled), Err(why), "{spelled}");
        }
    }

    /// The pieces that paths of attackers are made of, and any text.
    fn path() -> impl Strategy<Value = String> {
        const PIECES: &[&str] = &[
            "/",
            "//",
            "/.",
            "/..",
            "api",
            "auth",
            "login",
            "ar",
            "files",
            "uploads",
            "%2f",
            "%2F",
            "%2e",
            "%61",
            "%C3%A9",
            "%c3%a9",
            "%",
            "%00",
            ";",
            "\\",
            "é",
            "track-session",
            "?",
            "%3f",
            "%252f",
            "x",
        ];
        let spelled = prop::collection::vec(prop::sample::select(PIECES), 0..12);
        prop_oneof![spelled.prop_map(|pieces| format!("/{}", pieces.concat())), ".*"]
    }

    proptest! {
        #[test]
        fn a_canonical_path_stays_as_it_is(path in path()) {
            if let Ok(once) = canonical(&path) {
                prop_assert_eq!(canonical(&once), Ok(once.clone()));
                prop_assert!(once == "/" || !once.ends_with('/'));
                prop_assert!(!once.contains("//"));
                prop_assert!(once.parse::<PathAndQuery>().is_ok_and(|parsed| parsed.path() == once));
            }
        }

        #[test]
        fn every_spelling_is_the_same_path(
            segments in prop::collection::vec("[a-z0-9._~ -]{1,6}", 1..6),
            noise in prop::collection::vec((0..4usize, any::<bool>()), 6),
        ) {
            prop_assume!(segments.iter().all(|segment| segment != "." && segment != ".."));
            let plain: String =
                segments.iter().map(|segment| format!("/{}", utf8_percent_encode(segment, ENCODED))).collect();
            let mut spelled = String::new();
            for (segment, (slashes, encodes)) in segments.iter().zip(&noise) {
                spelled.push_str(["/", "//", "/./", "/%2e//"][*slashes]);
                match encodes {
                    true => segment.bytes().for_each(|byte| spelled.push_str(&format!("%{byte:02x}"))),
                    false => spelled.push_str(&utf8_percent_encode(segment, ENCODED).to_string()),
                }
            }
            prop_assert_eq!(canonical(&spelled), canonical(&plain));
        }
    }
}
