use std::fmt;

use super::{environment::Environment, kind::Kind};

/// How much of a wrong value a message repeats, in characters.
const SHOWN: usize = 120;

/// What holds where a setting is not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unset {
    /// This value, written as an operator would write it.
    Value(&'static str),
    /// Something that these words describe.
    Words(&'static str),
    /// Nothing.
    Nothing,
}

/// One setting: its name, what it takes and what it means.
pub struct Setting<K> {
    name: &'static str,
    kind: K,
    unset: Unset,
    meaning: &'static str,
}

impl<K> Setting<K> {
    /// A row of the table.
    pub const fn new(name: &'static str, kind: K, unset: Unset, meaning: &'static str) -> Self {
        Self { name, kind, unset, meaning }
    }
}

impl<K: Kind> Setting<K> {
    /// The value given in the environment, if there is one.
    ///
    /// # Errors
    /// When the value cannot be used.
    pub fn optional(&self, environment: &Environment) -> Result<Option<K::Value>, BadSetting> {
        let Some(given) = environment.get(self.name) else { return Ok(None) };
        let Some(text) = given.text() else {
            let reason = "is not UTF-8".to_owned();
            return Err(BadSetting { line: given.line(), ..self.bad(None, reason) });
        };
        let text = if self.kind.trims() { text.trim() } else { text };
        if text.is_empty() {
            return Ok(None);
        }
        self.read(text).map(Some).map_err(|bad| BadSetting { line: given.line(), ..bad })
    }

    /// The same for a setting that there must be.
    ///
    /// # Errors
    /// When the value cannot be used or there is none, for which `why` it is needed.
    pub fn needed(&self, environment: &Environment, why: &str) -> Result<K::Value, BadSetting> {
        self.optional(environment)?.ok_or_else(|| self.bad(None, format!("is needed {why}")))
    }

    /// The value of a setting that has a default.
    ///
    /// # Errors
    /// When the value cannot be used.
    pub fn get(&self, environment: &Environment) -> Result<K::Value, BadSetting> {
        match (self.optional(environment)?, self.unset) {
            (Some(value), _) => Ok(value),
            (None, Unset::Value(default)) => self.read(default),
            (None, _) => Err(self.bad(None, "is needed".to_owned())),
        }
    }

    /// What `text` stands for in this setting.
    ///
    /// # Errors
    /// When it cannot be used.
    pub fn read(&self, text: &str) -> Result<K::Value, BadSetting> {
        self.kind.read(text).map_err(|reason| self.bad(Some(self.kind.shown(text)), reason))
    }

    fn bad(&self, shown: Option<String>, reason: String) -> BadSetting {
        let advice = format!("takes {}, for example {}", self.takes(), self.example());
        BadSetting { name: self.name, shown, line: None, reason, advice }
    }
}

/// What is said of a setting, whatever its values are.
pub trait Described: Sync {
    /// Its name in the environment.
    fn name(&self) -> &'static str;
    /// What holds where it is not given.
    fn unset(&self) -> Unset;
    /// What it is for.
    fn meaning(&self) -> &'static str;
    /// Which values it takes, in words.
    fn takes(&self) -> String;
    /// A value that it takes, with its name: `NAME=value`.
    fn example(&self) -> String;
    /// Whether its value may be shown to nobody.
    fn is_secret(&self) -> bool;
    /// Whether it takes `text`.
    ///
    /// # Errors
    /// Says why not.
    fn check(&self, text: &str) -> Result<(), BadSetting>;
}

impl<K: Kind> Described for Setting<K> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn unset(&self) -> Unset {
        self.unset
    }

    fn meaning(&self) -> &'static str {
        self.meaning
    }

    fn takes(&self) -> String {
        self.kind.takes()
    }

    fn example(&self) -> String {
        format!("{}={}", self.name, self.kind.example())
    }

    fn is_secret(&self) -> bool {
        self.kind.is_secret()
    }

    fn check(&self, text: &str) -> Result<(), BadSetting> {
        self.read(text).map(drop)
    }
}

/// A setting that cannot be used. Its text is one line that names the setting and shows no secret.
#[derive(Debug)]
pub struct BadSetting {
    name: &'static str,
    shown: Option<String>,
    /// Where it stands in `.env`, if it stands there.
    line: Option<usize>,
    reason: String,
    advice: String,
}

impl std::error::Error for BadSetting {}

impl fmt::Display for BadSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        if let Some(shown) = &self.shown {
            f.write_str("=")?;
            one_line(f, shown)?;
        }
        if let Some(line) = self.line {
            write!(f, " (line {line} of .env)")?;
        }
        write!(f, ": {}; {}", self.reason, self.advice)
    }
}

/// Writes the beginning of a text without line breaks and other control characters.
fn one_line(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    for c in text.chars().take(SHOWN) {
        if c.is_control() { write!(f, "{}", c.escape_default())? } else { write!(f, "{c}")? }
    }
    if text.chars().nth(SHOWN).is_some() { f.write_str("…") } else { Ok(()) }
}
