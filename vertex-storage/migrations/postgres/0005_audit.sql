-- Who did what. Rows are only ever added; they outlive what they speak of, so nothing is referred to.
CREATE TABLE audit_log (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    company_id UUID NOT NULL,
    user_id UUID NOT NULL,
    username TEXT NOT NULL,
    action TEXT NOT NULL,
    entity TEXT NOT NULL,
    entity_id UUID NOT NULL,
    label TEXT NOT NULL,
    address TEXT,
    at TIMESTAMPTZ NOT NULL
);
CREATE INDEX audit_log_by_age ON audit_log (company_id, at, id);
CREATE INDEX audit_log_by_entity ON audit_log (entity_id, at, id);

CREATE TABLE video_schedule_history (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    company_id UUID NOT NULL,
    content_id UUID NOT NULL,
    video_id UUID NOT NULL,
    action TEXT NOT NULL,
    performed_by TEXT,
    performed_at TIMESTAMPTZ NOT NULL,
    starts_at TIMESTAMPTZ,
    ends_at TIMESTAMPTZ,
    FOREIGN KEY (video_id, content_id) REFERENCES videos (id, content_id) ON DELETE CASCADE
);
CREATE INDEX video_schedule_history_by_video ON video_schedule_history (video_id, id);
