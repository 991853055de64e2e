use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;
use vertex_core::{
    Error, Result,
    ids::{AuthSessionId, UserId},
    ports::{AuthRecords, RefreshOutcome},
    user::{AuthSession, User},
};

use super::{
    SqlRecords, Transaction,
    users::{UserRow, user_columns},
};

/// A session with its user, whose company may be used.
#[derive(FromRow)]
pub(super) struct SessionRow {
    session_id: Uuid,
    session_created_at: DateTime<Utc>,
    session_expires_at: DateTime<Utc>,
    session_revoked_at: Option<DateTime<Utc>>,
    #[sqlx(flatten)]
    user: UserRow,
}

macro_rules! select_session {
    () => {
        concat!(
            "SELECT auth_sessions.id AS session_id,
                 auth_sessions.created_at AS session_created_at,
                 auth_sessions.expires_at AS session_expires_at,
                 auth_sessions.revoked_at AS session_revoked_at, ",
            user_columns!(),
            " FROM auth_sessions JOIN users ON users.id = auth_sessions.user_id
             JOIN companies ON companies.id = users.company_id AND companies.is_active
             WHERE auth_sessions.id = $1"
        )
    };
}
pub(super) use select_session;

impl TryFrom<SessionRow> for (AuthSession, User) {
    type Error = Error;

    fn try_from(row: SessionRow) -> Result<Self> {
        let user = User::try_from(row.user)?;
        let session = AuthSession {
            id: AuthSessionId(row.session_id),
            user_id: user.id,
            created_at: row.session_created_at,
            expires_at: row.session_expires_at,
            revoked_at: row.session_revoked_at,
        };
        Ok((session, user))
    }
}

#[async_trait]
impl AuthRecords for SqlRecords {
    async fn insert_auth_session(
        &self,
        session: &AuthSession,
        token_hash: &[u8; 32],
    ) -> Result<()> {
        let mut transaction = self.begin().await?;
        let UserId(user) = session.user_id;
        execute!(
            transaction.connection(),
            "INSERT INTO auth_sessions (id, user_id, created_at, expires_at, revoked_at)
             VALUES ($1, $2, $3, $4, $5)",
            session.id.0,
            user,
            session.created_at,
            session.expires_at,
            session.revoked_at,
        )
        .map_err(|failure| failure.or_missing("user"))?;
        insert_token(&mut transaction, token_hash, session.id.0, session.created_at).await?;
        transaction.commit().await
    }

    async fn rotate_refresh_token(
        &self,
        old_hash: &[u8; 32],
        new_hash: &[u8; 32],
        now: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Result<RefreshOutcome> {
        let mut transaction = self.begin().await?;
        // Of several callers one finds it unused; the others wait for its row and then do not.
        let used: Option<(Uuid,)> = fetch!(
            fetch_optional,
            transaction.connection(),
            "UPDATE refresh_tokens SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL
             RETURNING session_id",
            old_hash.as_slice(),
            now,
        )?;
        let Some((session,)) = used else {
            return end_session_of_used_token(transaction, old_hash, now).await;
        };
        let extended = execute!(
            transaction.connection(),
            "UPDATE auth_sessions SET expires_at = $3
             WHERE id = $1 AND revoked_at IS NULL AND expires_at > $2",
            session,
            now,
            expires_at,
        )?;
        if extended == 0 {
            return Ok(RefreshOutcome::Unknown);
        }
        insert_token(&mut transaction, new_hash, session, now).await?;
        let row: Option<SessionRow> =
            fetch!(fetch_optional, transaction.connection(), select_session!(), session)?;
        let Some(row) = row else { return Ok(RefreshOutcome::Unknown) };
        let (session, user) = row.try_into()?;
        transaction.commit().await?;
        Ok(RefreshOutcome::Rotated(session, Box::new(user)))
    }

    async fn revoke_auth_session(&self, id: AuthSessionId, now: DateTime<Utc>) -> Result<()> {
        execute!(
            self.writer(),
            "UPDATE auth_sessions SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL",
            id.0,
            now,
        )?;
        Ok(())
    }
}

async fn insert_token(
    transaction: &mut Transaction,
    hash: &[u8; 32],
    session: Uuid,
    now: DateTime<Utc>,
) -> Result<()> {
    execute!(
        transaction.connection(),
        "INSERT INTO refresh_tokens (token_hash, session_id, created_at) VALUES ($1, $2, $3)",
        hash.as_slice(),
        session,
        now,
    )?;
    Ok(())
}

/// Somebody presents a token that cannot be used: a second time, which means that there are two of
/// them, or one that never was.
async fn end_session_of_used_token(
    mut transaction: Transaction,
    hash: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<RefreshOutcome> {
    let known: Option<(Uuid,)> = fetch!(
        fetch_optional,
        transaction.connection(),
        "SELECT session_id FROM refresh_tokens WHERE token_hash = $1",
        hash.as_slice(),
    )?;
    let Some((session,)) = known else { return Ok(RefreshOutcome::Unknown) };
    execute!(
        transaction.connection(),
        "UPDATE auth_sessions SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL",
        session,
        now,
    )?;
    transaction.commit().await?;
    Ok(RefreshOutcome::Reused)
}
