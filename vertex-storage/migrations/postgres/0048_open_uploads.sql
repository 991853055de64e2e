-- Uploads under way are counted before each new one.
CREATE INDEX uploads_open_by_company ON uploads (company_id) WHERE state IN ('receiving', 'checking');
CREATE INDEX uploads_open_by_user ON uploads (user_id) WHERE state IN ('receiving', 'checking');
