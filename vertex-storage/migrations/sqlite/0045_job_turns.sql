-- Jobs are claimed in turns by company, in two lanes: short ones, and those that may take hours.
ALTER TABLE jobs ADD COLUMN lane TEXT NOT NULL DEFAULT 'short' CHECK (lane IN ('short', 'long'));
UPDATE jobs SET lane = 'long' WHERE kind IN
    ('convert_video', 'purge_content', 'purge_company', 'move_storage', 'empty_storage', 'remove_objects');

-- What a running job was asked for once more meanwhile, and not before when.
ALTER TABLE jobs ADD COLUMN next_payload TEXT;
ALTER TABLE jobs ADD COLUMN next_run_at TEXT;

CREATE INDEX jobs_waiting ON jobs (lane, company_id, run_at, id) WHERE state = 'queued';
CREATE INDEX jobs_running ON jobs (lane, company_id) WHERE state = 'running';

-- The company that was served last in each lane.
CREATE TABLE job_turns (
    lane TEXT NOT NULL PRIMARY KEY,
    served BLOB NOT NULL
) STRICT;
INSERT INTO job_turns (lane, served) VALUES ('short', zeroblob(16)), ('long', zeroblob(16));
