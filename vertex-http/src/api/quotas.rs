//! `/api/companies/{id}/usage` and `/quota`: how much a company keeps and may keep.

use poem::web::Data;
use poem_openapi::{Object, OpenApi, param::Path, payload::Json};
use uuid::Uuid;
use vertex_core::{
    ids::CompanyId,
    usecases::{
        App,
        quotas::{self, Allowance, NewQuota},
    },
};

use super::{Answer, Caller, Tag, body::Body, input::Optional};

/// How much a company may keep; no limit where there is none.
#[derive(Debug, Object)]
#[oai(rename = "NewQuota", deny_unknown_fields)]
struct Limits {
    /// Bytes of pictures and videos as they were uploaded.
    max_bytes: Optional<i64>,
    /// Pictures and videos.
    max_files: Optional<i64>,
    /// Uploads under way at once.
    max_uploads: Optional<i64>,
}

/// How much a company keeps, and how much it may.
#[derive(Debug, Object)]
#[oai(rename = "CompanyUsage")]
struct UsageView {
    /// Bytes of pictures and videos; deleted contents count until they are removed for good. Markers, previews and
    /// other things made here do not count.
    bytes: u64,
    /// Pictures and videos.
    files: u64,
    /// Uploads under way.
    uploads: u64,
    /// Bytes that are reserved for those.
    reserved_bytes: u64,
    /// The most bytes, those that are reserved included.
    max_bytes: Option<u64>,
    /// The most pictures and videos, those under way included.
    max_files: Option<u64>,
    /// The most uploads under way.
    max_uploads: Option<u64>,
    /// Whether these limits are the installation's (`VERTEX_DEFAULT_QUOTA_BYTES`, `VERTEX_DEFAULT_QUOTA_FILES`),
    /// which hold for every company without a quota of its own.
    is_default: bool,
}

impl From<Allowance> for UsageView {
    fn from(Allowance { quota, is_default, usage }: Allowance) -> Self {
        Self {
            bytes: usage.bytes,
            files: usage.files,
            uploads: usage.uploads,
            reserved_bytes: usage.reserved_bytes,
            max_bytes: quota.max_bytes,
            max_files: quota.max_files,
            max_uploads: quota.max_uploads,
            is_default,
        }
    }
}

/// Quotas.
pub struct QuotasApi;

#[OpenApi(prefix_path = "/api/companies", tag = "Tag::Companies")]
impl QuotasApi {
    /// See how much a company keeps
    #[oai(path = "/:id/usage", method = "get", operation_id = "getCompanyUsage")]
    async fn usage(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
    ) -> Answer<Json<UsageView>> {
        Ok(Json(quotas::usage(&app, &caller.0, CompanyId(id.0)).await?.into()))
    }

    /// Say how much a company may keep
    ///
    /// It takes the place of the installation's default as a whole: what is left out has no limit. What the company
    /// has by then stays, even if it is more. An upload that does not fit is refused with 507, or with 413 if it
    /// never would; `quota` of the answer has the numbers.
    #[oai(path = "/:id/quota", method = "put", operation_id = "putCompanyQuota")]
    async fn put(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
        body: Body<Limits>,
    ) -> Answer<Json<UsageView>> {
        let Body(Limits { max_bytes, max_files, max_uploads }) = body;
        let input =
            NewQuota { max_bytes: max_bytes.0, max_files: max_files.0, max_uploads: max_uploads.0 };
        Ok(Json(quotas::replace(&app, &caller.0, CompanyId(id.0), input).await?.into()))
    }

    /// Give a company the installation's default quota again
    #[oai(path = "/:id/quota", method = "delete", operation_id = "deleteCompanyQuota")]
    async fn delete(
        &self,
        app: Data<&App>,
        caller: Caller,
        id: Path<Uuid>,
    ) -> Answer<Json<UsageView>> {
        Ok(Json(quotas::reset(&app, &caller.0, CompanyId(id.0)).await?.into()))
    }
}
