use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use uuid::Uuid;
use vertex_core::{
    Error, Result, TenantScope,
    content::ArContent,
    ids::{CompanyId, ContentId, DeliveryId, NotificationId, UserId},
    job::NewJob,
    notification::{
        Channel, Delivery, DeliveryState, Notification, NotificationKind, Preferences, Recipient,
    },
    page::{Listing, Page},
    ports::{DeadLetter, ExpiryStep, Notice, NotificationRecords},
};

use super::{
    SqlRecords, Transaction,
    content_rows::{ContentRow, content_columns},
    jobs,
    rows::{Table, entities, listing, storable, window},
    tenant::{admit, bounds},
};

macro_rules! notification_columns {
    () => {
        "notifications.id, notifications.company_id, notifications.user_id, notifications.kind,
         notifications.content_id, notifications.occasion, notifications.title,
         notifications.message, notifications.is_read, notifications.created_at"
    };
}

macro_rules! delivery_columns {
    () => {
        "deliveries.id AS delivery_id, deliveries.company_id AS delivery_company_id,
         deliveries.notification_id, deliveries.channel, deliveries.recipient,
         deliveries.language, deliveries.state, deliveries.last_error,
         deliveries.created_at AS queued_at, deliveries.settled_at"
    };
}

macro_rules! select_recipients {
    () => {
        "SELECT users.id, users.company_id, users.email, notification_preferences.language,
             notification_preferences.by_email, notification_preferences.telegram_chat_id
         FROM users LEFT JOIN notification_preferences ON notification_preferences.user_id = users.id
         WHERE users.is_active AND "
    };
}

#[derive(FromRow)]
struct NotificationRow {
    id: Uuid,
    company_id: Uuid,
    user_id: Uuid,
    kind: String,
    content_id: Option<Uuid>,
    occasion: String,
    title: String,
    message: String,
    is_read: bool,
    created_at: DateTime<Utc>,
}

impl TryFrom<NotificationRow> for Notification {
    type Error = Error;

    fn try_from(row: NotificationRow) -> Result<Self> {
        let kinds = NotificationKind::ALL;
        let table = Table("notifications");
        Ok(Self {
            id: NotificationId(row.id),
            company_id: CompanyId(row.company_id),
            user_id: UserId(row.user_id),
            kind: table.read_name("kind", &row.kind, kinds, NotificationKind::as_str)?,
            content_id: row.content_id.map(ContentId),
            key: row.occasion,
            title: row.title,
            message: row.message,
            is_read: row.is_read,
            created_at: row.created_at,
        })
    }
}

#[derive(FromRow)]
struct DeliveryRow {
    delivery_id: Uuid,
    delivery_company_id: Uuid,
    notification_id: Uuid,
    channel: String,
    recipient: String,
    language: String,
    state: String,
    last_error: Option<String>,
    queued_at: DateTime<Utc>,
    settled_at: Option<DateTime<Utc>>,
}

impl TryFrom<DeliveryRow> for Delivery {
    type Error = Error;

    fn try_from(row: DeliveryRow) -> Result<Self> {
        let table = Table("deliveries");
        Ok(Self {
            id: DeliveryId(row.delivery_id),
            company_id: CompanyId(row.delivery_company_id),
            notification_id: NotificationId(row.notification_id),
            channel: table.read_name("channel", &row.channel, Channel::ALL, Channel::as_str)?,
            recipient: row.recipient,
            language: table.read("language", row.language, |text| text.parse())?,
            state: table.read_name(
                "state",
                &row.state,
                DeliveryState::ALL,
                DeliveryState::as_str,
            )?,
            last_error: row.last_error,
            created_at: row.queued_at,
            settled_at: row.settled_at,
        })
    }
}

#[derive(FromRow)]
struct WholeRow {
    #[sqlx(flatten)]
    delivery: DeliveryRow,
    #[sqlx(flatten)]
    notification: NotificationRow,
}

#[derive(FromRow)]
struct DeadLetterRow {
    #[sqlx(flatten)]
    delivery: DeliveryRow,
    title: String,
}

impl TryFrom<DeadLetterRow> for DeadLetter {
    type Error = Error;

    fn try_from(row: DeadLetterRow) -> Result<Self> {
        Ok(Self { delivery: row.delivery.try_into()?, title: row.title })
    }
}

#[derive(FromRow)]
struct RecipientRow {
    id: Uuid,
    company_id: Uuid,
    email: Option<String>,
    language: Option<String>,
    by_email: Option<bool>,
    telegram_chat_id: Option<String>,
}

impl TryFrom<RecipientRow> for Recipient {
    type Error = Error;

    fn try_from(row: RecipientRow) -> Result<Self> {
        let table = Table("notification_preferences");
        let usual = Preferences::default();
        let language = table.read_optional("language", row.language, |text| text.parse())?;
        Ok(Self {
            user_id: UserId(row.id),
            company_id: CompanyId(row.company_id),
            email: row.email,
            preferences: Preferences {
                language: language.unwrap_or(usual.language),
                by_email: row.by_email.unwrap_or(usual.by_email),
                telegram_chat_id: row.telegram_chat_id,
            },
        })
    }
}

#[async_trait]
impl NotificationRecords for SqlRecords {
    async fn recipients(&self, scope: &TenantScope, company: CompanyId) -> Result<Vec<Recipient>> {
        admit(scope, company)?;
        let administrators: Vec<RecipientRow> = fetch!(
            fetch_all,
            self.reader(),
            concat!(
                select_recipients!(),
                "users.company_id = $1 AND users.role <> 'user' ORDER BY users.id"
            ),
            company.0,
        )?;
        if !administrators.is_empty() {
            return entities(administrators);
        }
        let everybody: Vec<RecipientRow> = fetch!(
            fetch_all,
            self.reader(),
            concat!(select_recipients!(), "users.company_id = $1 ORDER BY users.id"),
            company.0,
        )?;
        entities(everybody)
    }

    async fn operators(&self, scope: &TenantScope) -> Result<Vec<Recipient>> {
        let (first, last) = bounds(scope);
        let rows: Vec<RecipientRow> = fetch!(
            fetch_all,
            self.reader(),
            concat!(
                select_recipients!(),
                "users.company_id BETWEEN $1 AND $2 AND users.role = 'superadmin' ORDER BY users.id"
            ),
            first,
            last,
        )?;
        entities(rows)
    }

    async fn insert_notice(
        &self,
        scope: &TenantScope,
        notice: &Notice,
    ) -> Result<Vec<NotificationId>> {
        let mut transaction = self.begin().await?;
        let new = insert_notice(&mut transaction, scope, notice).await?;
        transaction.commit().await?;
        Ok(new)
    }

    async fn expiring_contents(
        &self,
        scope: &TenantScope,
        company: CompanyId,
        until: NaiveDate,
    ) -> Result<Vec<ArContent>> {
        admit(scope, company)?;
        let rows: Vec<ContentRow> = fetch!(
            fetch_all,
            self.reader(),
            concat!(
                "SELECT ",
                content_columns!(),
                " FROM contents WHERE company_id = $1 AND expiry_date <= $2 AND is_active
                  AND deleted_at IS NULL ORDER BY expiry_date, id"
            ),
            company.0,
            until,
        )?;
        entities(rows)
    }

    async fn take_expiry_step(
        &self,
        scope: &TenantScope,
        content: ContentId,
        step: ExpiryStep,
        notice: &Notice,
        now: DateTime<Utc>,
    ) -> Result<Vec<NotificationId>> {
        let (first, last) = bounds(scope);
        let mut transaction = self.begin().await?;
        let changed = match step {
            ExpiryStep::Warn(last_day) => execute!(
                transaction.connection(),
                "UPDATE contents SET expiry_warned_for = $4
                 WHERE id = $1 AND company_id BETWEEN $2 AND $3 AND is_active AND expiry_date = $4
                     AND deleted_at IS NULL AND expiry_warned_for IS DISTINCT FROM $4",
                content.0,
                first,
                last,
                last_day,
            )?,
            ExpiryStep::SwitchOff(last_day) => execute!(
                transaction.connection(),
                "UPDATE contents SET is_active = FALSE, updated_at = $5
                 WHERE id = $1 AND company_id BETWEEN $2 AND $3 AND is_active AND expiry_date = $4
                     AND deleted_at IS NULL",
                content.0,
                first,
                last,
                last_day,
                now,
            )?,
        };
        if changed == 0 {
            return Ok(Vec::new());
        }
        let new = insert_notice(&mut transaction, scope, notice).await?;
        transaction.commit().await?;
        Ok(new)
    }

    async fn notifications(
        &self,
        scope: &TenantScope,
        user: UserId,
        unread_only: bool,
        page: Page,
    ) -> Result<Listing<Notification>> {
        macro_rules! listed {
            () => {
                "FROM notifications WHERE user_id = $1 AND company_id BETWEEN $2 AND $3
                     AND NOT is_deleted AND (NOT $4 OR NOT is_read)"
            };
        }
        let (first, last) = bounds(scope);
        let total = fetch!(
            fetch_one,
            self.reader(),
            concat!("SELECT COUNT(*) ", listed!()),
            user.0,
            first,
            last,
            unread_only,
        )?;
        let (limit, offset) = window(page);
        let rows: Vec<NotificationRow> = fetch!(
            fetch_all,
            self.reader(),
            concat!(
                "SELECT ",
                notification_columns!(),
                " ",
                listed!(),
                " ORDER BY created_at DESC, id DESC LIMIT $5 OFFSET $6"
            ),
            user.0,
            first,
            last,
            unread_only,
            limit,
            offset,
        )?;
        listing(rows, total, page)
    }

    async fn mark_read(
        &self,
        scope: &TenantScope,
        user: UserId,
        id: NotificationId,
    ) -> Result<bool> {
        let (first, last) = bounds(scope);
        let changed = execute!(
            self.writer(),
            "UPDATE notifications SET is_read = TRUE
             WHERE id = $1 AND user_id = $2 AND company_id BETWEEN $3 AND $4 AND NOT is_deleted",
            id.0,
            user.0,
            first,
            last,
        )?;
        Ok(changed > 0)
    }

    async fn mark_all_read(&self, scope: &TenantScope, user: UserId) -> Result<u64> {
        let (first, last) = bounds(scope);
        Ok(execute!(
            self.writer(),
            "UPDATE notifications SET is_read = TRUE
             WHERE user_id = $1 AND company_id BETWEEN $2 AND $3 AND NOT is_deleted AND NOT is_read",
            user.0,
            first,
            last,
        )?)
    }

    async fn delete_notification(
        &self,
        scope: &TenantScope,
        user: UserId,
        id: NotificationId,
    ) -> Result<bool> {
        // The row stays, so that the user is not told of the same occasion again.
        let (first, last) = bounds(scope);
        let changed = execute!(
            self.writer(),
            "UPDATE notifications SET is_deleted = TRUE
             WHERE id = $1 AND user_id = $2 AND company_id BETWEEN $3 AND $4 AND NOT is_deleted",
            id.0,
            user.0,
            first,
            last,
        )?;
        Ok(changed > 0)
    }

    async fn delivery(
        &self,
        scope: &TenantScope,
        id: DeliveryId,
    ) -> Result<Option<(Delivery, Notification)>> {
        let (first, last) = bounds(scope);
        let row: Option<WholeRow> = fetch!(
            fetch_optional,
            self.reader(),
            concat!(
                "SELECT ",
                delivery_columns!(),
                ", ",
                notification_columns!(),
                " FROM deliveries JOIN notifications ON notifications.id = deliveries.notification_id
                  WHERE deliveries.id = $1 AND deliveries.company_id BETWEEN $2 AND $3"
            ),
            id.0,
            first,
            last,
        )?;
        row.map(|row| Ok((row.delivery.try_into()?, row.notification.try_into()?))).transpose()
    }

    async fn settle_delivery(
        &self,
        scope: &TenantScope,
        id: DeliveryId,
        state: DeliveryState,
        error: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let (first, last) = bounds(scope);
        let changed = execute!(
            self.writer(),
            "UPDATE deliveries SET state = $4, last_error = $5, settled_at = $6
             WHERE id = $1 AND company_id BETWEEN $2 AND $3 AND state = 'queued'",
            id.0,
            first,
            last,
            state.as_str(),
            error.map(storable),
            now,
        )?;
        Ok(changed > 0)
    }

    async fn dead_letters(&self, scope: &TenantScope, page: Page) -> Result<Listing<DeadLetter>> {
        let (first, last) = bounds(scope);
        let total = fetch!(
            fetch_one,
            self.reader(),
            "SELECT COUNT(*) FROM deliveries WHERE state = 'dead' AND company_id BETWEEN $1 AND $2",
            first,
            last,
        )?;
        let (limit, offset) = window(page);
        let rows: Vec<DeadLetterRow> = fetch!(
            fetch_all,
            self.reader(),
            concat!(
                "SELECT ",
                delivery_columns!(),
                ", notifications.title
                  FROM deliveries JOIN notifications ON notifications.id = deliveries.notification_id
                  WHERE deliveries.state = 'dead' AND deliveries.company_id BETWEEN $1 AND $2
                  ORDER BY deliveries.created_at DESC, deliveries.id DESC LIMIT $3 OFFSET $4"
            ),
            first,
            last,
            limit,
            offset,
        )?;
        listing(rows, total, page)
    }

    async fn requeue_delivery(
        &self,
        scope: &TenantScope,
        id: DeliveryId,
        job: &NewJob,
    ) -> Result<bool> {
        let (first, last) = bounds(scope);
        let mut transaction = self.begin().await?;
        let changed = execute!(
            transaction.connection(),
            "UPDATE deliveries SET state = 'queued', settled_at = NULL
             WHERE id = $1 AND company_id BETWEEN $2 AND $3 AND state = 'dead'",
            id.0,
            first,
            last,
        )?;
        jobs::commit_with(transaction, scope, job, changed).await
    }

    async fn preferences(&self, scope: &TenantScope, user: UserId) -> Result<Preferences> {
        let (first, last) = bounds(scope);
        let row: Option<RecipientRow> = fetch!(
            fetch_optional,
            self.reader(),
            concat!(select_recipients!(), "users.id = $1 AND users.company_id BETWEEN $2 AND $3"),
            user.0,
            first,
            last,
        )?;
        let recipient = row.map(Recipient::try_from).transpose()?;
        recipient.map(|recipient| recipient.preferences).ok_or(Error::NotFound("user"))
    }

    async fn put_preferences(
        &self,
        scope: &TenantScope,
        user: UserId,
        preferences: &Preferences,
    ) -> Result<()> {
        let (first, last) = bounds(scope);
        let written = execute!(
            self.writer(),
            "INSERT INTO notification_preferences (user_id, language, by_email)
             SELECT users.id, $4, $5 FROM users
             WHERE users.id = $1 AND users.company_id BETWEEN $2 AND $3
             ON CONFLICT (user_id) DO UPDATE SET language = excluded.language,
                 by_email = excluded.by_email",
            user.0,
            first,
            last,
            preferences.language.as_str(),
            preferences.by_email,
        )?;
        if written == 0 { Err(Error::NotFound("user")) } else { Ok(()) }
    }
}

/// Writes the notifications that are new to their users, with the deliveries of those.
async fn insert_notice(
    transaction: &mut Transaction,
    scope: &TenantScope,
    notice: &Notice,
) -> Result<Vec<NotificationId>> {
    let mut new = Vec::new();
    for notification in &notice.notifications {
        if insert_notification(transaction, scope, notification).await? {
            new.push(notification.id);
        }
    }
    for (delivery, job) in &notice.deliveries {
        if new.contains(&delivery.notification_id) {
            insert_delivery(transaction, delivery).await?;
            jobs::enqueue(transaction, scope, job).await?;
        }
    }
    Ok(new)
}

async fn insert_notification(
    transaction: &mut Transaction,
    scope: &TenantScope,
    notification: &Notification,
) -> Result<bool> {
    admit(scope, notification.company_id)?;
    let inserted = execute!(
        transaction.connection(),
        "INSERT INTO notifications (id, company_id, user_id, kind, content_id, occasion, title,
             message, is_read, is_deleted, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, FALSE, $10)
         ON CONFLICT (user_id, occasion) DO NOTHING",
        notification.id.0,
        notification.company_id.0,
        notification.user_id.0,
        notification.kind.as_str(),
        notification.content_id.map(|content| content.0),
        notification.key.as_str(),
        storable(&notification.title),
        storable(&notification.message),
        notification.is_read,
        notification.created_at,
    )
    .map_err(|failure| failure.or_missing("user"))?;
    Ok(inserted > 0)
}

async fn insert_delivery(transaction: &mut Transaction, delivery: &Delivery) -> Result<()> {
    execute!(
        transaction.connection(),
        "INSERT INTO deliveries (id, company_id, notification_id, channel, recipient, language,
             state, last_error, created_at, settled_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        delivery.id.0,
        delivery.company_id.0,
        delivery.notification_id.0,
        delivery.channel.as_str(),
        delivery.recipient.as_str(),
        delivery.language.as_str(),
        delivery.state.as_str(),
        delivery.last_error.as_deref(),
        delivery.created_at,
        delivery.settled_at,
    )?;
    Ok(())
}
