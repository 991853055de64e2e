//! The orphan sweep: objects that no row knows, and rows whose file is gone. It reports; on demand it removes, too.

use std::{collections::HashSet, pin::pin};

use chrono::TimeDelta;
use futures::TryStreamExt;
use uuid::Uuid;

use super::{App, auth::Identity, companies, contents::every_content};
use crate::{
    access::Action,
    content::ArContent,
    error::Result,
    ids::CompanyId,
    job::Task,
    page::pages,
    paths::ObjectPath,
    ports::{ContentFilter, Trash},
    tenant::TenantScope,
    version,
    video::Video,
};

/// Younger objects are left alone: their row may be on its way.
const GRACE: TimeDelta = TimeDelta::hours(24);

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
}

/// Sweeps a company.
///
/// # Errors
/// `NotFound`, `Forbidden` unless superadmin, `Unavailable` when the storage does not answer.
pub async fn run(app: &App, who: &Identity, company: CompanyId, remove: bool) -> Result<Sweep> {
    companies::get(app, who, company).await?;
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
    // Objects first: a row that comes in between is seen, and so is its object.
    let mut stored = Vec::new();
    let mut listing = app.objects.list(company).await?;
    while let Some((path, bytes)) = listing.try_next().await? {
        stored.push(StrayObject { path, bytes });
    }
    let files: HashSet<&ObjectPath> = stored.iter().map(|object| &object.path).collect();
    let (known, rows) = rows(app, scope, &files).await?;
    let mut objects = Vec::new();
    for object in &stored {
        let is_known = object.path.id().is_some_and(|id| known.contains(&id));
        if !is_known && is_old(app, &object.path).await? {
            objects.push(object.clone());
        }
    }
    if remove {
        for object in &objects {
            app.objects.delete(&object.path).await?;
        }
        for row in &rows {
            remove_row(app, scope, row).await?;
        }
    }
    Ok(Sweep { objects, rows, removed: remove })
}

/// The ids of every content and video, and those rows whose file is not among `files`.
async fn rows(
    app: &App,
    scope: &TenantScope,
    files: &HashSet<&ObjectPath>,
) -> Result<(HashSet<Uuid>, Vec<EmptyRow>)> {
    let everything = ContentFilter { trash: Trash::With, ..ContentFilter::default() };
    let young = app.now() - GRACE;
    let (mut known, mut empty) = (HashSet::new(), Vec::new());
    let mut contents = pin!(every_content(app, scope, &everything));
    while let Some(page) = contents.try_next().await? {
        for content in page {
            known.insert(content.id.0);
            for video in app.records.videos_of(scope, content.id).await? {
                known.insert(video.id.0);
                let path = ObjectPath::video(video.company_id, video.id, video.facts.container);
                if video.created_at < young && !files.contains(&path) {
                    empty.push(EmptyRow::Video(Box::new(video)));
                }
            }
            let format = content.image.format;
            let path = ObjectPath::portrait(content.company_id, content.id, format);
            if content.created_at < young && content.deleted_at.is_none() && !files.contains(&path)
            {
                empty.push(EmptyRow::Content(Box::new(content)));
            }
        }
    }
    Ok((known, empty))
}

/// Whether an object has been there for longer than a row may take to come. One that has gone meanwhile has not.
async fn is_old(app: &App, path: &ObjectPath) -> Result<bool> {
    let Some(meta) = app.objects.stat(path).await? else { return Ok(false) };
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
