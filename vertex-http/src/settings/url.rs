//! Kinds of settings that are URLs or hosts.

use std::{fmt, net::IpAddr};

use secrecy::{ExposeSecret, SecretString};
use url::{Host as UrlHost, Url};
use vertex_core::storage::{Endpoint as StorageEndpoint, Reach};

use super::kind::Kind;

/// A URL that may hold a password, which is not shown.
#[derive(Clone)]
pub struct SecretUrl(SecretString);

impl SecretUrl {
    /// The whole of it, for whoever connects.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Display for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&redacted(self.expose()))
    }
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// A URL without user, password and query. Of a text that leaves it open where its password ends only the
/// scheme is left.
pub fn redacted(text: &str) -> String {
    if text.starts_with("sqlite:") {
        return text.to_owned();
    }
    let Some((scheme, rest)) = text.split_once("://") else { return "…".to_owned() };
    let is_scheme = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    if !scheme.chars().all(is_scheme) {
        return "…".to_owned();
    }
    let is_clear = !is_ambiguous(rest);
    let parsed = Url::parse(text).ok().filter(|_| is_clear);
    let Some(url) = parsed else { return format!("{scheme}://…") };
    let user = if rest.contains('@') { "…@" } else { "" };
    let host = url.host_str().unwrap_or_default();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let query = if url.query().is_some() { "?…" } else { "" };
    let path = url.path().trim_end_matches('/');
    format!("{scheme}://{user}{host}{port}{path}{query}")
}

/// Whether what follows the scheme has a character of a password that the syntax of URLs gives to another part.
fn is_ambiguous(rest: &str) -> bool {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (before_query, query) = rest.split_once('?').unwrap_or((rest, ""));
    let after_authority = &before_query[authority.len().min(before_query.len())..];
    after_authority.contains('@') || query.contains('@') || rest.contains('#')
}

/// Refuses a URL whose password seems to have characters in it that must be encoded.
fn clear(text: &str, schemes: &[&str]) -> Result<Url, String> {
    let begins = schemes.join(" or ");
    let Some(scheme) = schemes.iter().find(|scheme| has_prefix(text, scheme)) else {
        return Err(format!("must begin with {begins}"));
    };
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("holds a space or line break, which is written %20 or %0A in a URL".to_owned());
    }
    if is_ambiguous(&text[scheme.len()..]) {
        let advice =
            "has one of # / ? @ where none belongs: in a password they are written %23 %2F %3F %40";
        return Err(advice.to_owned());
    }
    Url::parse(text).map_err(|error| {
        format!("is not a URL ({error}); in a password # / ? @ are written %23 %2F %3F %40")
    })
}

fn has_prefix(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// A database: `sqlite:path`, or PostgreSQL's URL.
pub struct DatabaseUrl;

impl Kind for DatabaseUrl {
    type Value = SecretUrl;

    fn takes(&self) -> String {
        "a URL that begins with sqlite: or postgres://".to_owned()
    }

    fn example(&self) -> String {
        "postgres://vertex:password@db.example.org:5432/vertex".to_owned()
    }

    fn read(&self, text: &str) -> Result<SecretUrl, String> {
        if !text.starts_with("sqlite:") {
            clear(text, &["postgres://", "postgresql://"]).map_err(|reason| {
                reason.replacen("postgres:// or postgresql://", "sqlite: or postgres://", 1)
            })?;
        }
        Ok(SecretUrl(text.into()))
    }

    fn shown(&self, text: &str) -> String {
        redacted(text)
    }
}

/// A Redis.
pub struct RedisUrl;

impl Kind for RedisUrl {
    type Value = SecretUrl;

    fn takes(&self) -> String {
        "a URL that begins with redis:// or rediss://".to_owned()
    }

    fn example(&self) -> String {
        "redis://:password@redis.example.org:6379/0".to_owned()
    }

    fn read(&self, text: &str) -> Result<SecretUrl, String> {
        clear(text, &["redis://", "rediss://"])?;
        redis::IntoConnectionInfo::into_connection_info(text)
            .map_err(|_| "is not the URL of a Redis".to_owned())?;
        Ok(SecretUrl(text.into()))
    }

    fn shown(&self, text: &str) -> String {
        redacted(text)
    }
}

/// Scheme, host and port of a web site, as browsers call its origin.
pub struct Origin;

impl Kind for Origin {
    type Value = String;

    fn takes(&self) -> String {
        "https:// or http://, a host and perhaps a port, without a path".to_owned()
    }

    fn example(&self) -> String {
        "https://ar.example.org".to_owned()
    }

    fn read(&self, text: &str) -> Result<String, String> {
        let url = web_url(text)?;
        match url.path() {
            "/" => Ok(url.origin().ascii_serialization()),
            _ => Err("has a path, which is not supported: use a host of its own".to_owned()),
        }
    }

    fn shown(&self, text: &str) -> String {
        redacted(text)
    }
}

/// Where an API on the web is, perhaps below a path.
pub struct Api(pub &'static str);

impl Kind for Api {
    type Value = String;

    fn takes(&self) -> String {
        "https:// or http://, a host and perhaps a port and a path".to_owned()
    }

    fn example(&self) -> String {
        self.0.to_owned()
    }

    fn read(&self, text: &str) -> Result<String, String> {
        Ok(web_url(text)?.as_str().trim_end_matches('/').to_owned())
    }

    fn shown(&self, text: &str) -> String {
        redacted(text)
    }
}

/// A web address without user, query and fragment.
fn web_url(text: &str) -> Result<Url, String> {
    if !has_prefix(text, "http://") && !has_prefix(text, "https://") {
        return Err("must begin with https:// or http://".to_owned());
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\\') {
        return Err("holds a space or backslash".to_owned());
    }
    let url = Url::parse(text).map_err(|error| format!("is not a web address: {error}"))?;
    if !url.username().is_empty() || url.password().is_some() {
        Err("holds a user name or password".to_owned())
    } else if url.query().is_some() {
        Err("has a query (?)".to_owned())
    } else if url.fragment().is_some() {
        Err("has a fragment (#)".to_owned())
    } else {
        Ok(url)
    }
}

/// Scheme, host and port of the operator's own S3, which may be anywhere; MinIO's is often written without a scheme.
pub struct Endpoint;

impl Kind for Endpoint {
    type Value = StorageEndpoint;

    fn takes(&self) -> String {
        "https:// or http:// (http:// when left out), a host and perhaps a port".to_owned()
    }

    fn example(&self) -> String {
        "https://s3.example.org".to_owned()
    }

    fn read(&self, text: &str) -> Result<StorageEndpoint, String> {
        let whole = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        Origin.read(&whole)?;
        StorageEndpoint::parse(whole, &Reach::everywhere())
    }

    fn shown(&self, text: &str) -> String {
        let is_plain = !text.contains("://") && !text.contains('@');
        if is_plain { text.to_owned() } else { redacted(text) }
    }
}

/// A name or an address of a machine.
pub struct Host;

impl Kind for Host {
    type Value = String;

    fn takes(&self) -> String {
        "the name or address of a machine, without a scheme and a port".to_owned()
    }

    fn example(&self) -> String {
        "mail.example.org".to_owned()
    }

    fn read(&self, text: &str) -> Result<String, String> {
        if text.contains("://") {
            return Err("has a scheme".to_owned());
        }
        if text.parse::<IpAddr>().is_ok() {
            return Ok(text.to_owned());
        }
        match text.rsplit_once(':') {
            Some((_, port)) if port.parse::<u16>().is_ok() => {
                Err("has a port, which is a setting of its own".to_owned())
            }
            _ => match UrlHost::parse(text) {
                Ok(host) => Ok(host.to_string()),
                Err(_) => Err("is not a name or address".to_owned()),
            },
        }
    }

    fn shown(&self, text: &str) -> String {
        if text.contains('@') { "…".to_owned() } else { text.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn passwords_in_urls_are_not_shown() {
        for (url, shown) in [
            ("postgres+asyncpg://u:s3cret@127.0.0.1:1/db", "postgres+asyncpg://…@127.0.0.1:1/db"),
            ("redis-cluster://:s3cret@h", "redis-cluster://…@h"),
            ("postgres://u:s3c@ret@db/vertex", "postgres://…@db/vertex"),
            ("postgres://u:s3c#ret@db/vertex", "postgres://…"),
            ("postgres://u:12#s3cret@db/vertex", "postgres://…"),
            ("postgres://u:12/s3cret@db/vertex", "postgres://…"),
            ("postgres://u:12?s3cret@db/vertex", "postgres://…"),
            ("postgres://u:s3cret", "postgres://…"),
            ("postgres://db/vertex?password=s3cret", "postgres://db/vertex?…"),
            ("u:s3cret@db/vertex", "…"),
            ("host=db password=s3cret", "…"),
            ("https://user:s3cret@ar.example.org", "https://…@ar.example.org"),
            ("sqlite:///srv/a@b/vertex.db?mode=rw", "sqlite:///srv/a@b/vertex.db?mode=rw"),
        ] {
            assert_eq!(redacted(url), shown, "{url}");
        }
    }

    #[test]
    fn a_site_is_an_origin() {
        for (text, origin) in [
            ("https://ar.example.org", "https://ar.example.org"),
            ("https://ar.example.org/", "https://ar.example.org"),
            ("HTTPS://AR.example.org:443", "https://ar.example.org"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("https://[2001:db8::1]:8443/", "https://[2001:db8::1]:8443"),
            ("https://пример.рф", "https://xn--e1afmkfd.xn--p1ai"),
        ] {
            assert_eq!(Origin.read(text).as_deref(), Ok(origin), "{text}");
        }
        for wrong in [
            "ar.example.org",
            "ar.example.org:443",
            "ftp://ar.example.org",
            "https:ar.example.org",
            "https:\\\\ar.example.org",
            "https://",
            "https://ar.example.org/vertex",
            "https://ar.example.org//",
            "https://ar.example.org?x=1",
            "https://ar.example.org/?",
            "https://ar.example.org#top",
            "https://user:pw@ar.example.org",
            "https://user@ar.example.org",
            "https://ar.example.org:99999",
            "https://ar example.org",
        ] {
            assert!(Origin.read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn databases_have_urls() {
        for fine in [
            "sqlite:vertex.db?mode=rwc",
            "sqlite:///srv/a#b/vertex.db",
            "postgres://u:p%40ss%23w0rd@db:5432/vertex?sslmode=require",
            "postgresql://u:p@ss@db/vertex",
            "postgres:///vertex?host=/run/postgresql",
        ] {
            assert!(DatabaseUrl.read(fine).is_ok(), "{fine}");
        }
        for wrong in [
            "mysql://localhost/x",
            "postgres+asyncpg://u:p@h/db",
            "postgres://u:p@ss#w0rd@db/vertex",
            "postgres://u:pa/ss@db/vertex",
            "postgres://u:pass@db:port/vertex",
            "postgres://u:pa ss@db/vertex",
        ] {
            let complaint = DatabaseUrl.read(wrong).unwrap_err();
            assert!(!complaint.contains("ss@") && !complaint.contains("u:p"), "{complaint}");
        }
        assert!(RedisUrl.read("redis://:pa%23ss@h:6379/0").is_ok());
        assert!(RedisUrl.read("redis://h/zero").is_err());
        assert!(RedisUrl.read("redis-cluster://:s3cret@h").is_err());
    }

    #[test]
    fn hosts_have_no_port() {
        for fine in ["mail.example.org", "localhost", "127.0.0.1", "::1", "smtp_relay"] {
            assert!(Host.read(fine).is_ok(), "{fine}");
        }
        for wrong in ["smtp://mail.example.org", "mail.example.org:587", "user@mail", "a b", "a/b"]
        {
            assert!(Host.read(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_password_is_ever_shown(
            scheme in "(postgres|redis|rediss|mysql|https?)",
            password in "[ -~]{4,20}",
            rest in "(host|127.0.0.1)(:[0-9]{1,6})?(/name)?(\\?sslmode=require)?"
        ) {
            prop_assume!(!"user…@host://127.0.0.1/name?sslmode=require".contains(&password));
            let shown = redacted(&format!("{scheme}://user:{password}@{rest}"));
            prop_assert!(!shown.contains(&password), "{}", shown);
            let shown = redacted(&format!("user:{password}@{rest}"));
            prop_assert!(!shown.contains(&password), "{}", shown);
        }
    }
}
