-- Tries to sign in, by keyed hashes of the name that was typed and of the network; without a network those from all
-- that are not known, whose blocked_until is when the last of them would have come, had they come one an interval.
CREATE TABLE sign_in_attempts (
    name BYTEA NOT NULL,
    network BYTEA NOT NULL,
    failures BIGINT NOT NULL CHECK (failures >= 0),
    blocked_until TIMESTAMPTZ,
    tried_at TIMESTAMPTZ NOT NULL,
    signed_in_at TIMESTAMPTZ,
    PRIMARY KEY (name, network)
);
CREATE INDEX sign_in_attempts_by_age ON sign_in_attempts (tried_at) WHERE signed_in_at IS NULL;

ALTER TABLE users ADD COLUMN blocked_until TIMESTAMPTZ;

-- Until now failures locked accounts for good. Such locks were not noted, those of administrators were.
UPDATE users SET is_locked = FALSE
WHERE is_locked AND failed_attempts >= 5 AND NOT EXISTS (
    SELECT 1 FROM audit_log
    WHERE entity = 'user' AND entity_id = users.id AND action = 'locked'
);
