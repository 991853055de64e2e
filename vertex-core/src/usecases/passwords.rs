//! New passwords: judged by what is known of the person, then hashed.

use super::App;
use crate::{
    domain::{
        error::{Error, FieldError, Result},
        ids::CompanyId,
        password::weakness,
        tenant::TenantScope,
    },
    ports::ComputeExt,
};

/// Hashes a new password that came in `field`.
///
/// # Errors
/// `Invalid` naming the field when it is easy to guess for who knows `about`, `Busy` when too many wait.
pub(super) async fn hash(
    app: &App,
    field: &'static str,
    password: String,
    about: &[&str],
) -> Result<String> {
    let (judged, known) = (password.clone(), about.join("\n"));
    let judge = move |_| weakness(&judged, &known.lines().collect::<Vec<_>>());
    match app.checks.compute(judge).await? {
        Some(weakness) => {
            let complaint = FieldError::new(field, weakness.message());
            Err(Error::Invalid(vec![complaint.coded(weakness.code())]))
        }
        None => app.passwords.hash(password).await,
    }
}

/// What people call a company; nothing when there is none.
pub(super) async fn company_name(app: &App, id: CompanyId) -> Result<String> {
    let company = app.records.company(&TenantScope::of(id), id).await?;
    Ok(company.map(|company| company.name.to_string()).unwrap_or_default())
}
