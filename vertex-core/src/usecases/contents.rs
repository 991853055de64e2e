//! Contents: a picture comes in, is checked and kept; markers follow by a job.

use bytes::Bytes;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use futures::Stream;
use uuid::Uuid;

use super::{App, pictures, projects::parse_id, reservation::QuotaReservation, tenancy};
use crate::{
    domain::{
        check::{Change, Check, Field, any},
        content::{ArContent, MarkerStatus},
        error::{Error, Result},
        identity::Identity,
        ids::{ClientId, CompanyId, ContentId, FolderId, ProjectId, ReservationId, UniqueId},
        job::Task,
        marker_formats::MarkerFormats,
        page::{ListQuery, Listing, pages},
        paths::ObjectPath,
        tenant::TenantScope,
        text::Name,
        version::{self, Expected},
    },
    ports::{ContentFilter, Objects},
};

/// Most projects of one content.
const MAX_PROJECTS: usize = 100;

/// The fields of a new content as a request brings them, its picture apart.
#[derive(Clone, Debug, Default)]
pub struct NewContent {
    /// What people call it.
    pub title: Field<String>,
    /// The company it belongs to; the user's own when absent.
    pub company_id: Field<String>,
    /// A project it is part of.
    pub project_id: Field<String>,
    /// The folder it lies in; it is part of the folder's project, too.
    pub folder_id: Field<String>,
    /// The client it is made for.
    pub client_id: Field<String>,
    /// The last day it plays.
    pub expiry_date: Field<String>,
}

/// The fields of a content that can be changed.
#[derive(Clone, Debug, Default)]
pub struct ContentChanges {
    /// What people call it.
    pub title: Field<String>,
    /// The client it is made for; null takes it away.
    pub client_id: Field<String>,
    /// The folder it lies in; null takes it out.
    pub folder_id: Field<String>,
    /// The projects it is part of, in place of those it was part of.
    pub project_ids: Field<Vec<String>>,
    /// The last day it plays; null takes the limit away.
    pub expiry_date: Field<String>,
    /// Whether it plays at all.
    pub is_active: Field<bool>,
}

/// Keeps a picture as a new content and queues the making of its markers.
///
/// # Errors
/// `Invalid` with every bad field (the picture's is `image`), `UnsupportedMedia` for a file that is no picture of a
/// format that is taken, `QuotaExceeded`, `NotFound` for a company, project, folder or client that is not this
/// user's to use.
pub async fn create(
    app: &App,
    who: &Identity,
    input: NewContent,
    picture: Option<Bytes>,
) -> Result<ArContent> {
    let mut check = Check::default();
    let place = input.check(&mut check);
    let picture = check.required("image", picture.into(), not_empty);
    let (place, picture) = check.all((place, picture))?;
    let place = place.find(app, who).await?;
    let mut room = QuotaReservation::take(app, place.company_id, picture.len() as u64).await?;
    match create_in(app, who, place, &mut room, picture).await {
        Ok(content) => Ok(content),
        Err(error) => {
            room.release(app).await?;
            Err(error)
        }
    }
}

/// Where a new content is to be, as it was asked for.
pub(super) struct AskedPlace {
    title: Name,
    company: Option<Uuid>,
    project: Option<Uuid>,
    folder: Option<Uuid>,
    client: Option<Uuid>,
    expiry_date: Option<NaiveDate>,
}

/// Where a new content is to be.
pub(super) struct Place {
    /// Whose it is.
    pub company_id: CompanyId,
    title: Name,
    folder_id: Option<FolderId>,
    projects: Vec<ProjectId>,
    client_id: Option<ClientId>,
    expiry_date: Option<NaiveDate>,
}

impl NewContent {
    /// Looks at every field.
    pub(super) fn check(self, check: &mut Check) -> Option<AskedPlace> {
        let title = check.required("title", self.title, Name::parse);
        let company = check.optional("company_id", self.company_id, parse_id);
        let project = check.optional("project_id", self.project_id, parse_id);
        let folder = check.optional("folder_id", self.folder_id, parse_id);
        let client = check.optional("client_id", self.client_id, parse_id);
        let expiry_date = check.optional("expiry_date", self.expiry_date, parse_date);
        Some(AskedPlace {
            title: title?,
            company: company?,
            project: project?,
            folder: folder?,
            client: client?,
            expiry_date: expiry_date?,
        })
    }
}

impl AskedPlace {
    /// Finds what it names.
    ///
    /// # Errors
    /// `NotFound` for what is not this user's to use.
    pub(super) async fn find(self, app: &App, who: &Identity) -> Result<Place> {
        let company_id =
            tenancy::company_for_new_row(app, who, self.company.map(CompanyId)).await?;
        let owner = Owner { app, who, company: company_id };
        let client_id = owner.client(self.client).await?;
        let named = self.project.into_iter().collect();
        let (folder_id, projects) = owner.places(self.folder, named).await?;
        let Self { title, expiry_date, .. } = self;
        Ok(Place { company_id, title, folder_id, projects, client_id, expiry_date })
    }
}

/// Keeps a picture as a new content in room that has been reserved.
pub(super) async fn create_in(
    app: &App,
    who: &Identity,
    place: Place,
    room: &mut QuotaReservation,
    picture: Bytes,
) -> Result<ArContent> {
    let Place { company_id, title, folder_id, projects, client_id, expiry_date } = place;
    let pictures::Accepted { bytes: picture, image } =
        pictures::accept(app, company_id, picture).await?;
    // What is kept may be larger than what was sent.
    room.grow_to(app, image.bytes).await?;
    let (id, unique_id, now) = (ContentId(app.clock.uuid()), new_unique_id(app), app.now());
    let content = ArContent {
        id,
        company_id,
        permanent_link: format!("portrait_{id}"),
        unique_id,
        title,
        client_id,
        folder_id,
        image,
        marker_status: MarkerStatus::Pending,
        marker_formats: MarkerFormats::MIND,
        marker_error: None,
        marker_updated_at: None,
        quality: None,
        expiry_date,
        is_active: true,
        view_count: 0,
        video_count: 0,
        created_at: now,
        updated_at: now,
        deleted_at: None,
    };
    keep(app, who, &content, &projects, room.id(), picture).await?;
    Ok(content)
}

/// Writes the file, then the row; a row never lacks its file, and a refused row leaves none.
async fn keep(
    app: &App,
    who: &Identity,
    content: &ArContent,
    projects: &[ProjectId],
    reserved: ReservationId,
    picture: Bytes,
) -> Result<()> {
    let path = ObjectPath::portrait(content);
    let files = app.files.of(content.company_id);
    files.put(&path, picture).await?;
    let job = app.new_job(
        content.company_id,
        Task::GenerateMarker { content_id: content.id, formats: None, usual_too: false },
    );
    let scope = who.scope();
    let reserved = Some(reserved);
    let inserted = app.records.insert_content(&scope, content, projects, reserved, &job).await;
    if inserted.is_err() {
        files.delete(&path).await?;
    }
    inserted?;
    app.job_queued();
    Ok(())
}

/// The contents this user sees, of one company if it is named.
///
/// # Errors
/// `NotFound` for a company, project, folder or client that is not this user's to see.
pub async fn list(
    app: &App,
    who: &Identity,
    company: Option<CompanyId>,
    filter: &ContentFilter,
    query: &ListQuery,
) -> Result<Listing<ArContent>> {
    let scope = who.scope().narrowed(company)?;
    if let Some(id) = filter.project {
        app.records.project(&scope, id).await?.ok_or(Error::NotFound("project"))?;
    }
    if let Some(id) = filter.folder {
        app.records.folder(&scope, id).await?.ok_or(Error::NotFound("folder"))?;
    }
    if let Some(id) = filter.client {
        app.records.client(&scope, id).await?.ok_or(Error::NotFound("client"))?;
    }
    app.records.contents(&scope, filter, query).await
}

/// All contents that pass a filter, page by page.
pub(super) fn every_content(
    app: &App,
    scope: &TenantScope,
    filter: &ContentFilter,
) -> impl Stream<Item = Result<Vec<ArContent>>> {
    pages(move |page| async move { app.records.contents(scope, filter, &page.into()).await })
}

/// The projects each of these contents is part of.
pub async fn projects_of(
    app: &App,
    who: &Identity,
    contents: &[ArContent],
) -> Result<Vec<(ContentId, ProjectId)>> {
    let ids: Vec<ContentId> = contents.iter().map(|content| content.id).collect();
    app.records.projects_of(&who.scope(), &ids).await
}

/// One content.
///
/// # Errors
/// `NotFound` when there is none that this user sees.
pub async fn get(app: &App, who: &Identity, id: ContentId) -> Result<ArContent> {
    app.records.content(&who.scope(), id).await?.ok_or(Error::NotFound("content"))
}

/// Changes the fields that are given.
///
/// # Errors
/// `Invalid` with every bad field, `NotFound` for the content or a client, folder or project, `Stale`.
pub async fn update(
    app: &App,
    who: &Identity,
    id: ContentId,
    expected: &Expected,
    changes: ContentChanges,
) -> Result<ArContent> {
    let mut content = get(app, who, id).await?;
    let seen = content.updated_at;
    expected.check("content", seen)?;
    let mut check = Check::default();
    let title = check.optional("title", changes.title, Name::parse);
    let client = check.change("client_id", changes.client_id, parse_id);
    let folder = check.change("folder_id", changes.folder_id, parse_id);
    let projects = check.optional("project_ids", changes.project_ids, parse_project_ids);
    let expiry_date = check.change("expiry_date", changes.expiry_date, parse_date);
    let is_active = check.optional("is_active", changes.is_active, any);
    let (title, client, folder, projects, expiry_date, is_active) =
        check.all((title, client, folder, projects, expiry_date, is_active))?;
    let owner = Owner { app, who, company: content.company_id };
    match client {
        Change::Set(client) => content.client_id = owner.client(Some(client)).await?,
        Change::Clear => content.client_id = None,
        Change::Keep => {}
    }
    let projects = match projects {
        Some(projects) => Some(owner.places(None, projects).await?.1),
        None => None,
    };
    match folder {
        Change::Set(folder) => content.folder_id = owner.places(Some(folder), Vec::new()).await?.0,
        Change::Clear => content.folder_id = None,
        Change::Keep => {}
    }
    content.title = title.unwrap_or(content.title);
    expiry_date.apply(&mut content.expiry_date);
    content.is_active = is_active.unwrap_or(content.is_active);
    content.updated_at = version::next(app.now(), seen);
    let scope = who.scope();
    let there = app.records.update_content(&scope, &content, projects.as_deref(), seen).await?;
    app.content_changed(id);
    there.then_some(content).ok_or(Error::Stale("content"))
}

/// Puts another picture in the place of a content's. Its code, links, videos and rule stay; its markers are made anew.
///
/// # Errors
/// As [`create`] for the picture; `NotFound` for the content, `Stale`.
pub async fn replace_picture(
    app: &App,
    who: &Identity,
    id: ContentId,
    expected: &Expected,
    picture: Option<Bytes>,
) -> Result<ArContent> {
    let content = get(app, who, id).await?;
    expected.check("content", content.updated_at)?;
    let mut check = Check::default();
    let picture = check.required("image", picture.into(), not_empty);
    let (picture,) = check.all((picture,))?;
    let mut room = QuotaReservation::take(app, content.company_id, picture.len() as u64).await?;
    match replace_picture_in(app, who, content, &mut room, picture).await {
        Ok(content) => Ok(content),
        Err(error) => {
            room.release(app).await?;
            Err(error)
        }
    }
}

async fn replace_picture_in(
    app: &App,
    who: &Identity,
    mut content: ArContent,
    room: &mut QuotaReservation,
    picture: Bytes,
) -> Result<ArContent> {
    let pictures::Accepted { bytes: picture, mut image } =
        pictures::accept(app, content.company_id, picture).await?;
    room.grow_to(app, image.bytes).await?;
    let (before, seen) = (ObjectPath::portrait(&content), content.updated_at);
    // Of two who replace it at once, neither writes over the other's file.
    image.revision = new_revision(app);
    content.image = image;
    content.marker_status = MarkerStatus::Pending;
    content.marker_error = None;
    content.quality = None;
    content.updated_at = version::next(app.now(), seen);
    let path = ObjectPath::portrait(&content);
    let files = app.files.of(content.company_id);
    files.put(&path, picture).await?;
    let markers = Task::GenerateMarker { content_id: content.id, formats: None, usual_too: false };
    let jobs = [markers, Task::remove(&[before])];
    let jobs = jobs.map(|task| app.new_job(content.company_id, task));
    let scope = who.scope();
    let replaced = app.records.replace_picture(&scope, &content, seen, room.id(), &jobs).await;
    // After any other error the row may have it all the same.
    if matches!(replaced, Ok(false) | Err(Error::Conflict(_))) {
        files.delete(&path).await?;
    }
    app.content_changed(content.id);
    app.job_queued();
    replaced?.then_some(content).ok_or(Error::Stale("content"))
}

/// Takes a content and its videos out of sight; a job removes them and their files later, unless
/// the deletion is taken back before.
///
/// # Errors
/// `NotFound`, `Stale`.
pub async fn delete(app: &App, who: &Identity, id: ContentId, expected: &Expected) -> Result<()> {
    let content = get(app, who, id).await?;
    let seen = expected.pin("content", content.updated_at)?;
    let now = version::next(app.now(), content.updated_at);
    let purge = Task::PurgeContent { content_id: id, deleted_at: now };
    let job = app.new_purge(content.company_id, purge);
    let there = app.records.delete_content(&who.scope(), id, seen, now, &job).await?;
    app.content_changed(id);
    app.job_queued();
    there.then_some(()).ok_or(version::lost("content", seen))
}

/// Takes a deletion back.
///
/// # Errors
/// `NotFound` when there is no such content among the deleted ones.
pub async fn restore(app: &App, who: &Identity, id: ContentId) -> Result<ArContent> {
    let deleted = app.records.deleted_content(&who.scope(), id).await?;
    let deleted = deleted.ok_or(Error::NotFound("content"))?;
    let now = version::next(app.now(), deleted.updated_at);
    app.records.restore_content(&who.scope(), id, now).await?;
    app.content_changed(id);
    get(app, who, id).await
}

/// Removes a content that was deleted at that instant and not taken back; its files go by a job.
pub(super) async fn purge(
    app: &App,
    scope: &TenantScope,
    id: ContentId,
    deleted_at: DateTime<Utc>,
) -> Result<()> {
    let found = app.records.deleted_content(scope, id).await?;
    let Some(content) = found.filter(|content| content.deleted_at == Some(deleted_at)) else {
        return Ok(());
    };
    let paths = paths_of(app, scope, &content).await?;
    let job = app.new_job(content.company_id, Task::remove(&paths));
    app.records.purge_content(scope, id, &job).await?;
    app.job_queued();
    Ok(())
}

/// Every object of a content and its videos.
pub(super) async fn paths_of(
    app: &App,
    scope: &TenantScope,
    content: &ArContent,
) -> Result<Vec<ObjectPath>> {
    let mut paths = ObjectPath::all_of_content(content);
    for video in app.records.videos_of(scope, content.id).await? {
        paths.extend(ObjectPath::all_of_video(&video));
    }
    Ok(paths)
}

/// What belongs to one company and may be named by its contents.
struct Owner<'a> {
    app: &'a App,
    who: &'a Identity,
    company: CompanyId,
}

impl Owner<'_> {
    /// The company's client of this id.
    async fn client(&self, id: Option<Uuid>) -> Result<Option<ClientId>> {
        let Some(id) = id.map(ClientId) else { return Ok(None) };
        let found = self.app.records.client(&self.who.scope(), id).await?;
        let found = found.filter(|client| client.company_id == self.company);
        found.map(|client| Some(client.id)).ok_or(Error::NotFound("client"))
    }

    /// The company's folder and projects of these ids; the folder's own project is among them.
    async fn places(
        &self,
        folder: Option<Uuid>,
        projects: Vec<Uuid>,
    ) -> Result<(Option<FolderId>, Vec<ProjectId>)> {
        let scope = self.who.scope();
        let mut projects: Vec<ProjectId> = projects.into_iter().map(ProjectId).collect();
        for id in &projects {
            let found = self.app.records.project(&scope, *id).await?;
            let found = found.filter(|project| project.company_id == self.company);
            found.ok_or(Error::NotFound("project"))?;
        }
        let Some(id) = folder.map(FolderId) else { return Ok((None, projects)) };
        let found = self.app.records.folder(&scope, id).await?;
        let found = found.filter(|folder| folder.company_id == self.company);
        let folder = found.ok_or(Error::NotFound("folder"))?;
        projects.push(folder.project_id);
        Ok((Some(id), projects))
    }
}

/// Has the markers made again, in these formats instead of those its company usually gets.
///
/// # Errors
/// `NotFound`, `Invalid` for formats there are none of, `TooMany`.
pub async fn generate_marker(
    app: &App,
    who: &Identity,
    id: ContentId,
    formats: Option<&str>,
) -> Result<ArContent> {
    let read = |text| MarkerFormats::parse(text).map_err(|why| Error::field("formats", why));
    let formats = formats.map(read).transpose()?;
    let content = get(app, who, id).await?;
    let job = app.new_job(
        content.company_id,
        Task::GenerateMarker { content_id: id, formats, usual_too: false },
    );
    let most = app.policy.caps.waiting_jobs;
    app.records.request_marker(&who.scope(), id, &job, most).await?;
    app.content_changed(id);
    app.job_queued();
    get(app, who, id).await
}

fn new_unique_id(app: &App) -> UniqueId {
    let bytes: [u8; 8] = app.clock.random();
    UniqueId::from_random(bytes)
}

fn new_revision(app: &App) -> u32 {
    let bytes: [u8; 4] = app.clock.random();
    u32::from_be_bytes(bytes).max(1)
}

fn parse_project_ids(ids: Vec<String>) -> Result<Vec<Uuid>, String> {
    if ids.len() > MAX_PROJECTS {
        return Err(format!("names {} projects; at most {MAX_PROJECTS} are kept", ids.len()));
    }
    ids.into_iter().map(parse_id).collect()
}

fn not_empty(bytes: Bytes) -> Result<Bytes, String> {
    if bytes.is_empty() { Err("the file is empty".to_owned()) } else { Ok(bytes) }
}

/// Reads a date in a request.
pub(super) fn parse_date(text: impl AsRef<str>) -> Result<NaiveDate, String> {
    let text = text.as_ref().trim();
    let date = text.parse().ok().filter(|date: &NaiveDate| (1..=9999).contains(&date.year()));
    date.ok_or_else(|| format!("{text:?} is not a date such as 2027-01-31"))
}
