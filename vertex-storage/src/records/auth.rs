use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;
use vertex_core::{
    Actor, Error, Result,
    ids::{AuthSessionId, UserId},
    ports::{AuthRecords, RefreshOutcome, Rotation},
    user::{AuthSession, REFRESH_GRACE, User},
};

use super::{
    SqlRecords, Transaction,
    audit::{Deed, note_by},
    rows::entity,
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
        execute!(
            transaction.connection(),
            "UPDATE users SET last_login = $2 WHERE id = $1",
            user,
            session.created_at,
        )?;
        transaction.commit().await
    }

    async fn rotate_refresh_token(&self, rotation: &Rotation) -> Result<RefreshOutcome> {
        let mut transaction = self.begin().await?;
        // Of several callers one finds it unused; the others wait for its row and then do not.
        let used: Option<(Uuid,)> = fetch!(
            fetch_optional,
            transaction.connection(),
            "UPDATE refresh_tokens SET used_at = $2, successor = $3, salt = $4
             WHERE token_hash = $1 AND used_at IS NULL RETURNING session_id",
            rotation.old.as_slice(),
            rotation.at,
            rotation.new.as_slice(),
            rotation.salt.as_slice(),
        )?;
        let Some((session,)) = used else {
            return meet_used_token(transaction, rotation).await;
        };
        let extended = execute!(
            transaction.connection(),
            "UPDATE auth_sessions SET expires_at = $3
             WHERE id = $1 AND revoked_at IS NULL AND expires_at > $2",
            session,
            rotation.at,
            rotation.expires_at,
        )?;
        if extended == 0 {
            return Ok(RefreshOutcome::Unknown);
        }
        insert_token(&mut transaction, &rotation.new, session, rotation.at).await?;
        let found = session_in(&mut transaction, session).await?;
        let Some((session, user)) = found else { return Ok(RefreshOutcome::Unknown) };
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

async fn session_in(
    transaction: &mut Transaction,
    session: Uuid,
) -> Result<Option<(AuthSession, User)>> {
    let row: Option<SessionRow> =
        fetch!(fetch_optional, transaction.connection(), select_session!(), session)?;
    entity(row)
}

/// A refresh token as it was used, if it was.
#[derive(FromRow)]
struct TokenRow {
    session_id: Uuid,
    created_at: DateTime<Utc>,
    used_at: Option<DateTime<Utc>>,
    successor: Option<Vec<u8>>,
    salt: Option<Vec<u8>>,
}

async fn token_in(transaction: &mut Transaction, hash: &[u8]) -> Result<Option<TokenRow>> {
    Ok(fetch!(
        fetch_optional,
        transaction.connection(),
        "SELECT session_id, created_at, used_at, successor, salt FROM refresh_tokens
         WHERE token_hash = $1",
        hash,
    )?)
}

/// Somebody presents a token that cannot be used: another time, or one that never was. A moment after its
/// first use it is the same browser; later there are two that have it.
async fn meet_used_token(
    mut transaction: Transaction,
    rotation: &Rotation,
) -> Result<RefreshOutcome> {
    let Some(token) = token_in(&mut transaction, &rotation.old).await? else {
        return Ok(RefreshOutcome::Unknown);
    };
    let found = session_in(&mut transaction, token.session_id).await?;
    let Some((session, user)) = found else { return Ok(RefreshOutcome::Unknown) };
    let is_recent = token.used_at.is_some_and(|used_at| rotation.at < used_at + REFRESH_GRACE);
    if is_recent && token.salt.is_some() && session.is_live(rotation.at) {
        let (salts, issued_at) = salts_after(&mut transaction, token).await?;
        let user = Box::new(user);
        return Ok(RefreshOutcome::Repeated { session, user, salts, issued_at });
    }
    execute!(
        transaction.connection(),
        "UPDATE auth_sessions SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL",
        session.id.0,
        rotation.at,
    )?;
    let actor = Actor { user: user.id, address: rotation.address, at: rotation.at };
    let deed = Deed::new("reused_refresh_token", "user", user.id.0);
    let label = user.username.as_str();
    note_by(&mut transaction, &actor, deed, user.company_id.0, label).await?;
    transaction.commit().await?;
    Ok(RefreshOutcome::Reused(Box::new(user)))
}

/// The salts of all that came after a token, and when the last of them was made.
async fn salts_after(
    transaction: &mut Transaction,
    mut token: TokenRow,
) -> Result<(Vec<[u8; 32]>, DateTime<Utc>)> {
    let mut salts = Vec::new();
    while let (Some(successor), Some(salt)) = (&token.successor, &token.salt) {
        let Some(next) = token_in(transaction, successor).await? else { break };
        salts.push(
            salt.as_slice()
                .try_into()
                .map_err(|error| Error::internal("reading the salt of a refresh token", error))?,
        );
        token = next;
    }
    Ok((salts, token.created_at))
}
