use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;
use vertex_core::{
    Error, Result,
    ids::UserId,
    ports::{Admission, FailedSignIn, SignInKey, SignInRecords},
    throttle::{FromAll, FromOne, admit},
};

use super::{
    SqlRecords, Transaction,
    audit::{Deed, note_by},
    rows::Table,
};

/// What stands for the network where all are counted together.
const ALL: &[u8] = &[];

/// Rows of networks that nobody has signed in from. When there are more, the oldest go: whoever fills the table with
/// made-up names gains nothing but that their own failures are forgotten.
const MOST_ROWS: i64 = 100_000;

#[derive(FromRow)]
struct AttemptRow {
    failures: i64,
    blocked_until: Option<DateTime<Utc>>,
    tried_at: DateTime<Utc>,
    signed_in_at: Option<DateTime<Utc>>,
}

impl TryFrom<AttemptRow> for FromOne {
    type Error = Error;

    fn try_from(row: AttemptRow) -> Result<Self> {
        Ok(Self {
            failures: Table("sign_in_attempts").read("failures", row.failures, u32::try_from)?,
            blocked_until: row.blocked_until,
            tried_at: Some(row.tried_at),
            signed_in_at: row.signed_in_at,
        })
    }
}

#[async_trait]
impl SignInRecords for SqlRecords {
    async fn admit_sign_in(&self, key: &SignInKey, now: DateTime<Utc>) -> Result<Admission> {
        let mut transaction = self.begin().await?;
        // Whoever comes with the same name waits for this row until the transaction ends.
        let (due,): (Option<DateTime<Utc>>,) = fetch!(
            fetch_one,
            transaction.connection(),
            "INSERT INTO sign_in_attempts (name, network, failures, tried_at) VALUES ($1, $2, 0, $3)
             ON CONFLICT (name, network) DO UPDATE SET tried_at = excluded.tried_at
             RETURNING blocked_until",
            key.name.as_slice(),
            ALL,
            now,
        )?;
        let row: Option<AttemptRow> = fetch!(
            fetch_optional,
            transaction.connection(),
            "SELECT failures, blocked_until, tried_at, signed_in_at FROM sign_in_attempts
             WHERE name = $1 AND network = $2",
            key.name.as_slice(),
            key.network.as_slice(),
        )?;
        let one = row.map_or(Ok(FromOne::default()), FromOne::try_from)?;
        let (one, FromAll(due)) = match admit(one, FromAll(due), now) {
            Ok(counted) => counted,
            // What this transaction has written is undone.
            Err(until) => return Ok(Admission::Refused(until)),
        };
        execute!(
            transaction.connection(),
            "UPDATE sign_in_attempts SET blocked_until = $3 WHERE name = $1 AND network = $2",
            key.name.as_slice(),
            ALL,
            due,
        )?;
        execute!(
            transaction.connection(),
            "INSERT INTO sign_in_attempts (name, network, failures, blocked_until, tried_at)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (name, network) DO UPDATE SET failures = excluded.failures,
                 blocked_until = excluded.blocked_until, tried_at = excluded.tried_at",
            key.name.as_slice(),
            key.network.as_slice(),
            i64::from(one.failures),
            one.blocked_until,
            now,
        )?;
        if is_time_to_shorten(key) {
            shorten(&mut transaction).await?;
        }
        transaction.commit().await?;
        Ok(Admission::Admitted(one.blocked_until))
    }

    async fn withdraw_sign_in(&self, key: &SignInKey) -> Result<()> {
        execute!(
            self.writer(),
            "UPDATE sign_in_attempts SET failures = failures - 1, blocked_until = NULL
             WHERE name = $1 AND network = $2 AND failures > 0",
            key.name.as_slice(),
            key.network.as_slice(),
        )?;
        Ok(())
    }

    async fn note_failed_sign_in(&self, failed: &FailedSignIn) -> Result<()> {
        let mut transaction = self.begin().await?;
        execute!(
            transaction.connection(),
            "UPDATE sign_in_attempts SET tried_at = $3 WHERE name = $1 AND network = $2",
            failed.key.name.as_slice(),
            failed.key.network.as_slice(),
            failed.at,
        )?;
        if let Some(actor) = &failed.actor {
            let account: Option<(Uuid, String)> = fetch!(
                fetch_optional,
                transaction.connection(),
                "UPDATE users SET failed_attempts = failed_attempts + 1,
                     blocked_until = COALESCE($2, blocked_until)
                 WHERE id = $1 RETURNING company_id, username",
                actor.user.0,
                failed.blocked_until,
            )?;
            if let Some((company, username)) = account {
                let deed = Deed::new("failed_sign_in", "user", actor.user.0);
                note_by(&mut transaction, actor, deed, company, &username).await?;
                if failed.blocked_until.is_some() {
                    let deed = Deed::new("blocked_sign_ins", "user", actor.user.0);
                    note_by(&mut transaction, actor, deed, company, &username).await?;
                }
            }
        }
        transaction.commit().await
    }

    async fn note_right_password(
        &self,
        key: &SignInKey,
        user: UserId,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut transaction = self.begin().await?;
        execute!(
            transaction.connection(),
            "UPDATE sign_in_attempts SET failures = 0, blocked_until = NULL, signed_in_at = $3
             WHERE name = $1 AND network = $2",
            key.name.as_slice(),
            key.network.as_slice(),
            now,
        )?;
        execute!(
            transaction.connection(),
            "UPDATE users SET failed_attempts = 0, blocked_until = NULL WHERE id = $1",
            user.0,
        )?;
        transaction.commit().await
    }

    async fn forgive_sign_ins(&self, name: &[u8; 32]) -> Result<()> {
        execute!(
            self.writer(),
            "UPDATE sign_in_attempts SET failures = 0, blocked_until = NULL WHERE name = $1",
            name.as_slice(),
        )?;
        Ok(())
    }
}

/// Now and then, and not more often for one name than for others.
fn is_time_to_shorten(key: &SignInKey) -> bool {
    key.name[0] ^ key.network[0] == 0
}

async fn shorten(transaction: &mut Transaction) -> Result<()> {
    execute!(
        transaction.connection(),
        "DELETE FROM sign_in_attempts WHERE signed_in_at IS NULL AND tried_at < (
             SELECT tried_at FROM sign_in_attempts WHERE signed_in_at IS NULL
             ORDER BY tried_at DESC LIMIT 1 OFFSET $1)",
        MOST_ROWS,
    )?;
    Ok(())
}
