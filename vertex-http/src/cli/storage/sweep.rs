use clap::Args;
use vertex_core::{
    Error,
    usecases::{
        App,
        sweep::{self, EmptyRow, StrayObject},
    },
};

/// What is swept.
#[derive(Args)]
pub struct Sweep {
    /// Slug of the company; all of them when left out
    #[arg(long)]
    company: Option<String>,
    /// Remove what is found
    #[arg(long)]
    delete: bool,
}

/// Sweeps one company, or all of them.
pub async fn run(app: &App, order: Sweep) -> Result<String, Error> {
    let mut said = String::new();
    for (company, slug) in sweep::companies_at_console(app).await? {
        if order.company.as_ref().is_none_or(|wanted| *wanted == slug) {
            let found = sweep::run_at_console(app, company, order.delete).await?;
            said += &report(&slug, &found);
        }
    }
    match said.is_empty() {
        true => Err(Error::NotFound("company")),
        false => Ok(said),
    }
}

fn report(slug: &str, found: &sweep::Sweep) -> String {
    let mut said = String::new();
    for StrayObject { path, bytes } in &found.objects {
        said += &format!("{slug}: no row knows {path}, {bytes} bytes\n");
    }
    for row in &found.rows {
        let (entity, id, title) = match row {
            EmptyRow::Content(content) => ("content", content.id.0, &content.title),
            EmptyRow::Video(video) => ("video", video.id.0, &video.title),
        };
        said += &format!("{slug}: the file of {entity} {id} is gone: {title}\n");
    }
    let verb = if found.removed { "removed" } else { "found" };
    let (objects, rows) = (found.objects.len(), found.rows.len());
    said +=
        &format!("{slug}: {verb} {objects} objects without rows, {rows} rows without objects\n");
    if !found.complete {
        said += &format!("{slug}: there are more: remove these, then sweep again\n");
    }
    said
}
