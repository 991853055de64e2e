use async_trait::async_trait;
use uuid::Uuid;
use vertex_core::{
    Result,
    company::Company,
    content::ArContent,
    ids::{AuthSessionId, CompanyId, UniqueId},
    ports::EntryRecords,
    text::Username,
    user::{AuthSession, User},
};

use super::{
    SqlRecords,
    auth::{SessionRow, select_session},
    companies::{CompanyRow, company_columns},
    content_rows::{ContentRow, content_columns},
    rows::{entity, storable},
    users::{UserRow, user_columns},
};

#[async_trait]
impl EntryRecords for SqlRecords {
    async fn ping(&self) -> Result<()> {
        self.database.prove_writable().await
    }

    async fn has_no_users(&self) -> Result<bool> {
        let (none,): (bool,) =
            fetch!(fetch_one, self.reader(), "SELECT NOT EXISTS (SELECT 1 FROM users)")?;
        Ok(none)
    }

    async fn user_by_username(&self, username: &Username) -> Result<Option<User>> {
        let row: Option<UserRow> = fetch!(
            fetch_optional,
            self.reader(),
            concat!("SELECT ", user_columns!(), " FROM users WHERE username = $1"),
            username.as_str(),
        )?;
        entity(row)
    }

    async fn auth_session(&self, id: AuthSessionId) -> Result<Option<(AuthSession, User)>> {
        let row: Option<SessionRow> =
            fetch!(fetch_optional, self.reader(), select_session!(), id.0)?;
        entity(row)
    }

    async fn unique_id_by_link(&self, permanent_link: &str) -> Result<Option<UniqueId>> {
        let row: Option<(String,)> = fetch!(
            fetch_optional,
            self.reader(),
            "SELECT unique_id FROM contents WHERE permanent_link = $1 AND deleted_at IS NULL",
            storable(permanent_link),
        )?;
        Ok(row.and_then(|(unique_id,)| UniqueId::parse(&unique_id)))
    }

    async fn published(&self, unique_id: &UniqueId) -> Result<Option<(ArContent, Company)>> {
        let row: Option<ContentRow> = fetch!(
            fetch_optional,
            self.reader(),
            concat!(
                "SELECT ",
                content_columns!(published),
                " FROM contents WHERE unique_id = $1 AND deleted_at IS NULL"
            ),
            unique_id.as_str(),
        )?;
        self.with_company(row).await
    }

    async fn owner_of_file(
        &self,
        company: CompanyId,
        id: Uuid,
    ) -> Result<Option<(ArContent, Company)>> {
        let row: Option<ContentRow> = fetch!(
            fetch_optional,
            self.reader(),
            concat!(
                "SELECT ",
                content_columns!(published),
                " FROM contents WHERE company_id = $1
                 AND (id = $2 OR id = (SELECT content_id FROM videos WHERE id = $2))"
            ),
            company.0,
            id,
        )?;
        self.with_company(row).await
    }
}

impl SqlRecords {
    /// A content and its company.
    async fn with_company(&self, row: Option<ContentRow>) -> Result<Option<(ArContent, Company)>> {
        let Some(row) = row else { return Ok(None) };
        let content = ArContent::try_from(row)?;
        let company: CompanyRow = fetch!(
            fetch_one,
            self.reader(),
            concat!("SELECT ", company_columns!(), " FROM companies WHERE id = $1"),
            content.company_id.0,
        )?;
        Ok(Some((content, company.try_into()?)))
    }
}
