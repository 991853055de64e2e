-- Which database this is, and how often somebody has tried whether it can be written to. One row.
CREATE TABLE installation (
    id BLOB NOT NULL PRIMARY KEY,
    heartbeat INTEGER NOT NULL
) STRICT;
INSERT INTO installation (id, heartbeat) VALUES (randomblob(16), 0);
