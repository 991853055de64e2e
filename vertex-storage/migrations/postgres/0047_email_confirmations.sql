-- The address that waits for its confirmation. Those that were there before count as confirmed.
ALTER TABLE users ADD COLUMN pending_email TEXT;

-- Letters that ask for a confirmation; mailbox is a keyed hash. They outlive their users, so that making users anew
-- brings nobody more letters.
CREATE TABLE email_confirmations (
    id UUID NOT NULL PRIMARY KEY,
    user_id UUID NOT NULL,
    mailbox BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ
);
CREATE INDEX email_confirmations_by_age ON email_confirmations (created_at);

-- The last one. Whoever adds another waits for this row, so that the limits hold however many come at once.
CREATE TABLE email_confirmation_turn (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    added_at TIMESTAMPTZ
);
INSERT INTO email_confirmation_turn (id, added_at) VALUES (1, NULL);
