-- Who did what. Rows are only ever added; they outlive what they speak of, so nothing is referred to.
CREATE TABLE audit_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    username TEXT NOT NULL,
    action TEXT NOT NULL,
    entity TEXT NOT NULL,
    entity_id BLOB NOT NULL,
    label TEXT NOT NULL,
    address TEXT,
    at TEXT NOT NULL
) STRICT;
CREATE INDEX audit_log_by_age ON audit_log (company_id, at, id);
CREATE INDEX audit_log_by_entity ON audit_log (entity_id, at, id);

CREATE TABLE video_schedule_history (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id BLOB NOT NULL,
    content_id BLOB NOT NULL,
    video_id BLOB NOT NULL,
    action TEXT NOT NULL,
    performed_by TEXT,
    performed_at TEXT NOT NULL,
    starts_at TEXT,
    ends_at TEXT,
    FOREIGN KEY (video_id, content_id) REFERENCES videos (id, content_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX video_schedule_history_by_video ON video_schedule_history (video_id, id);
