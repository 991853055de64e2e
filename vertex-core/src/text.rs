//! Texts that people type, checked once where they enter.

use std::fmt;

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
    /// A name or title in any alphabet: 1 to 200 characters on one line.
    Name = name;
    /// An email address: something, an at sign, a domain with a dot.
    Email = email;
    /// What a person signs in with: 3 to 64 of `a-z 0-9 . _ -`, kept in lower case.
    Username = username;
    /// A company's short name in addresses: 1 to 63 of `a-z 0-9 -`.
    Slug = slug;
}

/// A free text of several lines, at most 4,000 characters.
pub fn description(text: impl AsRef<str>) -> Result<String, String> {
    let text = text.as_ref().trim();
    if text.chars().any(|c| c.is_control() && !"\n\r\t".contains(c)) {
        return Err("must not have control characters".to_owned());
    }
    match text.chars().count() {
        0..=4000 => Ok(text.to_owned()),
        n => Err(format!("has {n} characters; at most 4000 are kept")),
    }
}

/// A new password: 8 to 256 characters.
pub fn new_password(text: String) -> Result<String, String> {
    match text.chars().count() {
        8..=256 => Ok(text),
        n => Err(format!("has {n} characters; a password has 8 to 256")),
    }
}

fn name(text: &str) -> Result<String, String> {
    match text.chars().count() {
        0 => Err("must not be empty".to_owned()),
        1..=200 if text.chars().any(char::is_control) => {
            Err("must be one line without control characters".to_owned())
        }
        1..=200 => Ok(text.to_owned()),
        n => Err(format!("has {n} characters; at most 200 are kept")),
    }
}

fn email(text: &str) -> Result<String, String> {
    let wrong = || format!("{text:?} is not an email address");
    let (local, domain) = text.rsplit_once('@').ok_or_else(wrong)?;
    let labels: Vec<&str> = domain.split('.').collect();
    let domain_is_fine = labels.len() > 1
        && labels.iter().all(|label| {
            !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        });
    let local_is_fine = !local.is_empty()
        && !local.chars().any(|c| c.is_whitespace() || c.is_control() || c == '@');
    if domain_is_fine && local_is_fine && text.len() <= 254 {
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
