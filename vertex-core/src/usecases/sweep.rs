//! The orphan sweep: objects that no row knows, and rows whose file is gone. It reports; on demand it removes, too.

use std::{
    collections::{BTreeMap, HashSet},
    pin::pin,
};

use chrono::TimeDelta;
use futures::{StreamExt, TryStreamExt};
use uuid::Uuid;

use super::{App, contents::every_content, tenancy};
use crate::{
    domain::{
        access::Action,
        content::ArContent,
        error::Result,
        identity::Identity,
        ids::{CompanyId, ContentId},
        job::Task,
        page::pages,
        paths::ObjectPath,
        tenant::TenantScope,
        version,
        video::Video,
    },
    ports::{CompanyFiles, ContentFilter, Objects, Trash},
};

/// Younger objects are left alone: their row may be on its way.
const GRACE: TimeDelta = TimeDelta::hours(24);

/// Objects without rows that are found at once.
const MOST_STRAYS: usize = 10_000;

/// Objects that a content or a video has at most.
const OBJECTS_OF_ROW: usize = 16;

/// An object that no row knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StrayObject {
    /// Where it lies.
    pub path: ObjectPath,
    /// Its size.
    pub bytes: u64,
}

/// A row whose file is gone.
#[derive(Clone, Debug, PartialEq)]
pub enum EmptyRow {
    /// A content without its picture.
    Content(Box<ArContent>),
    /// A video without its file.
    Video(Box<Video>),
}

/// What a sweep of a company has found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sweep {
    /// Objects that no row knows.
    pub objects: Vec<StrayObject>,
    /// Rows whose file is gone.
    pub rows: Vec<EmptyRow>,
    /// Whether they have been removed.
    pub removed: bool,
    /// Whether everything was looked through; another sweep goes on when these have been removed.
    pub complete: bool,
}

/// Sweeps a company.
///
/// # Errors
/// `NotFound`, `Forbidden` unless superadmin, `Unavailable` when the storage does not answer.
pub async fn run(app: &App, who: &Identity, company: CompanyId, remove: bool) -> Result<Sweep> {
    tenancy::company(app, who, company).await?;
    who.may(Action::SweepStorage)?;
    sweep(app, &who.scope().narrowed(Some(company))?, company, remove).await
}

/// Sweeps a company at the console.
///
/// # Errors
/// `Unavailable` when the storage does not answer.
pub async fn run_at_console(app: &App, company: CompanyId, remove: bool) -> Result<Sweep> {
    sweep(app, &TenantScope::of(company), company, remove).await
}

/// Every company, by its id and short name, deleted ones apart.
pub async fn companies_at_console(app: &App) -> Result<Vec<(CompanyId, String)>> {
    let scope = &TenantScope::everywhere();
    let companies = pages(|page| async move { app.records.companies(scope, &page.into()).await });
    let companies: Vec<_> = companies.try_concat().await?;
    Ok(companies.into_iter().map(|company| (company.id, company.slug.to_string())).collect())
}

async fn sweep(app: &App, scope: &TenantScope, company: CompanyId, remove: bool) -> Result<Sweep> {
    let files = app.files.of(company);
    let known = known(app, scope).await?;
    let Listed { objects, originals, complete } = look_through(app, scope, &files, &known).await?;
    let rows = empty_rows(app, scope, &files, &originals).await?;
    if remove {
        for object in &objects {
            files.delete(&object.path).await?;
        }
        for row in &rows {
            remove_row(app, scope, row).await?;
        }
    }
    Ok(Sweep { objects, rows, removed: remove, complete })
}

/// What a storage lists of a company.
struct Listed {
    /// What no row knows.
    objects: Vec<StrayObject>,
    /// The pictures and videos that are there, by the ids of their rows.
    originals: HashSet<Uuid>,
    complete: bool,
}

/// Looks through what is stored. A row that has come since the known ones were read has a young object.
async fn look_through(
    app: &App,
    scope: &TenantScope,
    files: &CompanyFiles,
    known: &Known,
) -> Result<Listed> {
    // A storage may list the same for ever.
    let most = known.ids.len() * OBJECTS_OF_ROW + MOST_STRAYS;
    let (mut strays, mut originals) = (BTreeMap::new(), HashSet::new());
    let mut listing = files.list(files.company()).await?.take(most + 1);
    let mut listed = 0;
    while let Some((path, bytes)) = listing.try_next().await? {
        listed += 1;
        match path.id().filter(|id| known.ids.contains(id)) {
            Some(id) if known.originals.contains(&path) => drop(originals.insert(id)),
            Some(id)
                if path.is_original()
                    && is_superseded(app, scope, files, &path, ContentId(id)).await? =>
            {
                strays.insert(path, bytes);
            }
            Some(_) => {}
            None if is_stray(app, files, &path).await? => drop(strays.insert(path, bytes)),
            None => {}
        }
        if strays.len() >= MOST_STRAYS {
            break;
        }
    }
    let complete = listed <= most && strays.len() < MOST_STRAYS;
    let objects = strays.into_iter().map(|(path, bytes)| StrayObject { path, bytes }).collect();
    Ok(Listed { objects, originals, complete })
}

/// What rows say is there.
#[derive(Default)]
struct Known {
    /// The ids of every content and video.
    ids: HashSet<Uuid>,
    /// Their pictures and files.
    originals: HashSet<ObjectPath>,
}

async fn known(app: &App, scope: &TenantScope) -> Result<Known> {
    let everything = ContentFilter { trash: Trash::With, ..ContentFilter::default() };
    let mut known = Known::default();
    let mut contents = pin!(every_content(app, scope, &everything));
    while let Some(page) = contents.try_next().await? {
        for content in page {
            for video in app.records.videos_of(scope, content.id).await? {
                let path = ObjectPath::video(video.company_id, video.id, video.facts.container);
                known.originals.insert(path);
                known.ids.insert(video.id.0);
            }
            known.originals.insert(ObjectPath::portrait(&content));
            known.ids.insert(content.id.0);
        }
    }
    Ok(known)
}

/// Whether a picture is an old one that another has taken the place of.
async fn is_superseded(
    app: &App,
    scope: &TenantScope,
    files: &CompanyFiles,
    path: &ObjectPath,
    id: ContentId,
) -> Result<bool> {
    let content = app.records.content(scope, id).await?;
    let is_current = |content: &ArContent| ObjectPath::portrait(content) == *path;
    Ok(content.is_some_and(|content| !is_current(&content)) && is_old(app, files, path).await?)
}

/// Rows whose file is not among the `originals`, nor found when it is asked for by itself.
async fn empty_rows(
    app: &App,
    scope: &TenantScope,
    files: &CompanyFiles,
    originals: &HashSet<Uuid>,
) -> Result<Vec<EmptyRow>> {
    let everything = ContentFilter { trash: Trash::With, ..ContentFilter::default() };
    let young = app.now() - GRACE;
    let mut empty = Vec::new();
    let mut contents = pin!(every_content(app, scope, &everything));
    while let Some(page) = contents.try_next().await? {
        for content in page {
            for video in app.records.videos_of(scope, content.id).await? {
                let path = ObjectPath::video(video.company_id, video.id, video.facts.container);
                let is_listed = video.created_at >= young || originals.contains(&video.id.0);
                if !is_listed && files.stat(&path).await?.is_none() {
                    empty.push(EmptyRow::Video(Box::new(video)));
                }
            }
            let path = ObjectPath::portrait(&content);
            let is_listed = content.created_at >= young || originals.contains(&content.id.0);
            if !is_listed && content.deleted_at.is_none() && files.stat(&path).await?.is_none() {
                empty.push(EmptyRow::Content(Box::new(content)));
            }
        }
    }
    Ok(empty)
}

/// Whether no row knows an object, and it has been there for longer than a row may take to come. One that has gone
/// meanwhile has not.
async fn is_stray(app: &App, files: &CompanyFiles, path: &ObjectPath) -> Result<bool> {
    let Some(id) = path.id() else { return Ok(false) };
    if app.records.owner_of_file(path.company(), id).await?.is_some() {
        return Ok(false);
    }
    is_old(app, files, path).await
}

/// Whether an object is there and has been for longer than a row may take to come.
async fn is_old(app: &App, files: &CompanyFiles, path: &ObjectPath) -> Result<bool> {
    let Some(meta) = files.stat(path).await? else { return Ok(false) };
    Ok(meta.last_modified.is_some_and(|at| at < app.now() - GRACE))
}

/// Removes a video; a content goes to where it can be taken back from.
async fn remove_row(app: &App, scope: &TenantScope, row: &EmptyRow) -> Result<()> {
    match row {
        EmptyRow::Content(content) => {
            let now = version::next(app.now(), content.updated_at);
            let purge = Task::PurgeContent { content_id: content.id, deleted_at: now };
            let job = app.new_purge(content.company_id, purge);
            app.records.delete_content(scope, content.id, None, now, &job).await?;
            app.content_changed(content.id);
        }
        EmptyRow::Video(video) => {
            let rest = Task::remove(&ObjectPath::all_of_video(video));
            app.records
                .delete_video(scope, video.id, None, &app.new_job(video.company_id, rest))
                .await?;
            app.content_changed(video.content_id);
        }
    }
    app.job_queued();
    Ok(())
}
