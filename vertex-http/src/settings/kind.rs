//! Kinds of settings: what each takes, and how it is read.

use std::{fmt::Display, path::PathBuf, str::FromStr, time::Duration};

use bytesize::ByteSize;
use ipnet::IpNet;
use secrecy::SecretString;
use tracing_subscriber::EnvFilter;

/// A kind of setting.
pub trait Kind: Sync {
    /// What its texts stand for.
    type Value;

    /// Which texts are taken, in words that follow "takes".
    fn takes(&self) -> String;

    /// A text that is taken.
    fn example(&self) -> String;

    /// What `text`, which is not empty, stands for.
    ///
    /// # Errors
    /// Says what is wrong with it in words that follow the text, without any part of it.
    fn read(&self, text: &str) -> Result<Self::Value, String>;

    /// As much of `text` as may be shown to whoever reads the log.
    fn shown(&self, text: &str) -> String {
        if self.is_secret() { "…".to_owned() } else { text.to_owned() }
    }

    /// Whether the text may be shown to nobody.
    fn is_secret(&self) -> bool {
        false
    }

    /// Whether spaces around the text do not belong to it.
    fn trims(&self) -> bool {
        true
    }
}

/// What a function reads from a text.
pub struct Parsed<T> {
    /// See [`Kind::takes`].
    pub takes: &'static str,
    /// See [`Kind::example`].
    pub example: &'static str,
    /// See [`Kind::read`].
    pub read: fn(&str) -> Result<T, String>,
}

impl<T> Kind for Parsed<T> {
    type Value = T;

    fn takes(&self) -> String {
        self.takes.to_owned()
    }

    fn example(&self) -> String {
        self.example.to_owned()
    }

    fn read(&self, text: &str) -> Result<T, String> {
        (self.read)(text)
    }
}

/// A path of the file system, spaces around it included.
pub struct Path(pub &'static str);

impl Kind for Path {
    type Value = PathBuf;

    fn takes(&self) -> String {
        "a path".to_owned()
    }

    fn example(&self) -> String {
        self.0.to_owned()
    }

    fn read(&self, text: &str) -> Result<PathBuf, String> {
        Ok(text.into())
    }

    fn trims(&self) -> bool {
        false
    }
}

/// One of several words.
pub struct Choice<T: 'static>(pub &'static [(&'static str, T)]);

impl<T: Copy + Sync> Kind for Choice<T> {
    type Value = T;

    fn takes(&self) -> String {
        let words: Vec<&str> = self.0.iter().map(|(word, _)| *word).collect();
        match words.split_last() {
            Some((last, [])) => (*last).to_owned(),
            Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
            None => String::new(),
        }
    }

    fn example(&self) -> String {
        self.0.first().map_or("", |(word, _)| word).to_owned()
    }

    fn read(&self, text: &str) -> Result<T, String> {
        let found = self.0.iter().find(|(word, _)| word.eq_ignore_ascii_case(text));
        found.map(|(_, value)| *value).ok_or_else(|| "is none of these words".to_owned())
    }
}

/// Yes or no.
pub struct Flag;

impl Kind for Flag {
    type Value = bool;

    fn takes(&self) -> String {
        "true or false (also yes, no, on, off, 1, 0)".to_owned()
    }

    fn example(&self) -> String {
        "true".to_owned()
    }

    fn read(&self, text: &str) -> Result<bool, String> {
        match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "1" | "t" | "y" => Ok(true),
            "false" | "no" | "off" | "0" | "f" | "n" => Ok(false),
            _ => Err("is neither true nor false".to_owned()),
        }
    }
}

/// A whole number between two others.
pub struct Whole<T> {
    /// The least that is taken.
    pub from: T,
    /// The most that is taken.
    pub to: T,
    /// See [`Kind::example`].
    pub example: &'static str,
}

impl<T: Copy + Display + FromStr + PartialOrd + Sync> Kind for Whole<T> {
    type Value = T;

    fn takes(&self) -> String {
        format!("a whole number from {} to {}", self.from, self.to)
    }

    fn example(&self) -> String {
        self.example.to_owned()
    }

    fn read(&self, text: &str) -> Result<T, String> {
        let number: T = text.parse().map_err(|_| "is not such a whole number".to_owned())?;
        in_range(number, self.from, self.to)
    }
}

fn in_range<T: PartialOrd>(value: T, from: T, to: T) -> Result<T, String> {
    if value < from {
        Err("is too little".to_owned())
    } else if value > to {
        Err("is too much".to_owned())
    } else {
        Ok(value)
    }
}

/// A number of bytes: `50MB`, `50 MiB`, `1g`; `MB` is a million, `MiB` 1,048,576.
pub struct Size {
    /// The least that is taken, in bytes.
    pub from: u64,
    /// The most that is taken, in bytes.
    pub to: u64,
    /// What a number without a unit counts, in bytes.
    pub unit: u64,
    /// See [`Kind::example`].
    pub example: &'static str,
}

impl Kind for Size {
    type Value = u64;

    fn takes(&self) -> String {
        let plain = match self.unit {
            1 => "bytes or ".to_owned(),
            unit => format!("{} or ", plural(unit)),
        };
        let (from, to) = (ByteSize(self.from).display().iec(), ByteSize(self.to).display().iec());
        format!("{plain}a size with a unit such as 50MB or 2GiB, {from} to {to}")
    }

    fn example(&self) -> String {
        self.example.to_owned()
    }

    fn read(&self, text: &str) -> Result<u64, String> {
        let wrong = "is not a size".to_owned();
        let bytes = match text.bytes().all(|b| b.is_ascii_digit()) {
            true => text.parse::<u64>().ok().and_then(|number| number.checked_mul(self.unit)),
            false => Some(text.parse::<ByteSize>().map_err(|_| wrong.clone())?.as_u64()),
        };
        in_range(bytes.ok_or(wrong)?, self.from, self.to)
    }
}

fn plural(unit: u64) -> &'static str {
    match unit {
        bytesize::MIB => "mebibytes",
        _ => "bytes",
    }
}

/// What a number without a unit counts in a [`Span`].
#[derive(Clone, Copy)]
pub enum Unit {
    /// Seconds.
    Seconds,
    /// Minutes.
    Minutes,
    /// Hours.
    Hours,
    /// Days.
    Days,
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Self::Seconds => "seconds",
            Self::Minutes => "minutes",
            Self::Hours => "hours",
            Self::Days => "days",
        }
    }

    fn times(self, number: u64) -> Option<Duration> {
        let seconds = match self {
            Self::Seconds => 1,
            Self::Minutes => 60,
            Self::Hours => 3600,
            Self::Days => 86_400,
        };
        number.checked_mul(seconds).map(Duration::from_secs)
    }
}

/// A span of time: a number of its own unit, or `30s`, `10m`, `2h`, `1h 30m`, `7d`.
pub struct Span {
    /// What a number without a unit counts.
    pub unit: Unit,
    /// The least that is taken, in that unit.
    pub from: u64,
    /// The most that is taken, in that unit.
    pub to: u64,
    /// See [`Kind::example`].
    pub example: &'static str,
}

impl Kind for Span {
    type Value = Duration;

    fn takes(&self) -> String {
        let Self { unit, from, to, .. } = self;
        format!("{from} to {to} {}, or as much with a unit such as 30s, 10m, 2h or 7d", unit.name())
    }

    fn example(&self) -> String {
        self.example.to_owned()
    }

    fn read(&self, text: &str) -> Result<Duration, String> {
        let wrong = || "is not a span of time".to_owned();
        let span = match text.bytes().all(|b| b.is_ascii_digit()) {
            true => text.parse().ok().and_then(|number| self.unit.times(number)),
            false => humantime::parse_duration(text).ok(),
        };
        let limit = |number| self.unit.times(number).unwrap_or(Duration::MAX);
        in_range(span.ok_or_else(wrong)?, limit(self.from), limit(self.to))
    }
}

/// Several values with commas or spaces in between; `none` for an empty list.
pub struct List<K>(pub K);

impl<K: Kind> List<K> {
    fn parts(text: &str) -> impl Iterator<Item = &str> {
        text.split(|c: char| c == ',' || c.is_whitespace()).filter(|part| !part.is_empty())
    }
}

impl<K: Kind> Kind for List<K> {
    type Value = Vec<K::Value>;

    fn takes(&self) -> String {
        format!("none, or with commas in between: {}", self.0.takes())
    }

    fn example(&self) -> String {
        self.0.example()
    }

    fn read(&self, text: &str) -> Result<Self::Value, String> {
        if text.eq_ignore_ascii_case("none") {
            return Ok(Vec::new());
        }
        let read = |(index, part)| {
            self.0.read(part).map_err(|reason| format!("number {} {reason}", index + 1))
        };
        Self::parts(text).enumerate().map(read).collect()
    }

    fn shown(&self, text: &str) -> String {
        let parts: Vec<String> = Self::parts(text).map(|part| self.0.shown(part)).collect();
        parts.join(",")
    }
}

/// A network such as `10.0.0.0/8`, or a single address.
pub struct Network;

impl Kind for Network {
    type Value = IpNet;

    fn takes(&self) -> String {
        "an address or a network".to_owned()
    }

    fn example(&self) -> String {
        "10.0.0.0/8".to_owned()
    }

    fn read(&self, text: &str) -> Result<IpNet, String> {
        let address = || text.parse().map(|address: std::net::IpAddr| IpNet::from(address));
        text.parse().or_else(|_| address()).map_err(|_| "is neither".to_owned())
    }
}

/// A text that nobody may see: a password or a token.
pub struct Secret;

impl Kind for Secret {
    type Value = SecretString;

    fn takes(&self) -> String {
        "any text".to_owned()
    }

    fn example(&self) -> String {
        "correct-horse-battery-staple".to_owned()
    }

    fn read(&self, text: &str) -> Result<SecretString, String> {
        Ok(text.into())
    }

    fn is_secret(&self) -> bool {
        true
    }

    fn trims(&self) -> bool {
        false
    }
}

/// A secret that a function checks.
pub struct CheckedSecret {
    /// See [`Kind::takes`].
    pub takes: &'static str,
    /// See [`Kind::example`].
    pub example: &'static str,
    /// Says what is wrong with it.
    pub check: fn(&str) -> Result<(), String>,
}

impl Kind for CheckedSecret {
    type Value = SecretString;

    fn takes(&self) -> String {
        self.takes.to_owned()
    }

    fn example(&self) -> String {
        self.example.to_owned()
    }

    fn read(&self, text: &str) -> Result<SecretString, String> {
        (self.check)(text).map(|()| text.into())
    }

    fn is_secret(&self) -> bool {
        true
    }

    fn trims(&self) -> bool {
        false
    }
}

/// Which log lines are written: `info`, `warn,vertex_http=debug`.
pub struct LogFilter;

impl Kind for LogFilter {
    type Value = String;

    fn takes(&self) -> String {
        "off, error, warn, info, debug or trace, with commas also for parts of the program"
            .to_owned()
    }

    fn example(&self) -> String {
        "info,vertex_http=debug".to_owned()
    }

    fn read(&self, text: &str) -> Result<String, String> {
        // A word without a level is taken for a part of the program, which nobody means by `loud`.
        let mut directives = text.split(',').filter(|directive| !directive.trim().is_empty());
        if let Some(index) = directives.position(|directive| !says_a_level(directive)) {
            return Err(format!("says no such level at number {}", index + 1));
        }
        let compact: String = text.split_whitespace().collect();
        EnvFilter::try_new(&compact).map_err(|error| error.to_string())?;
        Ok(compact)
    }
}

fn says_a_level(directive: &str) -> bool {
    let level = directive.rsplit_once('=').map_or(directive, |(_, level)| level).trim();
    let levels = ["off", "error", "warn", "info", "debug", "trace"];
    levels.iter().any(|known| known.eq_ignore_ascii_case(level))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BYTES: Size = Size { from: 1, to: bytesize::TIB, unit: 1, example: "50MB" };

    #[test]
    fn sizes_have_units() {
        for (text, bytes) in [
            ("52428800", 52_428_800),
            ("50MB", 50_000_000),
            ("50 MB", 50_000_000),
            ("50 MiB", 52_428_800),
            ("1g", 1_000_000_000),
            ("1.5k", 1500),
            ("7b", 7),
        ] {
            assert_eq!(BYTES.read(text), Ok(bytes), "{text}");
        }
        for wrong in ["", "0", "-1", "fifty", "50 parsecs", "2TiB", "99999999999999999999", "1e3"] {
            assert!(BYTES.read(wrong).is_err(), "{wrong}");
        }
        let mebibytes = Size { from: bytesize::MIB, unit: bytesize::MIB, ..BYTES };
        assert_eq!(mebibytes.read("2048"), Ok(2 * bytesize::GIB));
        assert_eq!(mebibytes.read("2GiB"), Ok(2 * bytesize::GIB));
    }

    #[test]
    fn spans_have_units() {
        let minutes = Span { unit: Unit::Minutes, from: 1, to: 1440, example: "60" };
        for (text, seconds) in
            [("60", 3600), ("90s", 90), ("10m", 600), ("2h", 7200), ("1h 30m", 5400)]
        {
            assert_eq!(minutes.read(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for wrong in ["0", "59s", "-1", "1441", "2 days", "soon", "1.5"] {
            assert!(minutes.read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn flags_are_written_in_many_ways() {
        for yes in ["true", "TRUE", "yes", "On", "1", "t", "Y"] {
            assert_eq!(Flag.read(yes), Ok(true), "{yes}");
        }
        for no in ["false", "No", "OFF", "0", "f", "n"] {
            assert_eq!(Flag.read(no), Ok(false), "{no}");
        }
        assert!(Flag.read("perhaps").is_err());
    }

    #[test]
    fn lists_have_commas_or_spaces() {
        let list = |text: &str| List(Network).read(text).map(|nets| nets.len());
        for text in ["10.0.0.0/8,::1", "10.0.0.0/8, ::1", " 10.0.0.0/8  ::1 ", "10.0.0.0/8,::1,"] {
            assert_eq!(list(text), Ok(2), "{text}");
        }
        assert_eq!(list("none"), Ok(0));
        assert_eq!(list("::1,here"), Err("number 2 is neither".to_owned()));
    }

    #[test]
    fn a_log_filter_says_levels() {
        for fine in [
            "info",
            "WARN",
            "info,poem=warn",
            " info , vertex_http = debug ",
            "off",
            "vertex_http[request{method=GET}]=trace",
        ] {
            assert!(LogFilter.read(fine).is_ok(), "{fine}");
        }
        for wrong in ["loud", "info,poem", "poem=loud", "=nonsense=", "info warn", "[=info"] {
            assert!(LogFilter.read(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text in ".{0,40}|[0-9a-zA-Z., =\\[\\]{}/:-]{0,40}") {
            let _ = BYTES.read(&text);
            let _ = Span { unit: Unit::Days, from: 1, to: 9, example: "1" }.read(&text);
            let _ = List(Network).read(&text);
            let _ = LogFilter.read(&text);
        }
    }
}
