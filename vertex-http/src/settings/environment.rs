use std::{
    collections::BTreeMap,
    env,
    ffi::{OsStr, OsString},
    fs, io,
};

use super::dotenv;

/// What our own settings begin with.
const PREFIX: &str = "VERTEX_";
/// How alike two names are, at least, for one to be taken for the other; 1 is the same.
const ALIKE: f64 = 0.7;
/// Names that other installations of this kind know, and why they do nothing here.
const UNSERVED: [(&str, &str); 5] = [
    ("DB_POOL_SIZE", "the pool of database connections has a fixed size"),
    ("DB_MAX_OVERFLOW", "the pool of database connections has a fixed size"),
    ("REDIS_MAX_CONNECTIONS", "one connection to Redis carries all requests"),
    ("SENTRY_DSN", "errors are written to the log and not sent to Sentry"),
    ("PROMETHEUS_MULTIPROC_DIR", "every process serves /metrics for itself"),
];

/// A value and where it comes from.
pub struct Given {
    value: OsString,
    line: Option<usize>,
}

impl Given {
    /// The value; none where it is not UTF-8.
    pub fn text(&self) -> Option<&str> {
        self.value.to_str()
    }

    /// Its line in `.env`, if it comes from there.
    pub fn line(&self) -> Option<usize> {
        self.line
    }
}

/// What the operator says: the process's environment and, for names that are not in there, `.env` in the working
/// directory.
pub struct Environment(BTreeMap<String, Given>);

impl Environment {
    /// Reads both.
    ///
    /// # Errors
    /// When there is a `.env` that cannot be read.
    pub fn read() -> Result<Self, BadEnvironment> {
        let file = match fs::read(".env") {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(BadEnvironment::Unreadable(error)),
        };
        let mut given = BTreeMap::new();
        for dotenv::Assignment { line, name, value } in dotenv::parse(&file)? {
            given.insert(name.to_owned(), Given { value: value.into(), line: Some(line) });
        }
        for (name, value) in env::vars_os() {
            if let Ok(name) = name.into_string() {
                given.insert(name, Given { value, line: None });
            }
        }
        Ok(Self(given))
    }

    /// What stands for a name.
    pub fn get(&self, name: &str) -> Option<&Given> {
        self.0.get(name)
    }

    /// A line for each name that seems to be meant for this service and is none of the `known`.
    pub fn warnings(&self, known: &[&str]) -> Vec<String> {
        let unknown = self.0.iter().filter(|(name, _)| !known.contains(&name.as_str()));
        unknown.filter_map(|(name, given)| warning(name, given, known)).collect()
    }
}

impl<N: Into<String>, V: AsRef<OsStr>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let given = |value: V| Given { value: value.as_ref().to_owned(), line: None };
        Self(pairs.into_iter().map(|(name, value)| (name.into(), given(value))).collect())
    }
}

/// The environment cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum BadEnvironment {
    /// The file is there and cannot be opened.
    #[error(".env cannot be read")]
    Unreadable(#[source] io::Error),
    /// The file is not understood.
    #[error(transparent)]
    Malformed(#[from] dotenv::BadFile),
}

fn warning(name: &str, given: &Given, known: &[&str]) -> Option<String> {
    let place = given.line.map(|line| format!(" (line {line} of .env)")).unwrap_or_default();
    if let Some((_, reason)) = UNSERVED.iter().find(|(unserved, _)| *unserved == name) {
        return Some(format!("{name}{place} does nothing: {reason}"));
    }
    let nearest = nearest(name, known);
    let is_ours = name.starts_with(PREFIX) && !is_of_others(name, given);
    match nearest {
        Some(nearest) if is_ours || is_slip(name, nearest) => {
            Some(format!("{name}{place} is not a setting: do you mean {nearest}?"))
        }
        None if is_ours => {
            Some(format!("{name}{place} is not a setting: docs/settings.md has all"))
        }
        _ => None,
    }
}

/// The known name that is most like another, if one is alike; the prefix may be missing or too much.
fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let bare = |name: &'a str| name.strip_prefix(PREFIX).unwrap_or(name);
    let wanted = name.strip_prefix(PREFIX).unwrap_or(name);
    let likeness = |known: &'a str| strsim::normalized_damerau_levenshtein(wanted, bare(known));
    let best =
        known.iter().map(|known| (likeness(known), *known)).max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 >= ALIKE).then_some(best.1)
}

/// Whether a name without our prefix differs from a known one by a slip of the fingers only.
fn is_slip(name: &str, known: &str) -> bool {
    let longest = name.len().max(known.len());
    longest >= 8 && strsim::damerau_levenshtein(name, known) <= longest / 6
}

/// What others put into the environment under our prefix: our own tests, and Kubernetes for a service called "vertex".
fn is_of_others(name: &str, given: &Given) -> bool {
    let is_url_of_kubernetes = || {
        given.text().is_some_and(|text| text.starts_with("tcp://") || text.starts_with("udp://"))
    };
    name.starts_with("VERTEX_TEST_")
        || name.starts_with("VERTEX_UPDATE_")
        || name.contains("_SERVICE_HOST")
        || name.contains("_SERVICE_PORT")
        || name.contains("_TCP_")
        || name.contains("_UDP_")
        || is_url_of_kubernetes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::table;

    fn warnings(name: &str, value: &str) -> Vec<String> {
        Environment::from_iter([(name, value)]).warnings(&table::names())
    }

    #[test]
    fn slips_are_noticed() {
        for (name, meant) in [
            ("VERTEX_LISTN", "VERTEX_LISTEN"),
            ("VERTEX_MAX_IMAGE_SIZE", "VERTEX_MAX_IMAGE_BYTES"),
            ("VERTEX_BASE_URL", "BASE_URL"),
            ("VERTEX_WORKER", "VERTEX_WORKERS"),
            ("DATABSE_URL", "DATABASE_URL"),
            ("SMTP_PASWORD", "SMTP_PASSWORD"),
            ("REDIS_URI", "REDIS_URL"),
        ] {
            assert_eq!(
                warnings(name, "x"),
                [format!("{name} is not a setting: do you mean {meant}?")]
            );
        }
        assert_eq!(
            warnings("VERTEX_COFFEE", "x"),
            ["VERTEX_COFFEE is not a setting: docs/settings.md has all"]
        );
        for fine in ["VERTEX_LISTEN", "PATH", "HOME", "POSTGRES_PASSWORD", "LANG"] {
            assert!(warnings(fine, "x").is_empty(), "{fine}");
        }
        for kubernetes in ["VERTEX_SERVICE_HOST", "VERTEX_PORT", "VERTEX_PORT_8080_TCP_ADDR"] {
            assert!(warnings(kubernetes, "tcp://10.0.0.1:8080").is_empty(), "{kubernetes}");
        }
    }

    #[test]
    fn names_that_do_nothing_are_noticed() {
        for (name, _) in UNSERVED {
            assert_eq!(warnings(name, "x").len(), 1, "{name}");
            assert!(!table::names().contains(&name), "{name} is served");
        }
    }
}
