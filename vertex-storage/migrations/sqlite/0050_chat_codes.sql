-- Codes that connect a chat with the bot, one for a user; digest is a keyed hash.
CREATE TABLE chat_codes (
    user_id BLOB NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    digest BLOB NOT NULL UNIQUE,
    created_at TEXT NOT NULL
) STRICT;
