//! Where a company's files live: choosing the place, and seeing whether it works.

use bytes::Bytes;
use chrono::TimeDelta;
use futures::TryStreamExt;

use super::{
    App, storage_moves, tenancy,
    tenancy::{new_connection, operators_place},
};
use crate::{
    domain::{
        access::Action,
        check::{Check, Field, any},
        error::{Error, FieldError, Result},
        identity::Identity,
        ids::CompanyId,
        page::{Listing, Page},
        paths::ObjectPath,
        storage::{
            BoundStorage, Bucket, CompanyStorage, Endpoint, Place, Secrets, StorageConnection,
            StorageKind, bucket_name, folder, key, region,
        },
        tenant::TenantScope,
        text::Slug,
    },
    ports::{CompanyFiles, Objects},
};

/// The fields of a storage connection as a request brings them.
#[derive(Clone, Debug, Default)]
pub struct StorageInput {
    /// `local`, `minio`, or `yandex_disk` for the disk that was connected by its owner's consent.
    pub kind: Field<String>,
    /// Where the S3 is.
    pub endpoint: Field<String>,
    /// What it signs for; `us-east-1` when absent.
    pub region: Field<String>,
    /// The bucket.
    pub bucket: Field<String>,
    /// What paths in it begin with.
    pub prefix: Field<String>,
    /// Public half of the key pair; that of before when absent.
    pub access_key: Field<String>,
    /// Secret half.
    pub secret_key: Field<String>,
    /// Whether the bucket's name is part of the host.
    pub virtual_host: Field<bool>,
    /// Whether browsers read from it directly.
    pub direct_links: Field<bool>,
}

/// The steps of a test, in order.
pub const STEPS: [&str; 5] = ["write", "read", "range", "direct_link", "delete"];

/// What came of a test: how many steps passed, and why the next one did not.
#[derive(Clone, Debug, PartialEq)]
pub struct TestReport {
    /// How many of [`STEPS`] passed.
    pub passed: usize,
    /// Why the step after them failed.
    pub problem: Option<String>,
}

/// Where a company's files live.
///
/// # Errors
/// `NotFound` when this user sees no such company, `Forbidden` unless admin.
pub async fn get(app: &App, who: &Identity, company: CompanyId) -> Result<CompanyStorage> {
    tenancy::company(app, who, company).await?;
    who.may(Action::GetStorage)?;
    app.records.company_storage(&who.scope(), company).await
}

/// Makes a place that works the one of a company without files, or changes how its own place is opened.
///
/// # Errors
/// `Invalid` with every bad field or with the step of the test that failed, `Conflict` when the company has
/// files elsewhere, `NotFound`, `Forbidden` unless admin.
pub async fn put(
    app: &App,
    who: &Identity,
    company: CompanyId,
    input: StorageInput,
) -> Result<CompanyStorage> {
    tenancy::company(app, who, company).await?;
    who.may(Action::PutStorage)?;
    let before = app.records.company_storage(&who.scope(), company).await?;
    let connection = read(app, company, &before, input)?;
    bind(app, &who.scope(), &before, connection).await
}

/// Gives the place of a company without files up, and the keys to it. From then on the company's files live at the
/// operator's.
///
/// # Errors
/// `Conflict` when there are files, or were a moment ago; `NotFound` when the company has no place of its own or
/// this user sees no such company, `Forbidden` unless admin.
pub async fn delete(app: &App, who: &Identity, company: CompanyId) -> Result<()> {
    tenancy::company(app, who, company).await?;
    who.may(Action::DeleteStorage)?;
    let before = app.records.company_storage(&who.scope(), company).await?;
    let current = before.current.ok_or(Error::NotFound("storage of its own"))?;
    if before.leaving.is_some() {
        return Err(storage_moves::on_the_move());
    }
    let holds_files = current.place != Place::Local;
    if !app.records.delete_storage(&who.scope(), &current, holds_files).await? {
        return Err(Error::Conflict(
            "the company's files are there: move them with POST .../storage/move first".into(),
        ));
    }
    app.company_changed(company);
    Ok(())
}

/// The places of their own that companies have, or are leaving.
///
/// # Errors
/// `Forbidden` unless superadmin.
pub async fn list(app: &App, who: &Identity, page: Page) -> Result<Listing<BoundStorage>> {
    who.may(Action::ListStorages)?;
    app.records.storages(&who.scope(), page).await
}

/// A place that works for a company that is about to be made.
///
/// # Errors
/// `Invalid` with every bad field or with the step of the test that failed.
pub(super) async fn provision(
    app: &App,
    company: CompanyId,
    input: StorageInput,
) -> Result<StorageConnection> {
    let within = |error| match error {
        Error::Invalid(fields) => Error::Invalid(fields.into_iter().map(of_storage).collect()),
        other => other,
    };
    let nothing = CompanyStorage::default();
    let connection = read(app, company, &nothing, input).map_err(within)?;
    require_working(app, &connection).await?;
    Ok(connection)
}

/// A complaint about a field, in a request that has the storage as one of its fields.
fn of_storage(error: FieldError) -> FieldError {
    FieldError { field: format!("storage.{}", error.field), ..error }
}

/// Moves a company's files to another place that works. They are read and written all the while.
///
/// # Errors
/// Those of [`put`]; `Conflict` when the company is on the move already, or there already.
pub async fn relocate(
    app: &App,
    who: &Identity,
    company: CompanyId,
    input: StorageInput,
) -> Result<CompanyStorage> {
    tenancy::company(app, who, company).await?;
    who.may(Action::MoveStorage)?;
    relocate_in(app, &who.scope(), company, input).await
}

/// The same for the operator at the console.
///
/// # Errors
/// Those of [`relocate`].
pub async fn relocate_at_console(
    app: &App,
    company: CompanyId,
    input: StorageInput,
) -> Result<CompanyStorage> {
    relocate_in(app, &TenantScope::everywhere(), company, input).await
}

/// The company that the operator names by its short name.
///
/// # Errors
/// `NotFound` when there is none.
pub async fn at_console(app: &App, slug: &str) -> Result<CompanyId> {
    let unknown = || Error::NotFound("company");
    let slug = Slug::parse(slug).map_err(|_| unknown())?;
    let company = app.records.company_by_slug(&TenantScope::everywhere(), &slug).await?;
    company.map(|company| company.id).ok_or_else(unknown)
}

async fn relocate_in(
    app: &App,
    scope: &TenantScope,
    company: CompanyId,
    input: StorageInput,
) -> Result<CompanyStorage> {
    let before = app.records.company_storage(scope, company).await?;
    let connection = read(app, company, &before, input)?;
    require_working(app, &connection).await?;
    storage_moves::begin(app, scope, &before, connection).await
}

/// Tries the place of a company's files.
///
/// # Errors
/// `NotFound` when this user sees no such company, `Forbidden` unless admin.
pub async fn test(app: &App, who: &Identity, company: CompanyId) -> Result<TestReport> {
    tenancy::company(app, who, company).await?;
    who.may(Action::TestStorage)?;
    let storage = app.records.company_storage(&who.scope(), company).await?;
    let connection = storage.current.unwrap_or_else(|| operators_place(app, company));
    try_out(app, &connection).await
}

/// Seals everything again that the present key has not sealed; how many connections that were.
///
/// # Errors
/// `Internal` when something was sealed with neither the present nor the previous key.
pub async fn rotate_secrets(app: &App) -> Result<usize> {
    let everywhere = TenantScope::everywhere();
    let mut resealed = 0;
    for connection in app.records.sealed_storages(&everywhere).await? {
        let Some(sealed) = connection.secrets.filter(|sealed| !app.vault.is_current(sealed)) else {
            continue;
        };
        let secrets: Secrets = app.vault.open(connection.company_id, &sealed)?;
        let fresh = app.vault.seal(app.clock.random(), connection.company_id, &secrets)?;
        if app.records.reseal(&everywhere, connection.id, &sealed, &fresh).await? {
            resealed += 1;
        }
    }
    Ok(resealed)
}

/// Binds a place that works to a company without files, or one that holds its files.
pub(super) async fn bind(
    app: &App,
    scope: &TenantScope,
    before: &CompanyStorage,
    connection: StorageConnection,
) -> Result<CompanyStorage> {
    let company = connection.company_id;
    if before.leaves(&connection.place) {
        return reopen(app, scope, before, connection).await;
    }
    let present = before.current.as_ref().map_or(&Place::Local, |current| &current.place);
    let holds_files = connection.place.holds_the_files_of(present);
    if before.leaving.is_some() && !holds_files {
        return Err(storage_moves::on_the_move());
    }
    require_working(app, &connection).await?;
    if !app.records.put_storage(scope, &connection, holds_files).await? {
        return Err(Error::Conflict(
            "the company has files elsewhere: move them with POST .../storage/move".into(),
        ));
    }
    app.company_changed(company);
    app.records.company_storage(scope, company).await
}

/// Gives the company new keys to the place that it is leaving. What was stuck for want of them goes on.
async fn reopen(
    app: &App,
    scope: &TenantScope,
    before: &CompanyStorage,
    connection: StorageConnection,
) -> Result<CompanyStorage> {
    require_working(app, &connection).await?;
    if let (Some(leaving), Some(sealed)) = (&before.leaving, &connection.secrets) {
        app.records.reopen_storage(scope, leaving.connection.id, sealed).await?;
        storage_moves::go_on(app, scope, leaving).await?;
        app.company_changed(connection.company_id);
    }
    app.records.company_storage(scope, connection.company_id).await
}

fn read(
    app: &App,
    company: CompanyId,
    before: &CompanyStorage,
    input: StorageInput,
) -> Result<StorageConnection> {
    let mut check = Check::default();
    let kind = check.required("kind", input.kind.clone(), |text: String| text.parse());
    let (kind,) = check.all((kind,))?;
    match kind {
        StorageKind::Local => return Ok(operators_place(app, company)),
        StorageKind::YandexDisk => return connected_disk(before),
        StorageKind::Minio => {}
    }
    let bucket = read_bucket(app, &input)?;
    let secrets = read_key_pair(app, company, before, &bucket, input)?;
    let sealed = app.vault.seal(app.clock.random(), company, &secrets)?;
    Ok(new_connection(app, company, Place::Minio(bucket), Some(sealed)))
}

/// The disk that the company is connected to: a request brings no consent.
fn connected_disk(before: &CompanyStorage) -> Result<StorageConnection> {
    let disk =
        before.current.clone().filter(|current| current.place.kind() == StorageKind::YandexDisk);
    disk.ok_or_else(|| {
        Error::field(
            "kind",
            "a Yandex Disk takes its owner's consent, in a browser: connect it on the admin page or with \
             POST /api/companies/{id}/storage/yandex-disk, where {\"move\": true} moves the files there",
        )
    })
}

fn read_bucket(app: &App, input: &StorageInput) -> Result<Bucket> {
    let mut check = Check::default();
    let reach = &app.policy.storage_reach;
    let endpoint = check
        .required("endpoint", input.endpoint.clone(), |text: String| Endpoint::parse(text, reach));
    let area = check.optional("region", input.region.clone(), region);
    let name = check.required("bucket", input.bucket.clone(), bucket_name);
    let prefix = check.optional("prefix", input.prefix.clone(), folder);
    let virtual_host = check.optional("virtual_host", input.virtual_host.clone(), any);
    let direct_links = check.optional("direct_links", input.direct_links.clone(), any);
    for (field, value) in [("access_key", &input.access_key), ("secret_key", &input.secret_key)] {
        check.optional(field, value.clone(), key);
    }
    let (endpoint, area, name, prefix, virtual_host, direct_links) =
        check.all((endpoint, area, name, prefix, virtual_host, direct_links))?;
    let virtual_host = virtual_host.unwrap_or(false);
    if virtual_host && endpoint.is_numeric() {
        return Err(Error::field("virtual_host", "needs an endpoint with a name"));
    }
    Ok(Bucket {
        endpoint,
        region: area.unwrap_or_else(|| "us-east-1".to_owned()),
        name,
        prefix: prefix.unwrap_or_default(),
        virtual_host,
        direct_links: direct_links.unwrap_or(true),
    })
}

/// The key pair that was given, else the one that opens the same endpoint's bucket already.
fn read_key_pair(
    app: &App,
    company: CompanyId,
    before: &CompanyStorage,
    bucket: &Bucket,
    input: StorageInput,
) -> Result<Secrets> {
    let kept = before.current.as_ref().filter(|current| match &current.place {
        Place::Minio(known) => known.endpoint == bucket.endpoint && known.name == bucket.name,
        _ => false,
    });
    if let (Field::Absent, Field::Absent, Some(sealed)) =
        (&input.access_key, &input.secret_key, kept.and_then(|current| current.secrets.as_ref()))
    {
        return app.vault.open(company, sealed);
    }
    let mut check = Check::default();
    let access_key = check.required("access_key", input.access_key, key);
    let secret_key = check.required("secret_key", input.secret_key, key);
    let (access_key, secret_key) = check.all((access_key, secret_key))?;
    Ok(Secrets::Minio { access_key, secret_key })
}

pub(super) async fn require_working(app: &App, connection: &StorageConnection) -> Result<()> {
    let report = try_out(app, connection).await?;
    let Some(problem) = report.problem else { return Ok(()) };
    let step = STEPS.get(report.passed).copied().unwrap_or_default();
    Err(Error::field("storage", format!("does not work: step {step}: {problem}")))
}

/// Writes, reads and deletes a probe, step by step.
async fn try_out(app: &App, connection: &StorageConnection) -> Result<TestReport> {
    let files = app.storages.open(connection).await?;
    let path = ObjectPath::probe(connection.company_id, app.clock.uuid());
    let mut passed = 0;
    for step in STEPS {
        if let Err(problem) = take_step(app, &files, &path, step).await {
            // What has been written is not left behind, as far as the storage lets us.
            let _ = files.delete(&path).await;
            return Ok(TestReport { passed, problem: Some(problem) });
        }
        passed += 1;
    }
    Ok(TestReport { passed, problem: None })
}

pub(super) const PROBE: &[u8] = b"A probe of Vertex AR. It may be removed.";

async fn take_step(
    app: &App,
    files: &CompanyFiles,
    path: &ObjectPath,
    step: &str,
) -> Result<(), String> {
    let length = PROBE.len() as u64;
    let same = |read: &[u8], written: &[u8]| match read == written {
        true => Ok(()),
        false => Err("other bytes came back than were written".to_owned()),
    };
    match step {
        "write" => files.put(path, Bytes::from_static(PROBE)).await.map_err(why),
        "read" => same(&files.get(path, length).await.map_err(why)?, PROBE),
        "range" => {
            let part = files.read(path, 2..7).await.map_err(why)?;
            let part: Vec<Bytes> = part.try_collect().await.map_err(why)?;
            same(&part.concat(), &PROBE[2..7])
        }
        "direct_link" => {
            let link = files.presign(path, TimeDelta::minutes(5)).await.map_err(why)?;
            let Some(link) = link else { return Ok(()) };
            let origin = app.policy.base_url.as_str();
            match app.storages.lets_pages_read(&link, origin).await.map_err(why)? {
                true => Ok(()),
                false => Err(format!(
                    "pages from {origin} may not read from it: allow that in its CORS rules, or \
                     set direct_links to false"
                )),
            }
        }
        _ => {
            files.delete(path).await.map_err(why)?;
            match files.stat(path).await.map_err(why)? {
                None => Ok(()),
                Some(_) => Err("what was deleted is still there".to_owned()),
            }
        }
    }
}

/// What the storage said, in a sentence that its adapter made for people.
fn why(error: Error) -> String {
    match &error {
        Error::Unavailable { source, .. }
        | Error::Full { source, .. }
        | Error::Internal { source, .. } => source.to_string(),
        Error::NotFound(_) => "what was written is not there".to_owned(),
        other => other.to_string(),
    }
}
