use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use vertex_core::{
    Error, Result, TenantScope, chat_code::ChatCode, ids::UserId, notification::Preferences,
    ports::ChatCodeRecords, user::User,
};

use super::{
    SqlRecords, Transaction,
    audit::{Changed, Deed, commit_change},
    tenant::bounds,
    users::{UserRow, user_columns},
};

#[derive(FromRow)]
struct WholeRow {
    issued_at: DateTime<Utc>,
    #[sqlx(flatten)]
    user: UserRow,
}

#[async_trait]
impl ChatCodeRecords for SqlRecords {
    async fn put_chat_code(&self, scope: &TenantScope, code: &ChatCode) -> Result<()> {
        let (first, last) = bounds(scope);
        let written = execute!(
            self.writer(),
            "INSERT INTO chat_codes (user_id, digest, created_at)
             SELECT users.id, $4, $5 FROM users
             WHERE users.id = $1 AND users.company_id BETWEEN $2 AND $3
             ON CONFLICT (user_id) DO UPDATE SET digest = excluded.digest,
                 created_at = excluded.created_at",
            code.user_id.0,
            first,
            last,
            code.digest.as_slice(),
            code.created_at,
        )?;
        if written == 0 { Err(Error::NotFound("user")) } else { Ok(()) }
    }

    async fn has_chat_codes(&self, since: DateTime<Utc>) -> Result<bool> {
        let (found,): (bool,) = fetch!(
            fetch_one,
            self.reader(),
            "SELECT EXISTS (SELECT 1 FROM chat_codes WHERE created_at > $1)",
            since,
        )?;
        Ok(found)
    }

    async fn chat_code(&self, digest: [u8; 32]) -> Result<Option<(ChatCode, User)>> {
        let row: Option<WholeRow> = fetch!(
            fetch_optional,
            self.reader(),
            concat!(
                "SELECT chat_codes.created_at AS issued_at, ",
                user_columns!(),
                " FROM chat_codes JOIN users ON users.id = chat_codes.user_id
                 WHERE chat_codes.digest = $1"
            ),
            digest.as_slice(),
        )?;
        let Some(WholeRow { issued_at, user }) = row else { return Ok(None) };
        let user: User = user.try_into()?;
        Ok(Some((ChatCode { digest, user_id: user.id, created_at: issued_at }, user)))
    }

    async fn connect_chat(
        &self,
        scope: &TenantScope,
        code: &ChatCode,
        chat_id: i64,
    ) -> Result<bool> {
        let (first, last) = bounds(scope);
        let mut transaction = self.begin().await?;
        let spent = execute!(
            transaction.connection(),
            "DELETE FROM chat_codes WHERE digest = $1",
            code.digest.as_slice(),
        )?;
        if spent == 0 {
            return Ok(false);
        }
        let usual = Preferences::default();
        execute!(
            transaction.connection(),
            "INSERT INTO notification_preferences (user_id, language, by_email, telegram_chat_id)
             SELECT users.id, $4, $5, $6 FROM users
             WHERE users.id = $1 AND users.company_id BETWEEN $2 AND $3
             ON CONFLICT (user_id) DO UPDATE SET telegram_chat_id = excluded.telegram_chat_id",
            code.user_id.0,
            first,
            last,
            usual.language.as_str(),
            usual.by_email,
            chat_id.to_string(),
        )?;
        let changed = owner(&mut transaction, scope, code.user_id).await?;
        let deed = Deed::new("connected_chat", "user", code.user_id.0);
        commit_change(transaction, scope, deed, changed).await
    }

    async fn disconnect_chat(&self, scope: &TenantScope, user: UserId) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let changed = owner(&mut transaction, scope, user).await?;
        if changed.is_none() {
            return Ok(false);
        }
        execute!(
            transaction.connection(),
            "UPDATE notification_preferences SET telegram_chat_id = NULL WHERE user_id = $1",
            user.0,
        )?;
        execute!(transaction.connection(), "DELETE FROM chat_codes WHERE user_id = $1", user.0)?;
        let deed = Deed::new("disconnected_chat", "user", user.0);
        commit_change(transaction, scope, deed, changed).await
    }
}

/// The company and the name of a user, as the audit log has them.
async fn owner(
    transaction: &mut Transaction,
    scope: &TenantScope,
    user: UserId,
) -> Result<Changed> {
    let (first, last) = bounds(scope);
    let found: Changed = fetch!(
        fetch_optional,
        transaction.connection(),
        "SELECT company_id, username FROM users
         WHERE id = $1 AND company_id BETWEEN $2 AND $3",
        user.0,
        first,
        last,
    )?;
    Ok(found)
}
