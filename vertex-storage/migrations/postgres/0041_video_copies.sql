-- Which files of a video there are besides the one that everybody gets; the ladder is heights with commas.
ALTER TABLE videos ADD COLUMN has_original BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE videos ADD COLUMN has_web_copy BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE videos ADD COLUMN ladder TEXT NOT NULL DEFAULT '';
