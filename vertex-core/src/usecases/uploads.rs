//! Uploads that come in parts: begun with what is said of them, added to until they are whole, then made what
//! they were sent for by a job, with the same checks as a form.

use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    App, collect,
    contents::{self, NewContent},
    disks,
    projects::parse_id,
    reservation::QuotaReservation,
    videos::{self, NewVideo},
};
use crate::{
    domain::{
        check::{Check, Field},
        error::{Error, Result},
        identity::Identity,
        ids::{AuthSessionId, CompanyId, ContentId, UploadId},
        job::Task,
        quota::Reservation,
        tenant::TenantScope,
        upload::{Refusal, Upload, UploadKind, UploadMetadata, UploadState},
    },
    ports::{ByteStream, SpoolFile},
};

/// How many bytes may come before they are made safe and counted: what a `kill -9` costs at most.
const CHECKPOINT: u64 = 8 << 20;

/// Begins an upload of `length` bytes.
///
/// # Errors
/// `Invalid` with every bad field, `TooLarge`, `QuotaExceeded`, `TooMany`, `NotFound` for a content, company, project,
/// folder or client that is not this user's to use.
pub async fn begin(
    app: &App,
    who: &Identity,
    length: Field<u64>,
    metadata: UploadMetadata,
) -> Result<Upload> {
    let mut check = Check::default();
    let length = check.required("Upload-Length", length, at_least_one);
    let kind = check.required("kind", metadata.field("kind"), UploadKind::parse);
    let (length, kind) = check.all((length, kind))?;
    let limit = match kind {
        UploadKind::Video => app.policy.max_video_bytes,
        UploadKind::Picture => app.policy.max_image_bytes,
    };
    if length > limit {
        return Err(Error::TooLarge { field: kind.field(), limit });
    }
    let company_id = match kind {
        UploadKind::Video => company_of_video(app, who, &metadata).await?,
        UploadKind::Picture => {
            let mut check = Check::default();
            let place = new_content(&metadata).check(&mut check);
            let (place,) = check.all((place,))?;
            place.find(app, who).await?.company_id
        }
    };
    let now = app.now();
    let upload = Upload {
        id: UploadId(app.clock.uuid()),
        company_id,
        user_id: who.user.id,
        address: who.address,
        metadata,
        length,
        received: 0,
        state: UploadState::Receiving,
        created_at: now,
        expires_at: now + app.policy.upload_ttl,
    };
    let scope = who.scope();
    app.records.reserve(&scope, &reservation(&upload), &app.policy.default_quota, now).await?;
    if let Err(error) = app.records.insert_upload(&scope, &upload, &app.policy.caps.uploads).await {
        app.records.release(&scope, upload.reservation()).await?;
        return Err(error);
    }
    if let Err(full) = disks::expect_open_uploads(app).await {
        app.records.delete_upload(&scope, upload.id).await?;
        return Err(full);
    }
    Ok(upload)
}

/// One upload.
///
/// # Errors
/// `NotFound` when there is none that this user sees.
pub async fn get(app: &App, who: &Identity, id: UploadId) -> Result<Upload> {
    app.records.upload(&who.scope(), id).await?.ok_or(Error::NotFound("upload"))
}

/// What an upload became, unless it was refused.
///
/// # Errors
/// That of the refusal.
pub fn outcome(upload: &Upload) -> Result<Option<Uuid>> {
    match &upload.state {
        UploadState::Receiving | UploadState::Checking => Ok(None),
        UploadState::Done(id) => Ok(Some(*id)),
        UploadState::Failed(refusal) => Err(refusal.clone().into()),
    }
}

/// What its sender says a part of an upload hashes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// By SHA-1, which every tus client can.
    Sha1([u8; 20]),
    /// By SHA-256.
    Sha256([u8; 32]),
}

/// What came of a part.
#[derive(Clone, Debug, PartialEq)]
pub enum Appended {
    /// All that came of it is safe, which may be less than was sent.
    Safe(Upload),
    /// It was not what its checksum says and has been dropped.
    Corrupt,
}

/// Adds a part to an upload. When the line is cut in the middle, what has come is kept, unless there is a
/// checksum, which only a whole part can have.
///
/// # Errors
/// `NotFound`, `Conflict` when the upload is elsewhere than at `offset` or being written by another request,
/// `TooLarge` for more bytes than it was begun with; those that fit are kept.
pub async fn append(
    app: &App,
    who: &Identity,
    id: UploadId,
    offset: u64,
    checksum: Option<Checksum>,
    part: ByteStream,
) -> Result<Appended> {
    let upload = get(app, who, id).await?;
    let elsewhere = |upload: &Upload| {
        Error::Conflict(format!("the upload goes on at byte {}, not {offset}", upload.received))
    };
    if upload.received != offset || upload.state != UploadState::Receiving {
        return Err(elsewhere(&upload));
    }
    let file = app.spool.append(id, offset).await?;
    // Another request may have written between the first look and the lock.
    let upload = get(app, who, id).await?;
    if upload.received != offset {
        return Err(elsewhere(&upload));
    }
    let receiver = Receiver { app, scope: who.scope(), upload, file };
    match checksum {
        None => receiver.take(part).await.map(Appended::Safe),
        Some(checksum) => receiver.take_checked(part, checksum).await,
    }
}

/// Removes an upload with what has come of it.
///
/// # Errors
/// `NotFound`, `Conflict` while it is being checked.
pub async fn cancel(app: &App, who: &Identity, id: UploadId) -> Result<()> {
    let upload = get(app, who, id).await?;
    if upload.state == UploadState::Checking {
        return Err(Error::Conflict("the upload is whole and being checked".to_owned()));
    }
    remove(app, &who.scope(), id).await
}

/// Makes a whole upload what it was sent for.
pub(super) async fn finish(app: &App, scope: &TenantScope, id: UploadId) -> Result<()> {
    let Some(upload) = app.records.upload(scope, id).await? else { return Ok(()) };
    if upload.state != UploadState::Checking {
        return app.spool.remove(id).await;
    }
    match make(app, &upload).await {
        Ok(()) => app.spool.remove(id).await,
        Err(error) if error.is_temporary() => Err(error),
        Err(error) => refuse(app, scope, &upload, &error).await,
    }
}

/// Refuses a whole upload that could not be made anything of.
pub(super) async fn give_up(
    app: &App,
    scope: &TenantScope,
    id: UploadId,
    reason: &str,
) -> Result<()> {
    let Some(upload) = app.records.upload(scope, id).await? else { return Ok(()) };
    match upload.state {
        UploadState::Checking => {
            let why = format!("could not be finished, send it again: {reason}");
            refuse(app, scope, &upload, &Error::Conflict(why)).await
        }
        _ => Ok(()),
    }
}

/// Removes uploads that have stood still for too long, and forgets settled ones; how many. Files that no
/// upload knows go, too.
pub(super) async fn expire(app: &App) -> Result<u64> {
    let scope = TenantScope::everywhere();
    let expired = app.records.expired_uploads(&scope, app.now()).await?;
    for id in &expired {
        remove(app, &scope, *id).await?;
    }
    for id in app.spool.list().await? {
        if app.records.upload(&scope, id).await?.is_none() {
            app.spool.remove(id).await?;
        }
    }
    Ok(expired.len() as u64)
}

async fn remove(app: &App, scope: &TenantScope, id: UploadId) -> Result<()> {
    app.records.delete_upload(scope, id).await?;
    app.spool.remove(id).await
}

async fn refuse(app: &App, scope: &TenantScope, upload: &Upload, error: &Error) -> Result<()> {
    let field = kind(upload).map_or("upload", UploadKind::field);
    app.records.refuse_upload(scope, upload.id, &Refusal::new(field, error)).await?;
    app.spool.remove(upload.id).await
}

/// Does what the form of the same kind does, in the name of who sent the upload. The row it becomes and the
/// note that it has are one transaction, so that it becomes one only once.
async fn make(app: &App, upload: &Upload) -> Result<()> {
    let who = sender(app, upload).await?;
    let now = app.now();
    let mut reservation = reservation(upload);
    if reservation.expires_at <= now {
        // The server was away for so long that the room is no longer its own.
        reservation.expires_at = now + app.policy.upload_ttl;
        let default = &app.policy.default_quota;
        app.records.reserve(&who.scope(), &reservation, default, now).await?;
    }
    let file = app.spool.read(upload.id, upload.length).await?;
    match kind(upload)? {
        UploadKind::Video => {
            let content = content_id(&upload.metadata)?;
            let content = contents::get(app, &who, content).await?;
            let room = QuotaReservation::reserved(reservation, now);
            let received = videos::receive_into(app, room, file).await?;
            let input = new_video(&upload.metadata);
            videos::keep(app, &who, &content, received, input).await?;
        }
        UploadKind::Picture => {
            let mut check = Check::default();
            let place = new_content(&upload.metadata).check(&mut check);
            let (place,) = check.all((place,))?;
            let place = place.find(app, &who).await?;
            let picture = collect(file, "image", app.policy.max_image_bytes).await?;
            let mut room = QuotaReservation::reserved(reservation, now);
            contents::create_in(app, &who, place, &mut room, picture).await?;
        }
    }
    Ok(())
}

/// Who sent an upload, as long as they may still sign in.
async fn sender(app: &App, upload: &Upload) -> Result<Identity> {
    let gone = Error::Conflict("who sent it may no longer sign in".to_owned());
    let user = app.records.user(&TenantScope::everywhere(), upload.user_id).await?;
    let user = user.filter(|user| user.is_active && !user.is_locked).ok_or(gone)?;
    let nowhere = AuthSessionId(Uuid::nil());
    Ok(Identity { user, session: nowhere, address: upload.address, at: app.now() })
}

fn kind(upload: &Upload) -> Result<UploadKind> {
    let mut check = Check::default();
    let kind = check.required("kind", upload.metadata.field("kind"), UploadKind::parse);
    check.all((kind,)).map(|(kind,)| kind)
}

fn content_id(metadata: &UploadMetadata) -> Result<ContentId> {
    let mut check = Check::default();
    let named = match metadata.field("content_id") {
        Field::Absent => metadata.field("portrait_id"),
        named => named,
    };
    let id = check.required("content_id", named, parse_id);
    check.all((id,)).map(|(id,)| ContentId(id))
}

fn new_video(metadata: &UploadMetadata) -> NewVideo {
    NewVideo {
        title: metadata.field("title"),
        description: metadata.field("description"),
        is_active: metadata.field("is_active"),
    }
}

/// Looks at what is said of a video; the company it will belong to.
async fn company_of_video(
    app: &App,
    who: &Identity,
    metadata: &UploadMetadata,
) -> Result<CompanyId> {
    let content = content_id(metadata)?;
    videos::check(new_video(metadata))?;
    Ok(contents::get(app, who, content).await?.company_id)
}

fn reservation(upload: &Upload) -> Reservation {
    Reservation {
        id: upload.reservation(),
        company_id: upload.company_id,
        bytes: upload.length,
        expires_at: upload.expires_at,
    }
}

fn new_content(metadata: &UploadMetadata) -> NewContent {
    NewContent {
        title: match metadata.field("title") {
            Field::Absent => metadata.file_stem(),
            title => title,
        },
        company_id: metadata.field("company_id"),
        project_id: metadata.field("project_id"),
        folder_id: metadata.field("folder_id"),
        client_id: metadata.field("client_id"),
        expiry_date: metadata.field("expiry_date"),
    }
}

fn at_least_one(length: u64) -> Result<u64, String> {
    if length == 0 { Err("must not be 0".to_owned()) } else { Ok(length) }
}

/// An upload while a part of it comes.
struct Receiver<'a> {
    app: &'a App,
    scope: TenantScope,
    upload: Upload,
    file: Box<dyn SpoolFile>,
}

impl Receiver<'_> {
    /// Takes what comes, making it safe now and then.
    async fn take(mut self, mut part: ByteStream) -> Result<Upload> {
        let mut written = self.upload.received;
        let mut too_much = false;
        // A line that is cut ends the part like its end.
        while let Ok(Some(mut piece)) = part.try_next().await {
            let left = self.upload.length - written;
            if piece.len() as u64 > left {
                too_much = true;
                piece.truncate(usize::try_from(left).unwrap_or_default());
            }
            written += piece.len() as u64;
            self.file.write(piece).await?;
            if too_much {
                break;
            }
            if written - self.upload.received >= CHECKPOINT {
                self.advance(written).await?;
            }
        }
        self.advance(written).await?;
        match too_much {
            true => Err(self.too_large()),
            false => Ok(self.upload),
        }
    }

    /// Takes a part that counts only as a whole.
    async fn take_checked(mut self, mut part: ByteStream, checksum: Checksum) -> Result<Appended> {
        let mut written = self.upload.received;
        let mut hash = Hash::of(&checksum);
        while let Some(piece) = part.try_next().await? {
            written += piece.len() as u64;
            if written > self.upload.length {
                return Err(self.too_large());
            }
            hash.update(&piece);
            self.file.write(piece).await?;
        }
        if hash.finish() != checksum {
            return Ok(Appended::Corrupt);
        }
        self.advance(written).await?;
        Ok(Appended::Safe(self.upload))
    }

    /// Makes everything up to `written` safe and counts it.
    async fn advance(&mut self, written: u64) -> Result<()> {
        if written == self.upload.received {
            return Ok(());
        }
        self.file.sync().await?;
        let job = self
            .app
            .new_job(self.upload.company_id, Task::FinishUpload { upload_id: self.upload.id });
        let expires_at: DateTime<Utc> = self.app.now() + self.app.policy.upload_ttl;
        let records = &self.app.records;
        if !records.advance_upload(&self.scope, &self.upload, written, expires_at, &job).await? {
            return Err(Error::NotFound("upload"));
        }
        self.upload.received = written;
        self.upload.expires_at = expires_at;
        if written == self.upload.length {
            self.upload.state = UploadState::Checking;
            self.app.job_queued();
        }
        Ok(())
    }

    fn too_large(&self) -> Error {
        Error::TooLarge { field: "body", limit: self.upload.length }
    }
}

/// A hash as it grows.
enum Hash {
    Sha1(sha1::Sha1),
    Sha256(Sha256),
}

impl Hash {
    fn of(checksum: &Checksum) -> Self {
        match checksum {
            Checksum::Sha1(_) => Self::Sha1(sha1::Sha1::new()),
            Checksum::Sha256(_) => Self::Sha256(Sha256::new()),
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha1(hash) => hash.update(bytes),
            Self::Sha256(hash) => hash.update(bytes),
        }
    }

    fn finish(self) -> Checksum {
        match self {
            Self::Sha1(hash) => Checksum::Sha1(hash.finalize().into()),
            Self::Sha256(hash) => Checksum::Sha256(hash.finalize().into()),
        }
    }
}
