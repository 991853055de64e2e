-- What was measured of the picture when its markers were made; NULL for contents older than that.
ALTER TABLE contents ADD COLUMN quality TEXT CHECK (quality IS NULL OR json_valid(quality));
