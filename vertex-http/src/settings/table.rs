//! Every setting there is. A new one is a row here and a line of `docs/settings.md`, which a test compares
//! (`VERTEX_UPDATE_SETTINGS=1` rewrites it), and is read in `Settings`.

use bytesize::{GIB, KIB, MIB, TIB};
use poem::http::HeaderName;
use vertex_core::{
    phone::Country,
    storage::{bucket_name, folder, key, region},
    text::Email,
    usecases::Convert,
};
use vertex_markers::nft::Density;

use super::{
    LogFormat, Registration, StorageType,
    kind::{
        CheckedSecret, Choice, Flag, List, LogFilter, Network, Parsed, Path, Secret, Size, Span,
        Unit, Whole,
    },
    listen::Listen,
    setting::{
        Described,
        Unset::{Nothing, Value, Words},
    },
    url::{Api, DatabaseUrl, Endpoint, Host, Origin, RedisUrl},
};
use crate::adapters::notifier::MailSecurity;

pub use super::setting::Setting;

/// Settings that belong together.
pub struct Group {
    /// What they are about.
    pub title: &'static str,
    /// The settings, in the order of the documents.
    pub settings: &'static [&'static dyn Described],
}

/// Every setting, group by group.
pub fn all() -> Vec<&'static dyn Described> {
    GROUPS.iter().flat_map(|group| group.settings).copied().collect()
}

/// The name of every setting.
pub fn names() -> Vec<&'static str> {
    all().into_iter().map(Described::name).collect()
}

macro_rules! table {
    ($($title:literal { $($setting:ident: $kind:ty = $name:literal, $value:expr, $unset:expr, $meaning:literal;)* })*) => {
        $($(
            #[doc = $meaning]
            pub static $setting: Setting<$kind> = Setting::new($name, $value, $unset, $meaning);
        )*)*

        /// All of them.
        pub static GROUPS: &[Group] =
            &[$(Group { title: $title, settings: &[$(&$setting),*] }),*];
    };
}

table! {
    "The service" {
        LISTEN: Listen = "VERTEX_LISTEN", Listen("0.0.0.0:8080"), Value("127.0.0.1:8080"),
            "address and port of the service";
        BASE_URL: Origin = "BASE_URL", Origin, Words("`http://localhost:{port}`"),
            "where the world reaches it; QR codes begin with it. With `https://` cookies are sent only over TLS. A path is not supported: the service answers at the root of its host";
        DATA_DIR: Path = "VERTEX_DATA_DIR", Path("/var/lib/vertex"), Value("data"),
            "database, files and keys of a single machine";
        NEW_INSTALLATION: Flag = "VERTEX_NEW_INSTALLATION", Flag, Value("false"),
            "whether an empty database is begun though the data directory is in use, or its database is gone ([faults](operating.md#faults)); for one start";
        DISK_RESERVE: Size = "VERTEX_DISK_RESERVE_BYTES",
            Size { from: KIB, to: 16 * TIB, unit: 1, example: "2GiB" }, Words("a twentieth of the disk, at least 16 MiB, at most 1 GiB"),
            "what files leave free on a disk, so that the database can be written to; uploads are refused below";
        DATABASE: DatabaseUrl = "DATABASE_URL", DatabaseUrl, Words("SQLite in the data directory"),
            "`sqlite:path?mode=rwc` or `postgres://user:password@host:port/database`";
        TRUSTED_PROXIES: List<Network> = "VERTEX_TRUSTED_PROXIES", List(Network), Value("127.0.0.0/8,::1"),
            "addresses and networks of reverse proxies whose word on the client's address is believed; `none` for no proxy";
        CLIENT_ADDRESS_HEADER: Parsed<HeaderName> = "VERTEX_CLIENT_ADDRESS_HEADER",
            Parsed { takes: "the name of a header", example: "x-real-ip", read: header_name }, Value("x-forwarded-for"),
            "the header in which they give the client's address: `forwarded` (RFC 7239), or any that lists addresses, such as `x-real-ip`; no other is believed";
        CORS_ORIGINS: List<Origin> = "VERTEX_CORS_ORIGINS", List(Origin), Value("none"),
            "other sites whose pages may use the API";
        REQUEST_TIMEOUT: Span = "VERTEX_REQUEST_TIMEOUT_SECONDS",
            Span { unit: Unit::Seconds, from: 1, to: 3600, example: "45s" }, Value("30"),
            "how long an answer may take to begin once the request is there; forms with files may take longer";
        WORKERS: Whole<usize> = "VERTEX_WORKERS", Whole { from: 1, to: 256, example: "4" }, Words("number of cores"),
            "jobs that somebody waits for done at once, and threads for heavy computation";
        LONG_JOBS: Whole<usize> = "VERTEX_LONG_JOBS", Whole { from: 1, to: 256, example: "4" }, Words("half of `VERTEX_WORKERS`, at least 2"),
            "jobs that may take hours (copies of videos, moves and removals of files) done at once, besides";
        JOBS_PER_COMPANY: Whole<u32> = "VERTEX_JOBS_PER_COMPANY", Whole { from: 1, to: 256, example: "2" }, Words("all but one"),
            "of either kind done at once for one company, where there are others";
        JOB_TIME: Span = "VERTEX_JOB_MINUTES",
            Span { unit: Unit::Minutes, from: 1, to: 1440, example: "20m" }, Value("10"),
            "how long a try to make a marker or a preview may take before it is stopped";
        LONG_JOB_TIME: Span = "VERTEX_LONG_JOB_MINUTES",
            Span { unit: Unit::Minutes, from: 1, to: 10_080, example: "12h" }, Value("360"),
            "the same for jobs that may take hours; a move goes on where it was";
        JOB_LEASE: Span = "VERTEX_JOB_LEASE_SECONDS",
            Span { unit: Unit::Seconds, from: 1, to: 86_400, example: "1m" }, Value("30"),
            "after how long a dead worker's job goes to another";
        LOG: LogFilter = "VERTEX_LOG", LogFilter, Value("info,poem=warn"),
            "which log lines are written: a level, and levels for parts of the program ([syntax](https://docs.rs/tracing-subscriber/latest/tracing_subscriber/filter/struct.EnvFilter.html))";
        LOG_FORMAT: Choice<LogFormat> = "VERTEX_LOG_FORMAT",
            Choice(&[("json", LogFormat::Json), ("text", LogFormat::Text)]), Value("json"),
            "one JSON object a line, or text for people";
        METRICS_TOKEN: Secret = "VERTEX_METRICS_TOKEN", Secret, Nothing,
            "bearer token that opens `/metrics`; without one only [programs on the same machine](operating.md#who-may-read-them) get an answer";
        METRICS_LISTEN: Listen = "VERTEX_METRICS_LISTEN", Listen("127.0.0.1:9100"), Nothing,
            "address and port where `/metrics` is served apart from everything else, also by `vertex worker`; without a token to everybody who reaches it";
    }

    "People and secrets" {
        SECRET_KEY: CheckedSecret = "SECRET_KEY", SECRET_KEY_KIND, Words("made and kept in the data directory"),
            "signs links to files, seals credentials of storages";
        PREVIOUS_SECRET_KEY: CheckedSecret = "VERTEX_PREVIOUS_SECRET_KEY", PREVIOUS_SECRET_KEY_KIND, Nothing,
            "[opens what was sealed](storage.md#changing-secret_key) before `SECRET_KEY` was changed";
        ADMIN_PASSWORD: CheckedSecret = "VERTEX_ADMIN_PASSWORD", PASSWORD, Words("drawn and printed once"),
            "password of the first superadmin `admin`";
        USER_PASSWORD: CheckedSecret = "VERTEX_USER_PASSWORD", PASSWORD, Words("asked for"),
            "password for `vertex user create`";
        ACCESS_TOKEN: Span = "ACCESS_TOKEN_EXPIRE_MINUTES",
            Span { unit: Unit::Minutes, from: 1, to: 525_600, example: "12h" }, Value("1440"),
            "how long an access token holds";
        REFRESH_TOKEN: Span = "VERTEX_REFRESH_TOKEN_DAYS",
            Span { unit: Unit::Days, from: 1, to: 3650, example: "14d" }, Value("30"),
            "how long a signed-in device may stay away";
        REGISTRATION: Choice<Registration> = "VERTEX_REGISTRATION",
            Choice(&[("invitation", Registration::Invitation), ("open", Registration::Open)]), Value("invitation"),
            "who may register: who is invited, or with `open` anybody, each with a company of their own ([roles](roles.md))";
        PURGE: Span = "VERTEX_PURGE_DAYS",
            Span { unit: Unit::Days, from: 0, to: 3650, example: "30" }, Value("30"),
            "how long a deleted company or content can be taken back; `0` removes it at once";
        PHONE_COUNTRY: Parsed<Country> = "VERTEX_PHONE_COUNTRY",
            Parsed { takes: "the two letters of a country", example: "DE", read: country }, Value("RU"),
            "the country whose phone numbers are typed without `+`";
    }

    "Uploads and markers" {
        MAX_IMAGE: Size = "VERTEX_MAX_IMAGE_BYTES",
            Size { from: KIB, to: 4 * GIB, unit: 1, example: "50MB" }, Value("52428800"),
            "largest picture file";
        MAX_VIDEO: Size = "VERTEX_MAX_VIDEO_BYTES",
            Size { from: KIB, to: 16 * TIB, unit: 1, example: "5GiB" }, Value("5368709120"),
            "largest video file";
        DEFAULT_QUOTA_BYTES: Size = "VERTEX_DEFAULT_QUOTA_BYTES",
            Size { from: 0, to: 1024 * TIB, unit: 1, example: "100GiB" }, Value("50GiB"),
            "pictures and videos that a company may keep without a [quota of its own](uploads.md#quotas); `0` for no limit, here and below";
        DEFAULT_QUOTA_FILES: Whole<u64> = "VERTEX_DEFAULT_QUOTA_FILES",
            Whole { from: 0, to: 1_000_000_000, example: "10000" }, Value("100000"),
            "how many of them";
        UPLOAD_TTL: Span = "VERTEX_UPLOAD_HOURS",
            Span { unit: Unit::Hours, from: 1, to: 8760, example: "2d" }, Value("24"),
            "after how long an upload in parts that stands still is removed ([uploads](uploads.md))";
        NFT_DENSITY: Choice<Density> = "VERTEX_NFT_DENSITY",
            Choice(&[("low", Density::Low), ("medium", Density::Medium), ("high", Density::High)]), Value("medium"),
            "how many points a marker for AR.js holds; more are found better, and longer looked for in every frame";
        NFT_LEVELS: Whole<u8> = "VERTEX_NFT_LEVELS", Whole { from: 1, to: 3, example: "2" }, Value("3"),
            "octaves of distance it is found over: `3` as far as cameras resolve it, each one less leaves out the farther half";
        FFMPEG: Path = "FFMPEG_PATH", Path("/usr/bin/ffmpeg"), Words("`ffmpeg` on `PATH`"),
            "makes previews and copies of [videos beyond H.264](uploads.md#video-beyond-h264); there need not be one";
        VIDEO_COPIES: Choice<Convert> = "VERTEX_VIDEO_COPIES",
            Choice(&[("needed", Convert::Needed), ("always", Convert::Always), ("never", Convert::Never)]), Value("needed"),
            "which videos get copies without being asked for";
        FFMPEG_MEMORY: Size = "VERTEX_FFMPEG_MEMORY_MB",
            Size { from: MIB, to: TIB, unit: MIB, example: "2GiB" }, Value("2048"),
            "memory that one conversion may take";
        FFMPEG_TIME: Span = "VERTEX_FFMPEG_MINUTES",
            Span { unit: Unit::Minutes, from: 1, to: 1440, example: "2h" }, Value("60"),
            "how long it may take";
    }

    "Limits" {
        LIMIT_ADDRESS: Whole<u32> = "VERTEX_LIMIT_PER_MINUTE", PER_MINUTE, Value("100"),
            "requests to the API without a sign-in, and links that lead nowhere, from one address; `0` for no limit, here and below";
        LIMIT_AUTH: Whole<u32> = "VERTEX_LIMIT_AUTH_PER_MINUTE", PER_MINUTE, Value("5"),
            "sign-ins, registrations and password changes from one address";
        LIMIT_UPLOADS: Whole<u32> = "VERTEX_LIMIT_UPLOADS_PER_MINUTE", PER_MINUTE, Value("10"),
            "forms with files, and uploads in parts begun, of one user";
        LIMIT_VIEWERS: Whole<u32> = "VERTEX_LIMIT_VIEWERS_PER_MINUTE", PER_MINUTE, Value("3000"),
            "what viewers ask (`/api/ar`) from one address: a school looks at a picture together";
        LIMIT_REPORTS: Whole<u32> = "VERTEX_LIMIT_REPORTS_PER_MINUTE", PER_MINUTE, Value("600"),
            "viewings reported from one address";
        LIMIT_FILES: Whole<u32> = "VERTEX_LIMIT_FILES_PER_MINUTE", PER_MINUTE, Value("6000"),
            "requests for files from one address";
        LIMIT_USER: Whole<u32> = "VERTEX_LIMIT_USER_PER_MINUTE", PER_MINUTE, Value("600"),
            "requests of one user";
        LIMIT_COMPANY: Whole<u32> = "VERTEX_LIMIT_COMPANY_PER_MINUTE", PER_MINUTE, Value("6000"),
            "requests of all users of a company";
        UPLOADS_PER_USER: Whole<u32> = "VERTEX_UPLOADS_PER_USER", OPEN, Value("20"),
            "uploads in parts that one user has under way at once";
        UPLOADS_PER_COMPANY: Whole<u32> = "VERTEX_UPLOADS_PER_COMPANY", OPEN, Value("100"),
            "those of all users of a company";
        WAITING_JOBS: Whole<u32> = "VERTEX_WAITING_JOBS", OPEN, Value("1000"),
            "markers, previews and copies of one company that wait to be made, beyond which nobody can ask for more; those of new pictures and videos are queued all the same";
        REDIS: RedisUrl = "REDIS_URL", RedisUrl, Nothing,
            "counts the requests of several processes together";
    }

    "What one party can take" {
        MAX_CONNECTIONS: Whole<usize> = "VERTEX_MAX_CONNECTIONS", SOME, Value("10000"),
            "connections open at once; less where the [limit of open files](operating.md#what-one-party-can-take) leaves less room";
        CONNECTIONS_PER_ADDRESS: Whole<usize> = "VERTEX_CONNECTIONS_PER_ADDRESS", SHARE, Value("1000"),
            "those from one address that is no proxy's; `0` for no limit, here and below where it is taken";
        HEADER_TIME: Span = "VERTEX_HEADER_SECONDS", PATIENCE, Value("20"),
            "how long a client may take to begin, and for the head of a request";
        IDLE_TIME: Span = "VERTEX_IDLE_SECONDS", PATIENCE, Value("75"),
            "how long a connection may wait for its next request";
        STALL_TIME: Span = "VERTEX_STALL_SECONDS", PATIENCE, Value("30"),
            "how long a client may take no byte of an answer, and over how long the pace of a body is looked at";
        MIN_UPLOAD_RATE: Whole<u64> = "VERTEX_MIN_UPLOAD_RATE",
            Whole { from: 0, to: 1_000_000, example: "1024" }, Value("512"),
            "least bytes a second that a body has to bring while it is waited for; with `0` any byte is enough";
        FILES_PER_ADDRESS: Whole<usize> = "VERTEX_FILES_PER_ADDRESS", SHARE, Value("256"),
            "files that are read at once from one address";
        MAX_FORMS: Whole<usize> = "VERTEX_MAX_FORMS", SOME, Value("256"),
            "forms on their way in at once";
        FORMS_PER_USER: Whole<usize> = "VERTEX_FORMS_PER_USER", SHARE, Value("20"),
            "those of one user";
        BODY_MEMORY: Size = "VERTEX_BODY_MEMORY_MB", MEMORY, Value("64"),
            "memory for all other bodies on their way in";
        BODY_MEMORY_PER_ADDRESS: Size = "VERTEX_BODY_MEMORY_PER_ADDRESS_MB", MEMORY, Value("8"),
            "that of one address";
        MAX_WEBSOCKETS: Whole<usize> = "VERTEX_MAX_WEBSOCKETS", SOME, Value("5000"),
            "WebSockets open at once";
        WEBSOCKETS_PER_USER: Whole<usize> = "VERTEX_WEBSOCKETS_PER_USER", SHARE, Value("20"),
            "those of one user";
        WEBSOCKETS_PER_COMPANY: Whole<usize> = "VERTEX_WEBSOCKETS_PER_COMPANY", SHARE, Value("500"),
            "those of one company";
    }

    "Files" {
        STORAGE_TYPE: Choice<StorageType> = "STORAGE_TYPE",
            Choice(&[("local", StorageType::Local), ("minio", StorageType::Minio)]), Value("local"),
            "[where files live](storage.md) of companies that have chosen nothing: `local` disk, or `minio` for MinIO or any S3";
        MINIO_ENDPOINT: Endpoint = "MINIO_ENDPOINT", Endpoint, Nothing,
            "with `minio`: the S3, such as `https://s3.example.org`";
        MINIO_BUCKET: Parsed<String> = "MINIO_BUCKET",
            Parsed { takes: "3 to 63 of a-z, 0-9, . and -", example: "vertex", read: |text| bucket_name(text) }, Nothing,
            "with `minio`: the bucket";
        MINIO_ACCESS_KEY: Parsed<String> = "MINIO_ACCESS_KEY",
            Parsed { takes: VISIBLE, example: "vertex", read: |text| key(text.to_owned()) }, Nothing,
            "with `minio`: the public half of the key pair";
        MINIO_SECRET_KEY: CheckedSecret = "MINIO_SECRET_KEY",
            CheckedSecret { takes: VISIBLE, example: "wJalrXUtnFEMI/K7MDENG", check: |text| key(text.to_owned()).map(drop) }, Nothing,
            "with `minio`: the secret half of the key pair";
        MINIO_REGION: Parsed<String> = "VERTEX_MINIO_REGION",
            Parsed { takes: "1 to 64 of a-z, 0-9 and -", example: "eu-central-1", read: |text| region(text) }, Value("us-east-1"),
            "what the S3 signs for";
        MINIO_PREFIX: Parsed<String> = "VERTEX_MINIO_PREFIX",
            Parsed { takes: "up to 200 letters, digits, spaces, _ . and -, with / in between", example: "vertex/files", read: |text| folder(text) }, Nothing,
            "what the paths in the bucket begin with";
        MINIO_VIRTUAL_HOST: Flag = "VERTEX_MINIO_VIRTUAL_HOST", Flag, Value("false"),
            "whether the bucket's name is part of the host, as at AWS";
        MINIO_DIRECT_LINKS: Flag = "VERTEX_MINIO_DIRECT_LINKS", Flag, Value("false"),
            "whether the viewer reads videos from the bucket; its CORS rules must allow `BASE_URL`";
        STORAGE_NETWORKS: List<Network> = "VERTEX_STORAGE_NETWORKS", List(Network), Value("none"),
            "networks that are not public and yet may be named by tenants as places of their files";
        STORAGE_HTTP: Flag = "VERTEX_STORAGE_HTTP", Flag, Value("false"),
            "whether tenants may name places without TLS";
        STORAGE_SECRET_KEY: CheckedSecret = "VERTEX_STORAGE_SECRET_KEY",
            CheckedSecret { takes: VISIBLE, example: "wJalrXUtnFEMI/K7MDENG", check: |text| key(text.to_owned()).map(drop) }, Nothing,
            "secret half of the key pair for `vertex storage move`";
        YANDEX_ID: Parsed<String> = "YANDEX_OAUTH_CLIENT_ID",
            Parsed { takes: VISIBLE, example: "0123456789abcdef", read: |text| key(text.to_owned()) }, Nothing,
            "how this installation is registered at Yandex; no Yandex Disks without";
        YANDEX_SECRET: Secret = "YANDEX_OAUTH_CLIENT_SECRET", Secret, Nothing,
            "the password of that registration";
        YANDEX_OAUTH: Api = "VERTEX_YANDEX_OAUTH", Api("https://oauth.yandex.ru"), Value("https://oauth.yandex.ru"),
            "where owners of disks consent";
        YANDEX_DISK: Api = "VERTEX_YANDEX_DISK", Api("https://cloud-api.yandex.net"), Value("https://cloud-api.yandex.net"),
            "where the API of the disks is";
    }

    "Notifications" {
        SMTP_HOST: Host = "SMTP_HOST", Host, Nothing,
            "mail server; no email without";
        SMTP_PORT: Whole<u16> = "SMTP_PORT", Whole { from: 1, to: 65_535, example: "587" }, Words("by protection"),
            "its port";
        SMTP_USERNAME: Parsed<String> = "SMTP_USERNAME",
            Parsed { takes: "any text", example: "ar@example.org", read: |text| Ok(text.to_owned()) }, Nothing,
            "how to sign in there";
        SMTP_PASSWORD: Secret = "SMTP_PASSWORD", Secret, Nothing,
            "the password of that user";
        SMTP_SECURITY: Choice<MailSecurity> = "VERTEX_SMTP_SECURITY",
            Choice(&[("starttls", MailSecurity::StartTls), ("tls", MailSecurity::Tls), ("none", MailSecurity::Open)]), Value("starttls"),
            "how the way there is protected; `none` is for a server on the same machine";
        MAIL_FROM: Parsed<lettre::message::Mailbox> = "VERTEX_MAIL_FROM",
            Parsed { takes: "an email address, perhaps with a name", example: "Vertex AR <ar@example.org>", read: mailbox }, Words("`SMTP_USERNAME` or `ADMIN_EMAIL`"),
            "sender of emails";
        ADMIN_EMAIL: Parsed<String> = "ADMIN_EMAIL",
            Parsed { takes: "an email address", example: "admin@example.org", read: email }, Nothing,
            "where alerts go for superadmins without an address";
        TELEGRAM_TOKEN: Secret = "TELEGRAM_BOT_TOKEN", Secret, Nothing,
            "bot that sends messages; no messages without";
        TELEGRAM_API: Api = "VERTEX_TELEGRAM_API", Api("https://api.telegram.org"), Value("https://api.telegram.org"),
            "where its Bot API is";
    }
}

const VISIBLE: &str = "1 to 256 visible ASCII characters";
const PER_MINUTE: Whole<u32> = Whole { from: 0, to: 1_000_000, example: "300" };
const OPEN: Whole<u32> = Whole { from: 0, to: 1_000_000, example: "50" };
// Rules are for new passwords: what made a user long ago may still stand in the environment.
const PASSWORD: CheckedSecret = CheckedSecret {
    takes: "10 to 256 characters that are hard to guess",
    example: "correct-horse-battery-staple",
    check: |_| Ok(()),
};
const SECRET_KEY_KIND: CheckedSecret = CheckedSecret {
    takes: "at least 32 characters, at least 8 of them different",
    example: "$(openssl rand -base64 48)",
    check: crate::adapters::check_secret_key,
};
const PREVIOUS_SECRET_KEY_KIND: CheckedSecret = CheckedSecret {
    takes: "the SECRET_KEY of before",
    example: "$(cat old-secret-key)",
    check: |_| Ok(()),
};

/// How many there may be of something that there has to be.
const SOME: Whole<usize> = Whole { from: 1, to: 1_000_000, example: "500" };

/// How much of something one may have.
const SHARE: Whole<usize> = Whole { from: 0, to: 1_000_000, example: "50" };

/// How long a client is waited for.
const PATIENCE: Span = Span { unit: Unit::Seconds, from: 1, to: 3600, example: "1m" };

/// Memory for bodies.
const MEMORY: Size = Size { from: 2 * MIB, to: TIB, unit: MIB, example: "256MiB" };

fn header_name(text: &str) -> Result<HeaderName, String> {
    text.parse().map_err(|_| "is no name of a header".to_owned())
}

fn country(text: &str) -> Result<Country, String> {
    Country::parse(text).map_err(|_| "is no country".to_owned())
}

fn email(text: &str) -> Result<String, String> {
    Email::parse(text).map(|email| email.to_string()).map_err(|_| "is no email address".to_owned())
}

fn mailbox(text: &str) -> Result<lettre::message::Mailbox, String> {
    text.parse().map_err(|error: lettre::address::AddressError| error.to_string())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_default_and_example_is_taken() {
        for setting in all() {
            if let Value(default) = setting.unset() {
                setting.check(default).unwrap();
            }
            let example = setting.example();
            let (name, value) = example.split_once('=').unwrap();
            assert_eq!(name, setting.name());
            if !value.starts_with("$(") {
                setting.check(value).unwrap();
            }
            assert!(!setting.takes().is_empty() && !setting.meaning().is_empty(), "{name}");
        }
    }

    #[test]
    fn names_are_unlike() {
        let names: Vec<&str> = all().iter().map(|setting| setting.name()).collect();
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
    }

    #[test]
    fn what_is_named_like_a_secret_is_one() {
        for setting in all() {
            let name = setting.name();
            let words = ["PASSWORD", "SECRET", "BOT_TOKEN", "METRICS_TOKEN"];
            assert_eq!(setting.is_secret(), words.iter().any(|word| name.contains(word)), "{name}");
            if setting.is_secret()
                && let Err(error) = setting.check("hunter2")
            {
                assert!(!error.to_string().contains("hunter2"), "{error}");
            }
        }
    }

    /// The table of `docs/settings.md`, group by group.
    fn document() -> String {
        let mut text = String::new();
        for Group { title, settings } in GROUPS {
            text += &format!(
                "\n## {title}\n\n| setting | takes | default | meaning |\n| --- | --- | --- | --- |\n"
            );
            for setting in *settings {
                let unset = match setting.unset() {
                    Value(value) => format!("`{value}`"),
                    Words(words) => words.to_owned(),
                    Nothing => String::new(),
                };
                let (_, example) = setting
                    .example()
                    .split_once('=')
                    .map(|(a, b)| (a.to_owned(), b.to_owned()))
                    .unwrap();
                let takes = format!("{}: `{example}`", setting.takes());
                let cells =
                    [format!("`{}`", setting.name()), takes, unset, setting.meaning().to_owned()];
                text += &format!("| {} |\n", cells.join(" | ").replace("|  |", "| |"));
            }
        }
        text
    }

    #[test]
    fn the_document_has_all_settings() {
        const BEGIN: &str = "<!-- settings: made of vertex-http/src/settings/table.rs -->\n";
        const END: &str = "\n<!-- end of settings -->";
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/settings.md");
        let text = std::fs::read_to_string(path).unwrap();
        let (before, rest) = text.split_once(BEGIN).unwrap();
        let (found, after) = rest.split_once(END).unwrap();
        let current = document();
        if std::env::var_os("VERTEX_UPDATE_SETTINGS").is_some() {
            std::fs::write(path, format!("{before}{BEGIN}{current}{END}{after}")).unwrap();
            return;
        }
        assert!(
            found == current,
            "docs/settings.md is out of date: run this test with VERTEX_UPDATE_SETTINGS=1"
        );
    }
}
