//! `/api/uploads`: uploads that survive a bad line, by the [tus protocol](https://tus.io/protocols/resumable-upload)
//! 1.0.0 with creation, creation-with-upload, expiration, checksum and termination.

mod part;
mod turns;

use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::{DateTime, Utc};
use poem::{Request, http::StatusCode, web::Data};
use poem_openapi::{
    ApiResponse, Object, OpenApi,
    param::{Header, Path},
    payload::Json,
};
use uuid::Uuid;
use vertex_core::{
    Error,
    check::Field,
    ids::UploadId,
    upload::{Upload, UploadKind, UploadMetadata, UploadState},
    usecases::{
        App,
        uploads::{self, Appended, Checksum},
    },
};

use super::{
    Answer, Caller, Problem, Tag, problem::FieldView, unbroken::to_the_end, waiting::Waiting,
};
use crate::middleware::tus::{TUS_RESUMABLE, VERSION};

use part::Part;
pub use turns::Turns;

/// Extensions of the protocol that are spoken.
const EXTENSIONS: &str = "creation,creation-with-upload,expiration,checksum,termination";

/// Hashes that a part may be checked by.
const CHECKSUMS: &str = "sha1,sha256";

/// An upload that comes in parts.
#[derive(Debug, Object)]
#[oai(rename = "Upload")]
struct UploadView {
    id: Uuid,
    company_id: Uuid,
    /// `video` or `picture`.
    kind: String,
    /// `receiving`, `checking`, `done` or `failed`.
    state: String,
    /// How many bytes it has when it is whole.
    length: u64,
    /// How many of them are safely here.
    received: u64,
    /// Where the video or the content is that it has become, once it is done.
    made_url: Option<String>,
    /// Why it failed: every bad field.
    errors: Vec<FieldView>,
    created_at: DateTime<Utc>,
    /// When it is removed unless it goes on; once it is done or has failed, when it is forgotten.
    expires_at: DateTime<Utc>,
}

impl UploadView {
    fn of(app: &App, upload: Upload) -> Self {
        let errors = match &upload.state {
            UploadState::Failed(refusal) => refusal.fields.iter().map(FieldView::from).collect(),
            _ => Vec::new(),
        };
        Self {
            id: upload.id.0,
            company_id: upload.company_id.0,
            kind: kind(&upload).map_or("", UploadKind::as_str).to_owned(),
            state: upload.state.as_str().to_owned(),
            length: upload.length,
            received: upload.received,
            made_url: made_path(&upload).map(|path| app.absolute(&path)),
            errors,
            created_at: upload.created_at,
            expires_at: upload.expires_at,
        }
    }
}

fn kind(upload: &Upload) -> Option<UploadKind> {
    match upload.metadata.field("kind") {
        Field::Value(kind) => UploadKind::parse(kind).ok(),
        _ => None,
    }
}

/// Where what an upload has become is found at this installation.
fn made_path(upload: &Upload) -> Option<String> {
    let UploadState::Done(id) = upload.state else { return None };
    Some(match kind(upload)? {
        UploadKind::Video => format!("/api/videos/{id}"),
        UploadKind::Picture => format!("/api/ar-content/{id}"),
    })
}

#[derive(ApiResponse)]
enum Options {
    /// What is spoken here.
    #[oai(status = 204)]
    Spoken(
        /// Largest upload in bytes.
        #[oai(header = "Tus-Max-Size")]
        u64,
        #[oai(header = "Tus-Extension")] String,
        #[oai(header = "Tus-Checksum-Algorithm")] String,
    ),
}

#[derive(ApiResponse)]
enum Begun {
    /// The upload has begun.
    #[oai(status = 201)]
    Begun(
        /// Where its bytes go.
        #[oai(header = "Location")]
        String,
        /// How many are safely here.
        #[oai(header = "Upload-Offset")]
        u64,
        /// When it is removed unless it goes on.
        #[oai(header = "Upload-Expires")]
        String,
        /// What it has become, if all of it came with the request.
        #[oai(header = "Content-Location")]
        Option<String>,
    ),
}

#[derive(ApiResponse)]
enum Grown {
    /// The bytes are safely here.
    #[oai(status = 204)]
    Grown(
        /// How many are safely here.
        #[oai(header = "Upload-Offset")]
        u64,
        /// When it is removed unless it goes on.
        #[oai(header = "Upload-Expires")]
        String,
        /// What it has become, if it is whole and has been checked.
        #[oai(header = "Content-Location")]
        Option<String>,
    ),
}

#[derive(ApiResponse)]
enum Progress {
    /// How far it is.
    #[oai(status = 200)]
    Progress(
        /// How many bytes are safely here.
        #[oai(header = "Upload-Offset")]
        u64,
        /// How many it has when it is whole.
        #[oai(header = "Upload-Length")]
        u64,
        #[oai(header = "Upload-Metadata")] String,
        /// When it is removed unless it goes on.
        #[oai(header = "Upload-Expires")]
        String,
        /// What it has become.
        #[oai(header = "Content-Location")]
        Option<String>,
    ),
}

#[derive(ApiResponse)]
enum Deleted {
    /// The upload is gone with what had come of it.
    #[oai(status = 204)]
    Deleted,
}

/// Uploads that survive a bad line.
pub struct UploadsApi;

#[OpenApi(prefix_path = "/api/uploads", tag = "Tag::Uploads")]
impl UploadsApi {
    /// Ask what is spoken here
    #[oai(path = "/", method = "options", operation_id = "getUploadOptions")]
    async fn options(&self, app: Data<&App>) -> Options {
        let limit = app.policy.max_video_bytes.max(app.policy.max_image_bytes);
        Options::Spoken(limit, EXTENSIONS.to_owned(), CHECKSUMS.to_owned())
    }

    /// Begin an upload in parts
    ///
    /// By the tus protocol 1.0.0. `Upload-Metadata` names what becomes of it: `kind` is `video` (with `content_id`
    /// and, if you like, `title`, `description`, `is_active`) or `picture` (with `title`, which `filename` stands
    /// in for, and the other fields of a new content). Bytes may come along.
    #[oai(path = "/", method = "post", operation_id = "beginUpload")]
    #[expect(clippy::too_many_arguments, reason = "every header is one")]
    async fn begin(
        &self,
        app: Data<&App>,
        caller: Caller,
        request: &Request,
        /// How many bytes it has.
        #[oai(name = "Upload-Length")]
        length: Header<Option<u64>>,
        /// Pairs of a key and a value in base64, with commas in between.
        #[oai(name = "Upload-Metadata")]
        metadata: Header<Option<String>>,
        /// `sha1` or `sha256`, and the hash of the bytes that come along in base64.
        #[oai(name = "Upload-Checksum")]
        checksum: Header<Option<String>>,
        part: Part<false>,
    ) -> Answer<Begun> {
        speaks_tus(request)?;
        let metadata = metadata.0.unwrap_or_default();
        let metadata = UploadMetadata::parse(&metadata);
        let metadata = metadata.map_err(|why| Error::field("Upload-Metadata", why))?;
        let checksum = parse_checksum(checksum.0.as_deref())?;
        let upload = uploads::begin(&app, &caller.0, length.0.into(), metadata).await?;
        let location = format!("/api/uploads/{}", upload.id);
        let upload = match part.comes_along() {
            false => upload,
            true => match append(&app, &caller, request, &upload, checksum, 0, part).await {
                Ok(upload) => upload,
                Err(problem) => {
                    uploads::cancel(&app, &caller.0, upload.id).await?;
                    return Err(problem);
                }
            },
        };
        let made_url = made_path(&upload);
        Ok(Begun::Begun(location, upload.received, http_date(upload.expires_at), made_url))
    }

    /// Add bytes to an upload
    ///
    /// What has come is kept when the line is cut. The answer to the last bytes comes when the whole has been checked:
    /// a refusal is that of the form of the same kind, else `Content-Location` names what it has become.
    #[oai(path = "/:id", method = "patch", operation_id = "appendUpload")]
    #[expect(clippy::too_many_arguments, reason = "every header is one")]
    async fn append(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        request: &Request,
        /// How many bytes are here, which is where these go.
        #[oai(name = "Upload-Offset")]
        offset: Header<Option<u64>>,
        /// `sha1` or `sha256`, and the hash of these bytes in base64.
        #[oai(name = "Upload-Checksum")]
        checksum: Header<Option<String>>,
        part: Part<true>,
    ) -> Answer<Grown> {
        let upload = uploads::get(&app, &caller.0, UploadId(id.0)).await?;
        speaks_tus(request)?;
        part.check_type()?;
        uploads::outcome(&upload)?;
        let offset = offset.0.ok_or_else(|| Error::field("Upload-Offset", "is required"))?;
        let checksum = parse_checksum(checksum.0.as_deref())?;
        let upload = append(&app, &caller, request, &upload, checksum, offset, part).await?;
        let made_url = made_path(&upload);
        Ok(Grown::Grown(upload.received, http_date(upload.expires_at), made_url))
    }

    /// Ask where an upload goes on
    ///
    /// Whoever is still writing it is stopped first. One that was refused answers with the refusal's status.
    #[oai(path = "/:id", method = "head", operation_id = "getUploadOffset")]
    async fn offset(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        request: &Request,
    ) -> Answer<Progress> {
        uploads::get(&app, &caller.0, UploadId(id.0)).await?;
        speaks_tus(request)?;
        let turn = Turns::of(request)?.take(id.0).await;
        let upload = uploads::get(&app, &caller.0, UploadId(id.0)).await?;
        drop(turn);
        uploads::outcome(&upload)?;
        let made_url = made_path(&upload);
        let expires = http_date(upload.expires_at);
        let metadata = upload.metadata.header();
        Ok(Progress::Progress(upload.received, upload.length, metadata, expires, made_url))
    }

    /// See how far an upload is and what became of it
    #[oai(path = "/:id", method = "get", operation_id = "getUpload")]
    async fn get(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
    ) -> Answer<Json<UploadView>> {
        let upload = uploads::get(&app, &caller.0, UploadId(id.0)).await?;
        Ok(Json(UploadView::of(&app, upload)))
    }

    /// Give an upload up
    #[oai(path = "/:id", method = "delete", operation_id = "deleteUpload")]
    async fn delete(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        request: &Request,
    ) -> Answer<Deleted> {
        uploads::get(&app, &caller.0, UploadId(id.0)).await?;
        speaks_tus(request)?;
        let _turn = Turns::of(request)?.take(id.0).await;
        uploads::cancel(&app, &caller.0, UploadId(id.0)).await?;
        Ok(Deleted::Deleted)
    }
}

/// Takes a part; when it is the last one, waits for what becomes of the whole.
async fn append<const REQUIRED: bool>(
    app: &App,
    caller: &Caller,
    request: &Request,
    upload: &Upload,
    checksum: Option<Checksum>,
    offset: u64,
    part: Part<REQUIRED>,
) -> Answer<Upload> {
    let turn = Turns::of(request)?.take(upload.id.0).await;
    let waiting = Waiting::begin(app, &caller.0);
    let id = upload.id;
    let appended = {
        let (app, who) = (app.clone(), caller.0.clone());
        to_the_end(async move {
            let bytes = part.into_stream(&turn);
            uploads::append(&app, &who, id, offset, checksum, bytes).await
        })
    };
    match appended.await? {
        Appended::Corrupt => Err(checksum_mismatch()),
        Appended::Safe(upload) if upload.state == UploadState::Checking => {
            let upload = waiting.for_upload(id).await?;
            uploads::outcome(&upload)?;
            Ok(upload)
        }
        Appended::Safe(upload) => Ok(upload),
    }
}

fn speaks_tus(request: &Request) -> Answer<()> {
    match request.header(TUS_RESUMABLE) {
        Some(VERSION) => Ok(()),
        _ => {
            let detail = format!("say Tus-Resumable: {VERSION}");
            Err(Problem::from_status(StatusCode::PRECONDITION_FAILED, detail))
        }
    }
}

/// tus' own status.
fn checksum_mismatch() -> Problem {
    let status = StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST);
    Problem::from_status(
        status,
        "the bytes are not those of Upload-Checksum: send them again".to_owned(),
    )
}

fn parse_checksum(header: Option<&str>) -> Result<Option<Checksum>, Error> {
    let Some(header) = header else { return Ok(None) };
    let parsed = header.trim().split_once(' ').and_then(|(algorithm, hash)| {
        let hash = BASE64_STANDARD.decode(hash.trim()).ok()?;
        match algorithm {
            "sha1" => hash.try_into().map(Checksum::Sha1).ok(),
            "sha256" => hash.try_into().map(Checksum::Sha256).ok(),
            _ => None,
        }
    });
    let wrong = || Error::field("Upload-Checksum", "is not sha1 or sha256 and a hash in base64");
    parsed.map(Some).ok_or_else(wrong)
}

fn http_date(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
