-- Where companies keep their files, and the places they are leaving. Secrets are sealed.
CREATE TABLE storage_connections (
    id BLOB NOT NULL PRIMARY KEY,
    company_id BLOB NOT NULL REFERENCES companies (id),
    part TEXT NOT NULL CHECK (part IN ('current', 'leaving')),
    place TEXT NOT NULL,
    secrets BLOB,
    withdrawn_at TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    moved_objects INTEGER NOT NULL DEFAULT 0 CHECK (moved_objects >= 0),
    moved_bytes INTEGER NOT NULL DEFAULT 0 CHECK (moved_bytes >= 0),
    copying TEXT,
    problem TEXT,
    moved_at TEXT,
    UNIQUE (company_id, part)
) STRICT;
