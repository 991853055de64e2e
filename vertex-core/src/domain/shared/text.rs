//! Texts that people type, checked once where they enter.

mod visible;

use std::{convert::Infallible, fmt};

pub use visible::visible;
use visible::{is_control, is_hidden};

macro_rules! checked_texts {
    ($($(#[$doc:meta])* $name:ident = $parse:path;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            /// Accepts what a person typed, trimmed, or says what is wrong with it.
            pub fn parse(text: impl AsRef<str>) -> Result<Self, String> {
                $parse(text.as_ref().trim()).map(Self)
            }

            /// Takes what a row has kept: it was checked when it came in, by the rules of that time.
            pub fn kept(text: String) -> Result<Self, Infallible> {
                Ok(Self(text))
            }

            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

checked_texts! {
    /// A name or title in any alphabet: 1 to 200 characters on one line, without those that nobody sees.
    Name = name;
    /// An email address: something, an at sign, a domain with a dot.
    Email = email;
    /// What a person signs in with: 3 to 64 of `a-z 0-9 . _ -`, kept in lower case.
    Username = username;
    /// A company's short name in addresses: 1 to 63 of `a-z 0-9 -`.
    Slug = slug;
}

/// A free text of several lines, at most 4,000 characters, without those that nobody sees.
pub fn description(text: impl AsRef<str>) -> Result<String, String> {
    let text = visible(text.as_ref());
    let text = text.trim();
    if text.chars().any(|c| is_control(c) && !"\n\r\t\u{2028}\u{2029}".contains(c)) {
        return Err("must not have control characters".to_owned());
    }
    match text.chars().count() {
        0..=4000 => Ok(text.to_owned()),
        n => Err(format!("has {n} characters; at most 4000 are kept")),
    }
}

/// A new password: 10 to 256 characters, which are 1,024 bytes at most, none of them a control character. Whether it is
/// easy to guess is another question: [`crate::domain::password::weakness`].
pub fn new_password(text: String) -> Result<String, String> {
    match text.chars().count() {
        10..=256 if text.chars().any(is_control) => {
            Err("must not have control characters".to_owned())
        }
        10..=256 => Ok(text),
        n => Err(format!("has {n} characters; a password has 10 to 256")),
    }
}

fn name(text: &str) -> Result<String, String> {
    let text = visible(text);
    let text = text.trim();
    match text.chars().count() {
        0 => Err("must not be empty".to_owned()),
        1..=200 if text.chars().any(is_control) => {
            Err("must be one line without control characters".to_owned())
        }
        1..=200 => Ok(text.to_owned()),
        n => Err(format!("has {n} characters; at most 200 are kept")),
    }
}

/// What RFC 5321 calls a dot-string and a domain, in the letters of any alphabet (RFC 6531): no quotes, brackets,
/// separators or characters that nobody sees, which lists of addresses and mail programs read in their own ways.
fn email(text: &str) -> Result<String, String> {
    if text.len() > 254 {
        return Err(format!("has {} bytes; an email address has 254 at most", text.len()));
    }
    let wrong = || format!("{text:?} is not an email address");
    let (local, domain) = text.rsplit_once('@').ok_or_else(wrong)?;
    let is_letter = |c: char| c.is_alphanumeric() && !is_hidden(c);
    let is_atom = |atom: &str| {
        !atom.is_empty() && atom.chars().all(|c| is_letter(c) || "!#$%&'*+-/=?^_`{|}~".contains(c))
    };
    let is_label = |label: &&str| {
        let length = label.chars().count();
        let hyphen_outside = label.starts_with('-') || label.ends_with('-');
        let is_plain = label.chars().all(|c| is_letter(c) || c == '-');
        (1..=63).contains(&length) && is_plain && !hyphen_outside
    };
    let labels: Vec<&str> = domain.split('.').collect();
    let top = labels.last().copied().unwrap_or_default();
    let is_name = !top.chars().all(|c| c.is_ascii_digit());
    let domain_is_fine = labels.len() > 1 && labels.iter().all(is_label) && is_name;
    if domain_is_fine && local.len() <= 64 && local.split('.').all(is_atom) {
        Ok(text.to_lowercase())
    } else {
        Err(wrong())
    }
}

fn username(text: &str) -> Result<String, String> {
    let text = text.to_lowercase();
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
    if (3..=64).contains(&text.len()) && text.chars().all(allowed) {
        Ok(text)
    } else {
        Err("must be 3 to 64 letters a-z, digits, dots, hyphens or underscores".to_owned())
    }
}

fn slug(text: &str) -> Result<String, String> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let hyphen_outside = text.starts_with('-') || text.ends_with('-');
    if (1..=63).contains(&text.len()) && text.chars().all(allowed) && !hyphen_outside {
        Ok(text.to_owned())
    } else {
        Err("must be 1 to 63 of a-z, 0-9 and hyphens, without a hyphen at either end".to_owned())
    }
}

impl Slug {
    /// A slug made from a name: its ASCII letters and digits, the rest as hyphens.
    ///
    /// `None` when the name has no such character.
    pub fn from_name(name: &Name) -> Option<Self> {
        let mut slug = String::new();
        for c in name.as_str().to_lowercase().chars() {
            if c.is_ascii_alphanumeric() {
                slug.push(c);
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        }
        slug.truncate(63);
        Self::parse(slug.trim_end_matches('-')).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_alphabet_are_names() {
        for text in ["Анна Ковалёва", "李小龍", "O'Neil & Søn", "علي"] {
            assert_eq!(Name::parse(format!("  {text} ")).unwrap().as_str(), text);
        }
        assert!(Name::parse(" ").is_err());
        assert!(Name::parse("two\nlines").is_err());
        assert!(Name::parse("x".repeat(201)).unwrap_err().contains("201"));
    }

    #[test]
    fn what_nobody_sees_is_not_kept() {
        assert_eq!(Name::parse("\u{202e}Anna\u{200b} ").unwrap().as_str(), "Anna");
        assert_eq!(description("two\n\u{2067}lines").unwrap(), "two\nlines");
        for empty in ["\u{3164}", "\u{200b}\u{2060} \u{feff}"] {
            assert_eq!(Name::parse(empty).unwrap_err(), "must not be empty");
        }
        for broken in ["a\u{2028}b", "a\u{ffff}b", "a\u{85}b"] {
            assert!(Name::parse(broken).is_err(), "{broken:?}");
        }
        assert_eq!(Name::kept("a\u{202e}".to_owned()).unwrap().as_str(), "a\u{202e}");
    }

    #[test]
    fn a_password_has_no_control_characters_and_an_end() {
        assert!(new_password("пароль из слов".to_owned()).is_ok());
        assert!(new_password("\0".repeat(10)).is_err());
        assert!(new_password("nine char".to_owned()).unwrap_err().contains("10 to 256"));
        assert!(new_password("a password\n".to_owned()).is_err());
        assert!(new_password("я".repeat(257)).is_err());
    }

    #[test]
    fn an_email_is_one_address_to_everybody_who_reads_it() {
        for fine in ["a.b+c@example.org", "o'neil@x-y.example", "анна@пример.рф", "x@1.example"]
        {
            assert!(Email::parse(fine).is_ok(), "{fine}");
        }
        let long = format!("{}@example.org", "a".repeat(65));
        for wrong in [
            "<a@example.org>",
            "a;b@example.org",
            "a,b@example.org",
            "a(b)@example.org",
            "\"a b\"@example.org",
            "a@b@example.org",
            "a\u{202e}b@example.org",
            "a\u{200b}@example.org",
            "a\u{3164}@example.org",
            "a@exam\u{ad}ple.org",
            "a\0@example.org",
            ".a@example.org",
            "a..b@example.org",
            "a@-example.org",
            "a@127.0.0.1",
            "a@[127.0.0.1]",
            long.as_str(),
        ] {
            assert!(Email::parse(wrong).is_err(), "{wrong:?} passed");
        }
    }

    #[test]
    fn a_description_has_lines_but_no_other_control_characters() {
        assert_eq!(description(" two\n\tlines ").unwrap(), "two\n\tlines");
        assert!(description("nul \0").is_err());
        assert!(description("x".repeat(4001)).is_err());
    }

    #[test]
    fn an_email_needs_a_name_and_a_domain() {
        assert_eq!(Email::parse("Anna@Example.ORG").unwrap().as_str(), "anna@example.org");
        for wrong in ["", "anna", "@example.org", "anna@", "anna@org", "a b@example.org", "a@b..c"]
        {
            assert!(Email::parse(wrong).is_err(), "{wrong:?} passed");
        }
    }

    #[test]
    fn usernames_and_slugs_are_plain() {
        assert_eq!(Username::parse("Anna.K").unwrap().as_str(), "anna.k");
        assert!(Username::parse("ab").is_err());
        assert!(Username::parse("anna/../root").is_err());
        let slug = |name: &str| Slug::from_name(&Name::parse(name).unwrap());
        assert_eq!(slug("Print & Co. (2026)").unwrap().as_str(), "print-co-2026");
        assert_eq!(slug("Ателье"), None);
        assert!(Slug::parse("-a").is_err());
    }
}
