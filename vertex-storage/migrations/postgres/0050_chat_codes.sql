-- Codes that connect a chat with the bot, one for a user; digest is a keyed hash.
CREATE TABLE chat_codes (
    user_id UUID NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    digest BYTEA NOT NULL UNIQUE,
    created_at TIMESTAMPTZ NOT NULL
);
