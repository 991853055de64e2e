//! Contents: a picture comes in, is checked and kept; markers follow by a job.

use bytes::Bytes;
use chrono::NaiveDate;
use vertex_markers::{Analysis, Limits, Picture, PictureFormat, analyze};

use super::{App, auth::Identity, projects::parse_id};
use crate::{
    check::{Check, Field, any},
    content::{ArContent, ContentImage, MarkerStatus},
    error::{Error, Result},
    ids::{CompanyId, ContentId, ProjectId, UniqueId},
    job::Task,
    page::{Listing, Page},
    paths::ObjectPath,
    ports::{ComputeExt, ContentFilter},
    text::Name,
};

/// The fields of a new content as a request brings them, its picture apart.
#[derive(Clone, Debug, Default)]
pub struct NewContent {
    /// What people call it.
    pub title: Field<String>,
    /// The company it belongs to; the user's own when absent.
    pub company_id: Field<String>,
    /// A project it is part of.
    pub project_id: Field<String>,
    /// The last day it plays.
    pub expiry_date: Field<String>,
}

/// The fields of a content that can be changed.
#[derive(Clone, Debug, Default)]
pub struct ContentChanges {
    /// What people call it.
    pub title: Field<String>,
    /// The last day it plays; null takes the limit away.
    pub expiry_date: Field<String>,
    /// Whether it plays at all.
    pub is_active: Field<bool>,
}

/// Keeps a picture as a new content and queues the making of its markers.
///
/// # Errors
/// `Invalid` with every bad field (the picture's is `image`), `UnsupportedMedia` for a file that is no
/// JPEG, PNG or WebP, `NotFound` for a company or project that is not this user's to use.
pub async fn create(
    app: &App,
    who: &Identity,
    input: NewContent,
    picture: Option<Bytes>,
) -> Result<ArContent> {
    let mut check = Check::default();
    let title = check.required("title", input.title, Name::parse);
    let company = check.optional("company_id", input.company_id, parse_id);
    let project = check.optional("project_id", input.project_id, parse_id);
    let expiry_date = check.optional("expiry_date", input.expiry_date, parse_date);
    let picture = check.required("image", picture.into(), not_empty);
    let (title, company, project, expiry_date, picture) =
        check.all((title, company, project, expiry_date, picture))?;

    let company_id = who.company_for_new_row(app, company.map(CompanyId)).await?;
    let project = project.map(ProjectId);
    if let Some(id) = project {
        let found = app.records.project(&who.scope(), id).await?;
        let found = found.filter(|project| project.company_id == company_id);
        found.ok_or(Error::NotFound("project"))?;
    }
    let image = examine(app, picture.clone()).await?;
    let (id, unique_id, now) = (ContentId(app.clock.uuid()), new_unique_id(app), app.now());
    let content = ArContent {
        id,
        company_id,
        permanent_link: format!("portrait-{id}"),
        unique_id,
        title,
        image,
        marker_status: MarkerStatus::Pending,
        marker_error: None,
        quality: None,
        expiry_date,
        is_active: true,
        view_count: 0,
        video_count: 0,
        created_at: now,
        updated_at: now,
    };
    keep(app, who, &content, project, picture).await?;
    Ok(content)
}

/// Writes the file, then the row; a row never lacks its file, and a refused row leaves none.
async fn keep(
    app: &App,
    who: &Identity,
    content: &ArContent,
    project: Option<ProjectId>,
    picture: Bytes,
) -> Result<()> {
    let path = ObjectPath::portrait(content.company_id, content.id, content.image.format);
    app.objects.put(&path, picture).await?;
    let job = app.new_job(content.company_id, Task::GenerateMarker { content_id: content.id });
    let projects: Vec<ProjectId> = project.into_iter().collect();
    let inserted = app.records.insert_content(&who.scope(), content, &projects, &job).await;
    if inserted.is_err() {
        app.objects.delete(&path).await?;
    }
    inserted?;
    app.job_queued();
    Ok(())
}

/// The contents this user sees, of one company if it is named.
///
/// # Errors
/// `NotFound` for a company that is not this user's to see.
pub async fn list(
    app: &App,
    who: &Identity,
    company: Option<CompanyId>,
    filter: ContentFilter,
    page: Page,
) -> Result<Listing<ArContent>> {
    app.records.contents(&who.scope().narrowed(company)?, &filter, page).await
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
/// `Invalid` with every bad field, `NotFound`.
pub async fn update(
    app: &App,
    who: &Identity,
    id: ContentId,
    changes: ContentChanges,
) -> Result<ArContent> {
    let mut content = get(app, who, id).await?;
    let mut check = Check::default();
    let title = check.optional("title", changes.title, Name::parse);
    let expiry_date = check.change("expiry_date", changes.expiry_date, parse_date);
    let is_active = check.optional("is_active", changes.is_active, any);
    let (title, expiry_date, is_active) = check.all((title, expiry_date, is_active))?;
    content.title = title.unwrap_or(content.title);
    expiry_date.apply(&mut content.expiry_date);
    content.is_active = is_active.unwrap_or(content.is_active);
    content.updated_at = app.now();
    let there = app.records.update_content(&who.scope(), &content).await?;
    app.content_changed(id);
    there.then_some(content).ok_or(Error::NotFound("content"))
}

/// Removes a content with its videos; their files go by a job.
///
/// # Errors
/// `NotFound`.
pub async fn delete(app: &App, who: &Identity, id: ContentId) -> Result<()> {
    let content = get(app, who, id).await?;
    let mut paths = ObjectPath::all_of_content(&content);
    for video in app.records.videos_of(&who.scope(), id).await? {
        paths.extend(ObjectPath::all_of_video(&video));
    }
    let job = app.new_job(content.company_id, Task::remove(&paths));
    let there = app.records.delete_content(&who.scope(), id, &job).await?;
    app.content_changed(id);
    app.job_queued();
    there.then_some(()).ok_or(Error::NotFound("content"))
}

/// Has the markers made again.
///
/// # Errors
/// `NotFound`.
pub async fn generate_marker(app: &App, who: &Identity, id: ContentId) -> Result<ArContent> {
    let content = get(app, who, id).await?;
    let job = app.new_job(content.company_id, Task::GenerateMarker { content_id: id });
    app.records.request_marker(&who.scope(), id, &job).await?;
    app.content_changed(id);
    app.job_queued();
    get(app, who, id).await
}

/// Decodes the picture once, so that what cannot become a marker is refused at the door.
async fn examine(app: &App, picture: Bytes) -> Result<ContentImage> {
    let bytes = picture.len() as u64;
    let examined = app.compute.compute(move || describe(&picture)).await?;
    let (format, width, height, analysis) = examined.map_err(refuse_picture)?;
    Ok(ContentImage { format, width, height, bytes, analysis })
}

fn describe(picture: &[u8]) -> vertex_markers::Result<(PictureFormat, u32, u32, Analysis)> {
    let header = vertex_markers::Header::read(picture, &Limits::UPLOAD)?;
    let picture = Picture::decode(picture, &Limits::UPLOAD)?;
    Ok((header.format, header.width, header.height, analyze(&picture)))
}

/// Puts the engine's complaint about a picture into the words of a request.
pub(super) fn refuse_picture(error: vertex_markers::Error) -> Error {
    match error.kind() {
        vertex_markers::ErrorKind::UnsupportedFormat => {
            Error::unsupported("image", error.to_string())
        }
        _ => Error::field("image", error.to_string()),
    }
}

fn new_unique_id(app: &App) -> UniqueId {
    let mut bytes = [0; 8];
    app.clock.fill_random(&mut bytes);
    UniqueId::from_random(bytes)
}

fn not_empty(bytes: Bytes) -> Result<Bytes, String> {
    if bytes.is_empty() { Err("the file is empty".to_owned()) } else { Ok(bytes) }
}

/// Reads a date in a request.
pub(super) fn parse_date(text: impl AsRef<str>) -> Result<NaiveDate, String> {
    let text = text.as_ref().trim();
    text.parse().map_err(|_| format!("{text:?} is not a date such as 2027-01-31"))
}
