-- What keeps browsers from playing a video as it is, and us from decoding it; why something of it could not be made.
ALTER TABLE videos ADD COLUMN audio_codec TEXT;
ALTER TABLE videos ADD COLUMN web_obstacle TEXT;
ALTER TABLE videos ADD COLUMN decoding_obstacle TEXT;
ALTER TABLE videos ADD COLUMN preview_failure TEXT;
ALTER TABLE videos ADD COLUMN copies_failure TEXT;

-- Of older videos their codec strings tell, where H.264 is of the Baseline, Main or High profile.
UPDATE videos SET
    web_obstacle = 'pictures in ' || COALESCE(codec, 'an unknown codec'),
    decoding_obstacle = COALESCE(codec, 'an unknown codec')
WHERE codec IS NULL
    OR substr(codec, 1, 7) NOT IN ('avc1.42', 'avc1.4d', 'avc1.64', 'avc3.42', 'avc3.4d', 'avc3.64');
