-- A *_folded column holds its neighbour without case, for searching and sorting;
-- it sorts by code point, so that lists come in the same order on every server.

CREATE TABLE companies (
    id UUID NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    name_folded TEXT COLLATE "C" NOT NULL,
    slug TEXT NOT NULL UNIQUE,
    contact_email TEXT,
    timezone TEXT NOT NULL,
    is_active BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX companies_by_name ON companies (name_folded, id);

CREATE TABLE users (
    id UUID NOT NULL PRIMARY KEY,
    company_id UUID NOT NULL REFERENCES companies (id),
    username TEXT NOT NULL UNIQUE,
    email TEXT UNIQUE,
    full_name TEXT,
    role TEXT NOT NULL CHECK (role IN ('user', 'admin', 'superadmin')),
    password_hash TEXT NOT NULL,
    is_active BOOLEAN NOT NULL,
    is_locked BOOLEAN NOT NULL,
    failed_attempts BIGINT NOT NULL CHECK (failed_attempts >= 0),
    last_login TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX users_by_company ON users (company_id);

CREATE TABLE auth_sessions (
    id UUID NOT NULL PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ
);
CREATE INDEX auth_sessions_by_user ON auth_sessions (user_id);

CREATE TABLE refresh_tokens (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    session_id UUID NOT NULL REFERENCES auth_sessions (id) ON DELETE CASCADE,
    created_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

CREATE TABLE projects (
    id UUID NOT NULL PRIMARY KEY,
    company_id UUID NOT NULL REFERENCES companies (id),
    name TEXT NOT NULL,
    name_folded TEXT COLLATE "C" NOT NULL,
    description TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    UNIQUE (id, company_id)
);
CREATE INDEX projects_by_name ON projects (company_id, name_folded, id);

CREATE TABLE contents (
    id UUID NOT NULL PRIMARY KEY,
    company_id UUID NOT NULL REFERENCES companies (id),
    unique_id TEXT NOT NULL UNIQUE,
    permanent_link TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    title_folded TEXT COLLATE "C" NOT NULL,
    image_format TEXT NOT NULL CHECK (image_format IN ('jpg', 'png', 'webp')),
    image_width BIGINT NOT NULL CHECK (image_width > 0),
    image_height BIGINT NOT NULL CHECK (image_height > 0),
    image_bytes BIGINT NOT NULL CHECK (image_bytes >= 0),
    brightness DOUBLE PRECISION NOT NULL,
    contrast DOUBLE PRECISION NOT NULL,
    contrast_band TEXT NOT NULL CHECK (contrast_band IN ('poor', 'fair', 'good', 'excellent')),
    marker_status TEXT NOT NULL
        CHECK (marker_status IN ('pending', 'processing', 'ready', 'failed')),
    marker_error TEXT CHECK (marker_error IS NULL OR marker_status = 'failed'),
    expiry_date DATE,
    is_active BOOLEAN NOT NULL,
    view_count BIGINT NOT NULL CHECK (view_count >= 0),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    UNIQUE (id, company_id)
);
CREATE INDEX contents_by_age ON contents (company_id, created_at, id);

-- The pairs of foreign keys keep members and projects inside one company.
CREATE TABLE content_projects (
    company_id UUID NOT NULL,
    content_id UUID NOT NULL,
    project_id UUID NOT NULL,
    PRIMARY KEY (project_id, content_id),
    FOREIGN KEY (content_id, company_id) REFERENCES contents (id, company_id) ON DELETE CASCADE,
    FOREIGN KEY (project_id, company_id) REFERENCES projects (id, company_id) ON DELETE CASCADE
);
CREATE INDEX content_projects_by_content ON content_projects (content_id);

CREATE TABLE videos (
    id UUID NOT NULL PRIMARY KEY,
    company_id UUID NOT NULL,
    content_id UUID NOT NULL,
    title TEXT NOT NULL,
    container TEXT NOT NULL CHECK (container IN ('mp4', 'mov', 'webm')),
    bytes BIGINT NOT NULL CHECK (bytes >= 0),
    duration_seconds DOUBLE PRECISION,
    codec TEXT,
    width BIGINT,
    height BIGINT,
    has_preview BOOLEAN NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'inactive', 'archived')),
    starts_at TIMESTAMPTZ,
    ends_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    UNIQUE (id, content_id),
    FOREIGN KEY (content_id, company_id) REFERENCES contents (id, company_id) ON DELETE CASCADE
);
CREATE INDEX videos_by_content ON videos (content_id, created_at, id);

CREATE TABLE rotation_rules (
    id UUID NOT NULL PRIMARY KEY,
    company_id UUID NOT NULL,
    content_id UUID NOT NULL UNIQUE,
    rotation_type TEXT NOT NULL CHECK (rotation_type IN
        ('none', 'sequential', 'cyclic', 'daily_cycle', 'date_specific', 'random_daily')),
    schedule JSONB NOT NULL,
    default_video_id UUID,
    start_date DATE NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    FOREIGN KEY (content_id, company_id) REFERENCES contents (id, company_id) ON DELETE CASCADE,
    FOREIGN KEY (default_video_id, content_id) REFERENCES videos (id, content_id)
        ON DELETE SET NULL (default_video_id)
);
CREATE INDEX rotation_rules_by_video ON rotation_rules (default_video_id);

CREATE TABLE view_sessions (
    id UUID NOT NULL PRIMARY KEY,
    company_id UUID NOT NULL,
    content_id UUID NOT NULL,
    video_id UUID,
    device_type TEXT NOT NULL CHECK (device_type IN ('mobile', 'tablet', 'desktop')),
    browser TEXT,
    avg_fps DOUBLE PRECISION,
    duration_seconds DOUBLE PRECISION NOT NULL,
    viewed_at TIMESTAMPTZ NOT NULL,
    FOREIGN KEY (content_id, company_id) REFERENCES contents (id, company_id) ON DELETE CASCADE,
    FOREIGN KEY (video_id, content_id) REFERENCES videos (id, content_id)
        ON DELETE SET NULL (video_id)
);
CREATE INDEX view_sessions_by_content ON view_sessions (content_id, viewed_at);
CREATE INDEX view_sessions_by_company ON view_sessions (company_id, viewed_at);
CREATE INDEX view_sessions_by_video ON view_sessions (video_id);

-- A job's id is a UUIDv7: it tells when the job was queued.
CREATE TABLE jobs (
    id UUID NOT NULL PRIMARY KEY,
    company_id UUID NOT NULL REFERENCES companies (id),
    kind TEXT NOT NULL,
    payload JSONB NOT NULL,
    idempotency_key TEXT,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'given_up')),
    attempts BIGINT NOT NULL CHECK (attempts >= 0),
    run_at TIMESTAMPTZ NOT NULL,
    lease_until TIMESTAMPTZ,
    holder TEXT,
    last_error TEXT,
    finished_at TIMESTAMPTZ,
    CHECK (state <> 'running' OR (lease_until IS NOT NULL AND holder IS NOT NULL))
);
CREATE INDEX jobs_by_company ON jobs (company_id);
CREATE INDEX jobs_by_turn ON jobs (run_at, id) WHERE state IN ('queued', 'running');
CREATE UNIQUE INDEX jobs_idempotency ON jobs (idempotency_key)
    WHERE state IN ('queued', 'running');
