//! `/api/companies/{id}/storage`: where a company's files live.

use chrono::{DateTime, Utc};
use poem::{
    Request,
    http::header,
    web::{
        Data,
        cookie::{Cookie, SameSite},
    },
};
use poem_openapi::{
    ApiResponse, Object, OpenApi,
    param::{Path, Query},
    payload::{Json, Response},
};
use uuid::Uuid;
use vertex_core::{
    Error,
    ids::CompanyId,
    page::Page,
    storage::{
        BoundStorage, Bucket, CompanyStorage, DiskFolder, Leaving, MoveProgress, Place, StorageKind,
    },
    usecases::{
        App,
        disk_consents::{self, ConsentInput},
        storage::{self, STEPS, StorageInput, TestReport},
    },
};

use super::{
    Answer, Caller, Tag,
    body::Body,
    cookies::cookie,
    input::{Optional, Required},
    listing::ListOf,
};

/// A place for a company's files.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct NewStorage {
    /// `local` for the server's own, or `minio` for MinIO or any S3; `yandex_disk` for the disk that was connected
    /// with `POST .../storage/yandex-disk`.
    kind: Required<String>,
    /// Where the S3 is: `https://s3.example.org`.
    endpoint: Optional<String>,
    /// What it signs for; `us-east-1` when left out.
    region: Optional<String>,
    /// The bucket's name.
    bucket: Optional<String>,
    /// What the paths in the bucket begin with; nothing when left out.
    prefix: Optional<String>,
    /// Public half of the key pair. With both halves left out those that are known stay.
    access_key: Optional<String>,
    /// Secret half of the key pair. No answer ever shows it.
    secret_key: Optional<String>,
    /// Whether the bucket's name is part of the host, as at AWS; false when left out.
    virtual_host: Optional<bool>,
    /// Whether browsers read videos from the bucket directly, which its CORS rules must allow; true when
    /// left out.
    direct_links: Optional<bool>,
}

impl From<NewStorage> for StorageInput {
    fn from(body: NewStorage) -> Self {
        Self {
            kind: body.kind.0,
            endpoint: body.endpoint.0,
            region: body.region.0,
            bucket: body.bucket.0,
            prefix: body.prefix.0,
            access_key: body.access_key.0,
            secret_key: body.secret_key.0,
            virtual_host: body.virtual_host.0,
            direct_links: body.direct_links.0,
        }
    }
}

/// A bucket of an S3, without its keys.
#[derive(Debug, Object)]
#[oai(rename = "Bucket")]
struct BucketView {
    endpoint: String,
    region: String,
    bucket: String,
    prefix: String,
    virtual_host: bool,
    direct_links: bool,
}

impl From<Bucket> for BucketView {
    fn from(bucket: Bucket) -> Self {
        Self {
            endpoint: bucket.endpoint.to_string(),
            region: bucket.region,
            bucket: bucket.name,
            prefix: bucket.prefix,
            virtual_host: bucket.virtual_host,
            direct_links: bucket.direct_links,
        }
    }
}

/// A folder of a Yandex Disk, without what opens it.
#[derive(Debug, Object)]
#[oai(rename = "DiskFolder")]
struct DiskFolderView {
    folder: String,
    /// The account's number at Yandex.
    account: String,
}

impl From<DiskFolder> for DiskFolderView {
    fn from(disk: DiskFolder) -> Self {
        Self { folder: disk.folder, account: disk.account }
    }
}

/// How far a move is.
#[derive(Debug, Object)]
#[oai(rename = "StorageMove")]
struct MoveView {
    /// The kind of the place that is being left.
    from: String,
    /// `moving`; `failed` when the last try did not get through, which is tried again for most of a day, and at
    /// once when the same move is asked for again; `moved` while the old place is being emptied; `not_emptied`
    /// when that did not get through. The next move forgets such a place.
    state: String,
    /// Objects that are at the new place and verified there.
    objects: u64,
    /// Their bytes.
    bytes: u64,
    /// Why the last try failed.
    problem: Option<String>,
}

impl MoveView {
    fn new(from: StorageKind, progress: MoveProgress) -> Self {
        let state = match (&progress.moved_at, &progress.problem) {
            (Some(_), None) => "moved",
            (Some(_), Some(_)) => "not_emptied",
            (None, Some(_)) => "failed",
            (None, None) => "moving",
        };
        Self {
            from: from.as_str().to_owned(),
            state: state.to_owned(),
            objects: progress.objects,
            bytes: progress.bytes,
            problem: progress.problem,
        }
    }
}

impl From<Leaving> for MoveView {
    fn from(leaving: Leaving) -> Self {
        Self::new(leaving.connection.place.kind(), leaving.progress)
    }
}

/// Where a company's files live.
#[derive(Debug, Object)]
#[oai(rename = "Storage")]
struct StorageView {
    /// `local`, `minio` or `yandex_disk`.
    kind: String,
    minio: Option<BucketView>,
    yandex_disk: Option<DiskFolderView>,
    /// When it was noticed that the disk's owner has taken the consent back.
    withdrawn_at: Option<DateTime<Utc>>,
    /// The last move, until the old place is empty.
    #[oai(rename = "move")]
    moving: Option<MoveView>,
    /// When the place was chosen or its keys were changed; nothing while nobody has.
    updated_at: Option<DateTime<Utc>>,
}

impl From<CompanyStorage> for StorageView {
    fn from(storage: CompanyStorage) -> Self {
        let mut view = Self {
            kind: StorageKind::Local.as_str().to_owned(),
            minio: None,
            yandex_disk: None,
            withdrawn_at: None,
            moving: storage.leaving.map(Into::into),
            updated_at: None,
        };
        if let Some(current) = storage.current {
            view.kind = current.place.kind().as_str().to_owned();
            view.updated_at = Some(current.updated_at);
            view.withdrawn_at = current.withdrawn_at;
            (view.minio, view.yandex_disk) = shown(current.place);
        }
        view
    }
}

/// A place that a company has chosen, or is leaving.
#[derive(Debug, Object)]
#[oai(rename = "StorageConnection")]
struct ConnectionView {
    id: Uuid,
    company_id: Uuid,
    /// `local`, `minio` or `yandex_disk`.
    kind: String,
    minio: Option<BucketView>,
    yandex_disk: Option<DiskFolderView>,
    /// When it was noticed that the disk's owner has taken the consent back.
    withdrawn_at: Option<DateTime<Utc>>,
    /// How far the move away from it is, if the company is leaving it.
    leaving: Option<MoveView>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<BoundStorage> for ConnectionView {
    fn from(bound: BoundStorage) -> Self {
        let connection = bound.connection;
        let kind = connection.place.kind();
        let (minio, yandex_disk) = shown(connection.place);
        Self {
            id: connection.id.0,
            company_id: connection.company_id.0,
            kind: kind.as_str().to_owned(),
            minio,
            yandex_disk,
            withdrawn_at: connection.withdrawn_at,
            leaving: bound.leaving.map(|progress| MoveView::new(kind, progress)),
            created_at: connection.created_at,
            updated_at: connection.updated_at,
        }
    }
}

fn shown(place: Place) -> (Option<BucketView>, Option<DiskFolderView>) {
    match place {
        Place::Local => (None, None),
        Place::Minio(bucket) => (Some(bucket.into()), None),
        Place::YandexDisk(disk) => (None, Some(disk.into())),
    }
}

/// A Yandex Disk that is to be connected.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct NewConsent {
    /// Name of a folder at the top of the disk; `Vertex AR` when left out.
    folder: Optional<String>,
    /// Whether the company's files are moved there; a company without files needs no move.
    #[oai(rename = "move")]
    moves_files: Optional<bool>,
}

/// Where the owner of the disk consents.
#[derive(Debug, Object)]
#[oai(rename = "ConsentPage")]
struct ConsentView {
    /// To be opened, within a quarter of an hour, in the browser that sent this request.
    url: String,
}

/// A step of a test.
#[derive(Debug, Object)]
#[oai(rename = "StorageTestStep")]
struct StepView {
    /// `write`, `read`, `range`, `direct_link` or `delete`.
    step: String,
    /// `passed`, `failed` or, after one that failed, `skipped`.
    outcome: String,
    /// Why it failed.
    problem: Option<String>,
}

/// What came of a test.
#[derive(Debug, Object)]
#[oai(rename = "StorageTest")]
struct TestView {
    /// Whether every step passed.
    works: bool,
    steps: Vec<StepView>,
}

impl From<TestReport> for TestView {
    fn from(report: TestReport) -> Self {
        let step = |(number, step): (usize, &&str)| {
            let (outcome, problem) = match number.cmp(&report.passed) {
                std::cmp::Ordering::Less => ("passed", None),
                std::cmp::Ordering::Equal => ("failed", report.problem.clone()),
                std::cmp::Ordering::Greater => ("skipped", None),
            };
            StepView { step: (*step).to_owned(), outcome: outcome.to_owned(), problem }
        };
        Self {
            works: report.problem.is_none(),
            steps: STEPS.iter().enumerate().map(step).collect(),
        }
    }
}

#[derive(ApiResponse)]
enum Begun {
    /// The files are being moved.
    #[oai(status = 202)]
    Begun(Json<StorageView>),
}

#[derive(ApiResponse)]
enum Returned {
    /// The disk is connected; back to the pages.
    #[oai(status = 303)]
    Connected(#[oai(header = "location")] String),
}

#[derive(ApiResponse)]
enum Given {
    /// The place has been given up.
    #[oai(status = 204)]
    Up,
}

/// Cookie of the browser that asked for a consent.
const CONSENT_COOKIE: &str = "vertex_consent";
/// The only path it is sent to.
const CALLBACK: &str = "/api/storage/yandex-disk/callback";

/// Where a company's files live.
pub struct StorageApi;

#[OpenApi(prefix_path = "/api", tag = "Tag::Companies")]
impl StorageApi {
    /// See where a company's files live
    #[oai(path = "/companies/:id/storage", method = "get", operation_id = "getStorage")]
    async fn get(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
    ) -> Answer<Json<StorageView>> {
        Ok(Json(storage::get(&app, &caller.0, CompanyId(id.0)).await?.into()))
    }

    /// Choose where a company's files live
    ///
    /// The place is tried first: an object is written, read, read in part and deleted. A company that has
    /// files already changes the keys of its place here, and goes to another with `.../storage/move`.
    #[oai(path = "/companies/:id/storage", method = "put", operation_id = "putStorage")]
    async fn put(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        body: Body<NewStorage>,
    ) -> Answer<Json<StorageView>> {
        let company = CompanyId(id.0);
        Ok(Json(storage::put(&app, &caller.0, company, body.0.into()).await?.into()))
    }

    /// Give up the place of a company's files
    ///
    /// The keys to it are forgotten, and the company's files live on the server from then on. A company that has
    /// files there moves them first.
    #[oai(path = "/companies/:id/storage", method = "delete", operation_id = "deleteStorage")]
    async fn delete(&self, app: Data<&App>, caller: Caller, id: Path<Uuid>) -> Answer<Given> {
        storage::delete(&app, &caller.0, CompanyId(id.0)).await?;
        Ok(Given::Up)
    }

    /// List the places that companies have chosen
    #[oai(path = "/admin/storages", method = "get", operation_id = "listStorages")]
    async fn list(
        &self,
        app: Data<&App>,
        caller: Caller,
        page: Query<Option<u32>>,
        per_page: Query<Option<u32>>,
    ) -> Answer<Json<ListOf<ConnectionView>>> {
        let page = Page::new(page.0, per_page.0);
        let listing = storage::list(&app, &caller.0, page).await?;
        Ok(Json(listing.map(ConnectionView::from).into()))
    }

    /// Try the place of a company's files
    ///
    /// Says which step failed, if one did, and why.
    #[oai(path = "/companies/:id/storage/test", method = "post", operation_id = "testStorage")]
    async fn test(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
    ) -> Answer<Json<TestView>> {
        Ok(Json(storage::test(&app, &caller.0, CompanyId(id.0)).await?.into()))
    }

    /// Move a company's files to another place
    ///
    /// They are read and written all the while. `GET .../storage` tells how far it is.
    #[oai(path = "/companies/:id/storage/move", method = "post", operation_id = "moveStorage")]
    async fn relocate(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        body: Body<NewStorage>,
    ) -> Answer<Begun> {
        let company = CompanyId(id.0);
        let moving = storage::relocate(&app, &caller.0, company, body.0.into()).await?;
        Ok(Begun::Begun(Json(moving.into())))
    }

    /// Connect a company to a Yandex Disk
    ///
    /// The owner of the disk consents on the page that the answer names, and comes back from there.
    #[oai(
        path = "/companies/:id/storage/yandex-disk",
        method = "post",
        operation_id = "connectYandexDisk"
    )]
    async fn connect_yandex_disk(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        body: Body<NewConsent>,
    ) -> Answer<Response<Json<ConsentView>>> {
        let input = ConsentInput { folder: body.0.folder.0, moves_files: body.0.moves_files.0 };
        let page = disk_consents::begin(&app, &caller.0, CompanyId(id.0), input).await?;
        let mut proof = Cookie::new_with_str(CONSENT_COOKIE, page.proof);
        proof.set_http_only(true);
        // The owner comes back from another site.
        proof.set_same_site(SameSite::Lax);
        proof.set_secure(app.policy.base_url.starts_with("https://"));
        proof.set_path(CALLBACK);
        let answer = Response::new(Json(ConsentView { url: page.url }));
        Ok(answer.header(header::SET_COOKIE, proof.to_string()))
    }

    /// Come back from Yandex
    ///
    /// Yandex sends the owner here with a code. Only the browser that asked for the consent may come.
    #[oai(
        path = "/storage/yandex-disk/callback",
        method = "get",
        operation_id = "finishYandexDisk"
    )]
    async fn finish_yandex_disk(
        &self,
        app: Data<&App>,
        state: Query<String>,
        code: Query<Option<String>>,
        request: &Request,
    ) -> Answer<Returned> {
        let proof = cookie(request, CONSENT_COOKIE).unwrap_or_default();
        let code = code.0.ok_or(Error::Forbidden("the owner of the disk did not consent"))?;
        let company = disk_consents::finish(&app, &state.0, &proof, &code).await?;
        Ok(Returned::Connected(format!("/admin/companies/{company}/storage")))
    }
}
