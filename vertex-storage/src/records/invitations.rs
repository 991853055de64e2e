use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;
use vertex_core::{
    Error, Result, TenantScope,
    company::Company,
    ids::{CompanyId, InvitationId, UserId},
    invitation::Invitation,
    page::{Listing, Page},
    ports::InvitationRecords,
    text::Email,
    user::User,
};

use super::{
    SqlRecords,
    audit::{Changed, Deed, commit_change, commit_new},
    companies::insert_company,
    rows::{Table, entity},
    select::Selection,
    tenant::{admit, bounds},
    users::insert_user,
};

/// Whether an invitation's maker may still make one like it.
macro_rules! is_backed {
    () => {
        "EXISTS (
             SELECT 1 FROM users JOIN companies ON companies.id = users.company_id
             WHERE users.id = invitations.invited_by AND users.is_active AND NOT users.is_locked
                 AND companies.is_active
                 AND (users.role = 'superadmin' OR (users.role = 'admin'
                     AND users.company_id = invitations.company_id
                     AND invitations.role <> 'superadmin')))"
    };
}

macro_rules! invitation_columns {
    () => {
        concat!(
            "id, company_id, email, role, invited_by, created_at, expires_at, accepted_at, ",
            is_backed!(),
            " AS is_backed"
        )
    };
}

#[derive(FromRow)]
struct InvitationRow {
    id: Uuid,
    company_id: Uuid,
    email: String,
    role: String,
    invited_by: Uuid,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    accepted_at: Option<DateTime<Utc>>,
    is_backed: bool,
}

impl TryFrom<InvitationRow> for Invitation {
    type Error = Error;

    fn try_from(row: InvitationRow) -> Result<Self> {
        let table = Table("invitations");
        Ok(Self {
            id: InvitationId(row.id),
            company_id: CompanyId(row.company_id),
            email: table.read("email", row.email, Email::kept)?,
            role: table.read("role", row.role, |role| role.parse())?,
            invited_by: UserId(row.invited_by),
            created_at: row.created_at,
            expires_at: row.expires_at,
            accepted_at: row.accepted_at,
            is_backed: row.is_backed,
        })
    }
}

#[async_trait]
impl InvitationRecords for SqlRecords {
    async fn insert_invitation(
        &self,
        scope: &TenantScope,
        invitation: &Invitation,
        token_hash: &[u8; 32],
    ) -> Result<()> {
        admit(scope, invitation.company_id)?;
        let mut transaction = self.begin().await?;
        execute!(
            transaction.connection(),
            "INSERT INTO invitations (id, company_id, token_hash, email, role, invited_by,
                 created_at, expires_at, accepted_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            invitation.id.0,
            invitation.company_id.0,
            token_hash.as_slice(),
            invitation.email.as_str(),
            invitation.role.as_str(),
            invitation.invited_by.0,
            invitation.created_at,
            invitation.expires_at,
            invitation.accepted_at,
        )
        .map_err(|failure| failure.or_missing("company"))?;
        let deed = Deed::created("invitation", invitation.id.0);
        let label = invitation.email.as_str();
        commit_new(transaction, scope, deed, invitation.company_id, label).await
    }

    async fn invitations(&self, scope: &TenantScope, page: Page) -> Result<Listing<Invitation>> {
        Selection::within("invitations", scope)
            .that("accepted_at IS NULL")
            .list::<InvitationRow, _>(self, invitation_columns!(), "created_at DESC, id DESC", page)
            .await
    }

    async fn delete_invitation(&self, scope: &TenantScope, id: InvitationId) -> Result<bool> {
        let (first, last) = bounds(scope);
        let mut transaction = self.begin().await?;
        let removed: Changed = fetch!(
            fetch_optional,
            transaction.connection(),
            "DELETE FROM invitations
             WHERE id = $1 AND company_id BETWEEN $2 AND $3 AND accepted_at IS NULL
             RETURNING company_id, email",
            id.0,
            first,
            last,
        )?;
        commit_change(transaction, scope, Deed::deleted("invitation", id.0), removed).await
    }

    async fn invitation_by_token(&self, token_hash: &[u8; 32]) -> Result<Option<Invitation>> {
        let row: Option<InvitationRow> = fetch!(
            fetch_optional,
            self.reader(),
            concat!("SELECT ", invitation_columns!(), " FROM invitations WHERE token_hash = $1"),
            token_hash.as_slice(),
        )?;
        entity(row)
    }

    async fn accept_invitation(&self, id: InvitationId, user: &User) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let accepted = execute!(
            transaction.connection(),
            concat!(
                "UPDATE invitations SET accepted_at = $2
                 WHERE id = $1 AND accepted_at IS NULL AND expires_at > $2 AND ",
                is_backed!(),
            ),
            id.0,
            user.created_at,
        )?;
        if accepted == 0 {
            return Ok(false);
        }
        insert_user(&mut transaction, user).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn insert_company_with_user(&self, company: &Company, user: &User) -> Result<()> {
        let mut transaction = self.begin().await?;
        insert_company(&mut transaction, company).await?;
        insert_user(&mut transaction, user).await?;
        transaction.commit().await
    }
}
