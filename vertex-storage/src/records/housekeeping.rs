use async_trait::async_trait;
use vertex_core::{
    Result,
    ports::{HousekeepingRecords, Retention},
};

use super::SqlRecords;

#[async_trait]
impl HousekeepingRecords for SqlRecords {
    async fn prune(&self, retention: &Retention) -> Result<u64> {
        let jobs = execute!(
            self.writer(),
            "DELETE FROM jobs WHERE finished_at IS NOT NULL
             AND ((state = 'done' AND finished_at < $1) OR (state = 'given_up' AND finished_at < $2))",
            retention.done_jobs,
            retention.given_up_jobs,
        )?;
        let sessions = execute!(
            self.writer(),
            "DELETE FROM auth_sessions WHERE expires_at < $1 OR revoked_at < $1",
            retention.sessions,
        )?;
        let tokens = execute!(
            self.writer(),
            "DELETE FROM refresh_tokens WHERE used_at IS NOT NULL AND used_at < $1",
            retention.sessions,
        )?;
        let invitations = execute!(
            self.writer(),
            "DELETE FROM invitations WHERE expires_at < $1",
            retention.invitations,
        )?;
        let reservations = execute!(
            self.writer(),
            "DELETE FROM reservations WHERE expires_at < $1",
            retention.reservations,
        )?;
        let codes = execute!(
            self.writer(),
            "DELETE FROM chat_codes WHERE created_at < $1",
            retention.chat_codes,
        )?;
        let attempts = execute!(
            self.writer(),
            "DELETE FROM sign_in_attempts
             WHERE tried_at < $1 AND (signed_in_at IS NULL OR signed_in_at < $2)",
            retention.failures,
            retention.networks,
        )?;
        Ok(attempts + jobs + sessions + tokens + invitations + reservations + codes)
    }
}
