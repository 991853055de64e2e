-- Which database this is, and how often somebody has tried whether it can be written to. One row.
CREATE TABLE installation (
    id UUID NOT NULL PRIMARY KEY,
    heartbeat BIGINT NOT NULL
);
INSERT INTO installation (id, heartbeat) VALUES (gen_random_uuid(), 0);
