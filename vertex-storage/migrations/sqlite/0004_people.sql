-- How people come in, and who among a company's people is meant.

CREATE TABLE invitations (
    id BLOB NOT NULL PRIMARY KEY,
    company_id BLOB NOT NULL REFERENCES companies (id),
    token_hash BLOB NOT NULL UNIQUE,
    email TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('user', 'admin', 'superadmin')),
    invited_by BLOB NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    accepted_at TEXT
) STRICT;
CREATE INDEX invitations_by_age ON invitations (company_id, created_at, id);

ALTER TABLE users ADD COLUMN full_name_folded TEXT;
UPDATE users SET full_name_folded = LOWER(full_name);
DROP INDEX users_by_company;
CREATE INDEX users_by_name ON users (company_id, username);
CREATE INDEX users_by_age ON users (company_id, created_at, id);
