-- What was measured of the picture when its markers were made; NULL for contents older than that.
ALTER TABLE contents ADD COLUMN quality JSONB;
