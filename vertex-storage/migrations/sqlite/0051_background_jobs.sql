-- A lane for what nobody waits for: it never holds up what somebody does. A check of a column changes with the column.
DROP INDEX jobs_waiting;
DROP INDEX jobs_running;
ALTER TABLE jobs DROP COLUMN lane;
ALTER TABLE jobs ADD COLUMN lane TEXT NOT NULL DEFAULT 'short' CHECK (lane IN ('short', 'long', 'background'));
UPDATE jobs SET lane = 'long' WHERE kind IN
    ('convert_video', 'purge_content', 'purge_company', 'move_storage', 'empty_storage', 'remove_objects');
CREATE INDEX jobs_waiting ON jobs (lane, company_id, run_at, id) WHERE state = 'queued';
CREATE INDEX jobs_running ON jobs (lane, company_id) WHERE state = 'running';
INSERT INTO job_turns (lane, served) VALUES ('background', zeroblob(16));
