//! What companies may keep: set by superadmins, seen by their own people, asked for every file.

use super::{App, disks, tenancy};
use crate::domain::{
    access::Action,
    check::{Check, Field},
    error::Result,
    identity::Identity,
    ids::CompanyId,
    quota::{Quota, Usage},
    tenant::TenantScope,
    user::Role,
};

/// The greatest limit.
const MOST: i64 = i64::MAX;

/// What a company may keep and what it keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// What it may keep.
    pub quota: Quota,
    /// Whether that is what every company may keep that has no quota of its own.
    pub is_default: bool,
    /// What it keeps.
    pub usage: Usage,
}

/// What a company may keep and what it keeps.
///
/// # Errors
/// `NotFound` when there is no such company that this user sees.
pub async fn usage(app: &App, who: &Identity, id: CompanyId) -> Result<Allowance> {
    tenancy::company(app, who, id).await?;
    let scope = who.scope();
    let usage = app.records.usage(&scope, id, app.now()).await?;
    let own = app.records.quota(&scope, id).await?;
    let quota = own.unwrap_or(app.policy.default_quota);
    Ok(Allowance { quota, is_default: own.is_none(), usage })
}

/// What a company may keep: its own quota, else the default.
pub(super) async fn quota_of(app: &App, scope: &TenantScope, id: CompanyId) -> Result<Quota> {
    Ok(app.records.quota(scope, id).await?.unwrap_or(app.policy.default_quota))
}

/// Refuses a file of at least so many bytes for which the disk or the caller's company has no room, before it comes.
/// What a superadmin sends may be for any company.
///
/// # Errors
/// `QuotaExceeded`, `Full`.
pub async fn expect(app: &App, who: &Identity, bytes: u64) -> Result<()> {
    disks::expect_file(app, bytes).await?;
    if who.user.role == Role::Superadmin {
        return Ok(());
    }
    let (scope, company) = (who.scope(), who.user.company_id);
    let used = app.records.usage(&scope, company, app.now()).await?;
    quota_of(app, &scope, company).await?.admit(&used, bytes)
}

/// The limits of a company as a request brings them; no limit where there is none.
#[derive(Clone, Debug, Default)]
pub struct NewQuota {
    /// Bytes of pictures and videos.
    pub max_bytes: Field<i64>,
    /// Pictures and videos.
    pub max_files: Field<i64>,
    /// Uploads under way.
    pub max_uploads: Field<i64>,
}

/// Replaces what a company may keep. What it has by then stays, even if that is more.
///
/// # Errors
/// `NotFound`, `Invalid` with every bad field, `Forbidden` unless superadmin.
pub async fn replace(
    app: &App,
    who: &Identity,
    id: CompanyId,
    input: NewQuota,
) -> Result<Allowance> {
    tenancy::company(app, who, id).await?;
    who.may(Action::PutCompanyQuota)?;
    let mut check = Check::default();
    let max_bytes = check.optional("max_bytes", input.max_bytes, limit);
    let max_files = check.optional("max_files", input.max_files, limit);
    let max_uploads = check.optional("max_uploads", input.max_uploads, limit);
    let (max_bytes, max_files, max_uploads) = check.all((max_bytes, max_files, max_uploads))?;
    let quota = Quota { max_bytes, max_files, max_uploads };
    app.records.put_quota(&who.scope(), id, &quota).await?;
    usage(app, who, id).await
}

/// Gives a company the default quota again.
///
/// # Errors
/// `NotFound`, `Forbidden` unless superadmin.
pub async fn reset(app: &App, who: &Identity, id: CompanyId) -> Result<Allowance> {
    tenancy::company(app, who, id).await?;
    who.may(Action::DeleteCompanyQuota)?;
    app.records.delete_quota(&who.scope(), id).await?;
    usage(app, who, id).await
}

fn limit(number: i64) -> Result<u64, String> {
    u64::try_from(number).map_err(|_| format!("must be between 0 and {MOST}"))
}
