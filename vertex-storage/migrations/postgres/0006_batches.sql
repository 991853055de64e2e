-- Contents whose markers were asked for together.
CREATE TABLE marker_batches (
    id UUID NOT NULL PRIMARY KEY,
    company_id UUID NOT NULL REFERENCES companies (id),
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX marker_batches_by_age ON marker_batches (company_id, created_at, id);

CREATE TABLE marker_batch_contents (
    batch_id UUID NOT NULL REFERENCES marker_batches (id) ON DELETE CASCADE,
    content_id UUID NOT NULL REFERENCES contents (id) ON DELETE CASCADE,
    PRIMARY KEY (batch_id, content_id)
);
CREATE INDEX marker_batch_contents_by_content ON marker_batch_contents (content_id);

-- What housekeeping looks for.
CREATE INDEX jobs_by_end ON jobs (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX auth_sessions_by_end ON auth_sessions (expires_at);
CREATE INDEX refresh_tokens_by_use ON refresh_tokens (used_at) WHERE used_at IS NOT NULL;
