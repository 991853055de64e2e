-- Where companies keep their files, and the places they are leaving. Secrets are sealed.
CREATE TABLE storage_connections (
    id UUID NOT NULL PRIMARY KEY,
    company_id UUID NOT NULL REFERENCES companies (id),
    part TEXT NOT NULL CHECK (part IN ('current', 'leaving')),
    place TEXT NOT NULL,
    secrets BYTEA,
    withdrawn_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    moved_objects BIGINT NOT NULL DEFAULT 0 CHECK (moved_objects >= 0),
    moved_bytes BIGINT NOT NULL DEFAULT 0 CHECK (moved_bytes >= 0),
    copying TEXT,
    problem TEXT,
    moved_at TIMESTAMPTZ,
    UNIQUE (company_id, part)
);
