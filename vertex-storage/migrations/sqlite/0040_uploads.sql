-- What a company may keep; without a row, or where a column is empty, there is no limit.
CREATE TABLE company_quotas (
    company_id BLOB NOT NULL PRIMARY KEY REFERENCES companies (id) ON DELETE CASCADE,
    max_bytes INTEGER CHECK (max_bytes >= 0),
    max_files INTEGER CHECK (max_files >= 0),
    max_uploads INTEGER CHECK (max_uploads >= 0)
) STRICT;

-- Room for files on their way in. The row of the file takes its place in one transaction.
CREATE TABLE reservations (
    id BLOB NOT NULL PRIMARY KEY,
    company_id BLOB NOT NULL REFERENCES companies (id) ON DELETE CASCADE,
    bytes INTEGER NOT NULL CHECK (bytes >= 0),
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX reservations_by_company ON reservations (company_id, expires_at, bytes);

-- Uploads that may come in parts. The bytes wait on the server's disk until all are there.
CREATE TABLE uploads (
    id BLOB NOT NULL PRIMARY KEY,
    company_id BLOB NOT NULL REFERENCES companies (id) ON DELETE CASCADE,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    address TEXT,
    metadata TEXT NOT NULL CHECK (json_valid(metadata)),
    length INTEGER NOT NULL CHECK (length > 0),
    received INTEGER NOT NULL CHECK (received BETWEEN 0 AND length),
    state TEXT NOT NULL CHECK (state IN ('receiving', 'checking', 'done', 'failed')),
    made_id BLOB CHECK ((made_id IS NOT NULL) = (state = 'done')),
    refusal TEXT CHECK ((refusal IS NOT NULL) = (state = 'failed')),
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX uploads_by_company ON uploads (company_id);
CREATE INDEX uploads_by_user ON uploads (user_id);
CREATE INDEX uploads_by_end ON uploads (expires_at);

-- What a company keeps is added up from these alone.
CREATE INDEX contents_by_size ON contents (company_id, image_bytes);
CREATE INDEX videos_by_size ON videos (company_id, bytes);
