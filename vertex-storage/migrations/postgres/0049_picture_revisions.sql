-- A picture may take the place of another; its file then has a name of its own.
ALTER TABLE contents ADD COLUMN image_revision BIGINT NOT NULL DEFAULT 0;
