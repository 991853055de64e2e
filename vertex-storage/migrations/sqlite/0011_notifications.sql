-- What each user has been told. The key names the occasion: nobody is told of the same one twice.
CREATE TABLE notifications (
    id BLOB NOT NULL PRIMARY KEY,
    company_id BLOB NOT NULL REFERENCES companies (id) ON DELETE CASCADE,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('expiring', 'expired', 'marker_failed', 'alert')),
    content_id BLOB,
    occasion TEXT NOT NULL,
    title TEXT NOT NULL,
    message TEXT NOT NULL,
    is_read INTEGER NOT NULL CHECK (is_read IN (0, 1)),
    is_deleted INTEGER NOT NULL CHECK (is_deleted IN (0, 1)),
    created_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX notifications_by_occasion ON notifications (user_id, occasion);
CREATE INDEX notifications_by_user ON notifications (user_id, created_at, id);
CREATE INDEX notifications_by_company ON notifications (company_id);

-- The outbox: a notification on its way through a channel. A job brings each out.
CREATE TABLE deliveries (
    id BLOB NOT NULL PRIMARY KEY,
    company_id BLOB NOT NULL REFERENCES companies (id) ON DELETE CASCADE,
    notification_id BLOB NOT NULL REFERENCES notifications (id) ON DELETE CASCADE,
    channel TEXT NOT NULL CHECK (channel IN ('email', 'telegram')),
    recipient TEXT NOT NULL,
    language TEXT NOT NULL CHECK (language IN ('en', 'ru')),
    state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'dead')),
    last_error TEXT,
    created_at TEXT NOT NULL,
    settled_at TEXT,
    UNIQUE (notification_id, channel)
) STRICT;
CREATE INDEX deliveries_dead ON deliveries (company_id, created_at, id) WHERE state = 'dead';
CREATE INDEX deliveries_by_company ON deliveries (company_id);

-- How users want to be told; who chose nothing has no row.
CREATE TABLE notification_preferences (
    user_id BLOB NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    language TEXT NOT NULL CHECK (language IN ('en', 'ru')),
    by_email INTEGER NOT NULL CHECK (by_email IN (0, 1)),
    telegram_chat_id TEXT
) STRICT;

-- The last day people have been warned of; another day is another warning.
ALTER TABLE contents ADD COLUMN expiry_warned_for TEXT;
CREATE INDEX contents_by_expiry ON contents (company_id, expiry_date) WHERE expiry_date IS NOT NULL;
