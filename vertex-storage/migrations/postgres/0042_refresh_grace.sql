-- What a refresh token was replaced by: the successor's hash, and the salt it follows from together with the token
-- itself, of which only the hash is kept, and a key that the database does not have.
ALTER TABLE refresh_tokens ADD COLUMN successor BYTEA;
ALTER TABLE refresh_tokens ADD COLUMN salt BYTEA;
