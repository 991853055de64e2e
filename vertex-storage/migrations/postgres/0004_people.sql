-- How people come in, and who among a company's people is meant.

CREATE TABLE invitations (
    id UUID NOT NULL PRIMARY KEY,
    company_id UUID NOT NULL REFERENCES companies (id),
    token_hash BYTEA NOT NULL UNIQUE,
    email TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('user', 'admin', 'superadmin')),
    invited_by UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    accepted_at TIMESTAMPTZ
);
CREATE INDEX invitations_by_age ON invitations (company_id, created_at, id);

ALTER TABLE users ADD COLUMN full_name_folded TEXT COLLATE "C";
UPDATE users SET full_name_folded = LOWER(full_name);
DROP INDEX users_by_company;
CREATE INDEX users_by_name ON users (company_id, username);
CREATE INDEX users_by_age ON users (company_id, created_at, id);
