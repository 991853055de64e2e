-- Ids are the 16 bytes of a UUID, instants RFC 3339 texts in UTC, days ISO 8601 texts.
-- A *_folded column holds its neighbour without case, for searching and sorting.

CREATE TABLE companies (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    slug TEXT NOT NULL UNIQUE,
    contact_email TEXT,
    timezone TEXT NOT NULL,
    is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX companies_by_name ON companies (name_folded, id);

CREATE TABLE users (
    id BLOB NOT NULL PRIMARY KEY,
    company_id BLOB NOT NULL REFERENCES companies (id),
    username TEXT NOT NULL UNIQUE,
    email TEXT UNIQUE,
    full_name TEXT,
    role TEXT NOT NULL CHECK (role IN ('user', 'admin', 'superadmin')),
    password_hash TEXT NOT NULL,
    is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
    is_locked INTEGER NOT NULL CHECK (is_locked IN (0, 1)),
    failed_attempts INTEGER NOT NULL CHECK (failed_attempts >= 0),
    last_login TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX users_by_company ON users (company_id);

CREATE TABLE auth_sessions (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    revoked_at TEXT
) STRICT;
CREATE INDEX auth_sessions_by_user ON auth_sessions (user_id);

CREATE TABLE refresh_tokens (
    token_hash BLOB NOT NULL PRIMARY KEY,
    session_id BLOB NOT NULL REFERENCES auth_sessions (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    used_at TEXT
) STRICT;
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

CREATE TABLE projects (
    id BLOB NOT NULL PRIMARY KEY,
    company_id BLOB NOT NULL REFERENCES companies (id),
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    description TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (id, company_id)
) STRICT;
CREATE INDEX projects_by_name ON projects (company_id, name_folded, id);

CREATE TABLE contents (
    id BLOB NOT NULL PRIMARY KEY,
    company_id BLOB NOT NULL REFERENCES companies (id),
    unique_id TEXT NOT NULL UNIQUE,
    permanent_link TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    title_folded TEXT NOT NULL,
    image_format TEXT NOT NULL CHECK (image_format IN ('jpg', 'png', 'webp')),
    image_width INTEGER NOT NULL CHECK (image_width > 0),
    image_height INTEGER NOT NULL CHECK (image_height > 0),
    image_bytes INTEGER NOT NULL CHECK (image_bytes >= 0),
    brightness REAL NOT NULL,
    contrast REAL NOT NULL,
    contrast_band TEXT NOT NULL CHECK (contrast_band IN ('poor', 'fair', 'good', 'excellent')),
    marker_status TEXT NOT NULL
        CHECK (marker_status IN ('pending', 'processing', 'ready', 'failed')),
    marker_error TEXT CHECK (marker_error IS NULL OR marker_status = 'failed'),
    expiry_date TEXT,
    is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
    view_count INTEGER NOT NULL CHECK (view_count >= 0),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (id, company_id)
) STRICT;
CREATE INDEX contents_by_age ON contents (company_id, created_at, id);

-- The pairs of foreign keys keep members and projects inside one company.
CREATE TABLE content_projects (
    company_id BLOB NOT NULL,
    content_id BLOB NOT NULL,
    project_id BLOB NOT NULL,
    PRIMARY KEY (project_id, content_id),
    FOREIGN KEY (content_id, company_id) REFERENCES contents (id, company_id) ON DELETE CASCADE,
    FOREIGN KEY (project_id, company_id) REFERENCES projects (id, company_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX content_projects_by_content ON content_projects (content_id);

CREATE TABLE videos (
    id BLOB NOT NULL PRIMARY KEY,
    company_id BLOB NOT NULL,
    content_id BLOB NOT NULL,
    title TEXT NOT NULL,
    container TEXT NOT NULL CHECK (container IN ('mp4', 'mov', 'webm')),
    bytes INTEGER NOT NULL CHECK (bytes >= 0),
    duration_seconds REAL,
    codec TEXT,
    width INTEGER,
    height INTEGER,
    has_preview INTEGER NOT NULL CHECK (has_preview IN (0, 1)),
    status TEXT NOT NULL CHECK (status IN ('active', 'inactive', 'archived')),
    starts_at TEXT,
    ends_at TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (id, content_id),
    FOREIGN KEY (content_id, company_id) REFERENCES contents (id, company_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX videos_by_content ON videos (content_id, created_at, id);

CREATE TABLE rotation_rules (
    id BLOB NOT NULL PRIMARY KEY,
    company_id BLOB NOT NULL,
    content_id BLOB NOT NULL UNIQUE,
    rotation_type TEXT NOT NULL CHECK (rotation_type IN
        ('none', 'sequential', 'cyclic', 'daily_cycle', 'date_specific', 'random_daily')),
    schedule TEXT NOT NULL CHECK (json_valid(schedule)),
    default_video_id BLOB,
    start_date TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    FOREIGN KEY (content_id, company_id) REFERENCES contents (id, company_id) ON DELETE CASCADE,
    FOREIGN KEY (default_video_id, content_id) REFERENCES videos (id, content_id)
) STRICT;
CREATE INDEX rotation_rules_by_video ON rotation_rules (default_video_id);

CREATE TABLE view_sessions (
    id BLOB NOT NULL PRIMARY KEY,
    company_id BLOB NOT NULL,
    content_id BLOB NOT NULL,
    video_id BLOB,
    device_type TEXT NOT NULL CHECK (device_type IN ('mobile', 'tablet', 'desktop')),
    browser TEXT,
    avg_fps REAL,
    duration_seconds REAL NOT NULL,
    viewed_at TEXT NOT NULL,
    FOREIGN KEY (content_id, company_id) REFERENCES contents (id, company_id) ON DELETE CASCADE,
    FOREIGN KEY (video_id, content_id) REFERENCES videos (id, content_id)
) STRICT;
CREATE INDEX view_sessions_by_content ON view_sessions (content_id, viewed_at);
CREATE INDEX view_sessions_by_company ON view_sessions (company_id, viewed_at);
CREATE INDEX view_sessions_by_video ON view_sessions (video_id);

-- A video that goes leaves what named it; SQLite cannot set one column of a key to NULL by itself.
CREATE TRIGGER videos_leave_their_rules BEFORE DELETE ON videos
BEGIN
    UPDATE rotation_rules SET default_video_id = NULL WHERE default_video_id = OLD.id;
    UPDATE view_sessions SET video_id = NULL WHERE video_id = OLD.id;
END;

-- A job's id is a UUIDv7: it tells when the job was queued.
CREATE TABLE jobs (
    id BLOB NOT NULL PRIMARY KEY,
    company_id BLOB NOT NULL REFERENCES companies (id),
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    idempotency_key TEXT,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'given_up')),
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    run_at TEXT NOT NULL,
    lease_until TEXT,
    holder TEXT,
    last_error TEXT,
    finished_at TEXT,
    CHECK (state <> 'running' OR (lease_until IS NOT NULL AND holder IS NOT NULL))
) STRICT;
CREATE INDEX jobs_by_company ON jobs (company_id);
CREATE INDEX jobs_by_turn ON jobs (run_at, id) WHERE state IN ('queued', 'running');
CREATE UNIQUE INDEX jobs_idempotency ON jobs (idempotency_key)
    WHERE state IN ('queued', 'running');
