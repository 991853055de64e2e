-- What each user has been told. The key names the occasion: nobody is told of the same one twice.
CREATE TABLE notifications (
    id UUID NOT NULL PRIMARY KEY,
    company_id UUID NOT NULL REFERENCES companies (id) ON DELETE CASCADE,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('expiring', 'expired', 'marker_failed', 'alert')),
    content_id UUID,
    occasion TEXT NOT NULL,
    title TEXT NOT NULL,
    message TEXT NOT NULL,
    is_read BOOLEAN NOT NULL,
    is_deleted BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX notifications_by_occasion ON notifications (user_id, occasion);
CREATE INDEX notifications_by_user ON notifications (user_id, created_at, id);
CREATE INDEX notifications_by_company ON notifications (company_id);

-- The outbox: a notification on its way through a channel. A job brings each out.
CREATE TABLE deliveries (
    id UUID NOT NULL PRIMARY KEY,
    company_id UUID NOT NULL REFERENCES companies (id) ON DELETE CASCADE,
    notification_id UUID NOT NULL REFERENCES notifications (id) ON DELETE CASCADE,
    channel TEXT NOT NULL CHECK (channel IN ('email', 'telegram')),
    recipient TEXT NOT NULL,
    language TEXT NOT NULL CHECK (language IN ('en', 'ru')),
    state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'dead')),
    last_error TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    settled_at TIMESTAMPTZ,
    UNIQUE (notification_id, channel)
);
CREATE INDEX deliveries_dead ON deliveries (company_id, created_at, id) WHERE state = 'dead';
CREATE INDEX deliveries_by_company ON deliveries (company_id);

-- How users want to be told; who chose nothing has no row.
CREATE TABLE notification_preferences (
    user_id UUID NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    language TEXT NOT NULL CHECK (language IN ('en', 'ru')),
    by_email BOOLEAN NOT NULL,
    telegram_chat_id TEXT
);

-- The last day people have been warned of; another day is another warning.
ALTER TABLE contents ADD COLUMN expiry_warned_for DATE;
CREATE INDEX contents_by_expiry ON contents (company_id, expiry_date) WHERE expiry_date IS NOT NULL;
