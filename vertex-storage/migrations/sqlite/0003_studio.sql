-- A studio's clients and orders, an agency's folders, and contents that name them.

CREATE TABLE folders (
    id BLOB NOT NULL PRIMARY KEY,
    company_id BLOB NOT NULL REFERENCES companies (id),
    project_id BLOB NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    description TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (id, company_id),
    FOREIGN KEY (project_id, company_id) REFERENCES projects (id, company_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX folders_by_name ON folders (company_id, name_folded, id);
CREATE INDEX folders_by_age ON folders (company_id, created_at, id);
CREATE INDEX folders_by_project ON folders (project_id, name_folded, id);

CREATE TABLE clients (
    id BLOB NOT NULL PRIMARY KEY,
    company_id BLOB NOT NULL REFERENCES companies (id),
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    phone TEXT NOT NULL,
    email TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (id, company_id)
) STRICT;
CREATE INDEX clients_by_name ON clients (company_id, name_folded, id);
CREATE INDEX clients_by_age ON clients (company_id, created_at, id);
CREATE INDEX clients_by_phone ON clients (company_id, phone);
CREATE INDEX clients_by_email ON clients (company_id, email);

CREATE TABLE orders (
    id BLOB NOT NULL PRIMARY KEY,
    company_id BLOB NOT NULL REFERENCES companies (id),
    client_id BLOB NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('new', 'in_progress', 'completed', 'cancelled')),
    notes TEXT NOT NULL,
    notes_folded TEXT NOT NULL,
    completed_at TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CHECK ((status = 'completed') = (completed_at IS NOT NULL)),
    FOREIGN KEY (client_id, company_id) REFERENCES clients (id, company_id)
) STRICT;
CREATE INDEX orders_by_age ON orders (company_id, created_at, id);
CREATE INDEX orders_by_status ON orders (company_id, status, created_at, id);
CREATE INDEX orders_by_client ON orders (client_id, created_at, id);

ALTER TABLE contents ADD COLUMN client_id BLOB REFERENCES clients (id);
ALTER TABLE contents ADD COLUMN folder_id BLOB REFERENCES folders (id) ON DELETE SET NULL;
ALTER TABLE contents ADD COLUMN marker_updated_at TEXT;
-- Deleted contents and companies stay for a while, so that a deletion can be taken back.
ALTER TABLE contents ADD COLUMN deleted_at TEXT;
ALTER TABLE companies ADD COLUMN deleted_at TEXT;
ALTER TABLE videos ADD COLUMN description TEXT NOT NULL DEFAULT '';

-- A column that is added cannot be part of a foreign key of two.
CREATE TRIGGER contents_name_their_companys_rows BEFORE INSERT ON contents
WHEN NOT EXISTS (SELECT 1 WHERE NEW.client_id IS NULL UNION ALL
        SELECT 1 FROM clients WHERE id = NEW.client_id AND company_id = NEW.company_id)
    OR NOT EXISTS (SELECT 1 WHERE NEW.folder_id IS NULL UNION ALL
        SELECT 1 FROM folders WHERE id = NEW.folder_id AND company_id = NEW.company_id)
BEGIN
    SELECT RAISE(ABORT, 'a content names a row of another company');
END;
CREATE TRIGGER contents_keep_their_companys_rows BEFORE UPDATE OF client_id, folder_id ON contents
WHEN NOT EXISTS (SELECT 1 WHERE NEW.client_id IS NULL UNION ALL
        SELECT 1 FROM clients WHERE id = NEW.client_id AND company_id = NEW.company_id)
    OR NOT EXISTS (SELECT 1 WHERE NEW.folder_id IS NULL UNION ALL
        SELECT 1 FROM folders WHERE id = NEW.folder_id AND company_id = NEW.company_id)
BEGIN
    SELECT RAISE(ABORT, 'a content names a row of another company');
END;

CREATE INDEX contents_by_client ON contents (client_id, created_at, id);
CREATE INDEX contents_by_folder ON contents (folder_id, created_at, id);
CREATE INDEX contents_by_title ON contents (company_id, title_folded, id);
CREATE INDEX contents_by_last_day ON contents (company_id, expiry_date, id);
CREATE INDEX contents_by_views ON contents (company_id, view_count, id);
CREATE INDEX contents_by_marker_status ON contents (company_id, marker_status, created_at, id);
CREATE INDEX companies_by_age ON companies (created_at, id);
CREATE INDEX projects_by_age ON projects (company_id, created_at, id);
CREATE INDEX videos_by_company ON videos (company_id, bytes);
