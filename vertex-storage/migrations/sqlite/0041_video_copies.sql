-- Which files of a video there are besides the one that everybody gets; the ladder is heights with commas.
ALTER TABLE videos ADD COLUMN has_original INTEGER NOT NULL DEFAULT 0 CHECK (has_original IN (0, 1));
ALTER TABLE videos ADD COLUMN has_web_copy INTEGER NOT NULL DEFAULT 0 CHECK (has_web_copy IN (0, 1));
ALTER TABLE videos ADD COLUMN ladder TEXT NOT NULL DEFAULT '';
