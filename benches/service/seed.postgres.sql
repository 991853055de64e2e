-- The same as seed.sqlite.sql, in PostgreSQL's words.
CREATE TEMP TABLE company AS SELECT id FROM companies WHERE slug = 'vertex-ar';
CREATE FUNCTION pg_temp.number(prefix TEXT, i BIGINT) RETURNS UUID LANGUAGE SQL AS
    $$ SELECT (prefix || lpad(i::TEXT, 32 - length(prefix), '0'))::UUID $$;
SELECT ensure_view_partitions((now() - INTERVAL '31 days')::DATE, (now() + INTERVAL '1 day')::DATE);

INSERT INTO contents (id, company_id, unique_id, permanent_link, title, title_folded, image_format,
    image_width, image_height, image_bytes, brightness, contrast, contrast_band, marker_status,
    is_active, view_count, created_at, updated_at)
SELECT pg_temp.number('', i), company.id, 'C' || replace(lpad(i::TEXT, 9, '0'), '0', 'a'), 'portrait-' || i,
    'Portrait ' || i, 'portrait ' || i, 'jpg', 1200, 800, 345678, 101.5, 45.25, 'fair', 'ready', TRUE, 0, at, at
FROM (SELECT i, now() - INTERVAL '30 days' - (:contents - i) * INTERVAL '1 minute' AS at
      FROM generate_series(1, :contents) AS i) AS n, company;

INSERT INTO videos (id, company_id, content_id, title, container, bytes, duration_seconds, codec, width,
    height, has_preview, status, created_at, updated_at)
SELECT pg_temp.number('a' || number, i), contents.company_id, contents.id, 'Clip ' || number, 'mp4', 5000000, 12.5,
    'avc1.64001f', 1280, 720, TRUE, CASE number WHEN 1 THEN 'active' ELSE 'inactive' END, contents.created_at,
    contents.created_at
FROM generate_series(1, :contents) AS i JOIN contents ON contents.id = pg_temp.number('', i),
    generate_series(1, 3) AS number;

INSERT INTO view_sessions (id, company_id, content_id, video_id, device_type, browser, avg_fps,
    duration_seconds, viewed_at, day)
SELECT pg_temp.number('', i), company.id, pg_temp.number('', content), pg_temp.number('a' || (1 + i % 2), content),
    CASE WHEN i % 16 = 0 THEN 'desktop' WHEN i % 16 < 4 THEN 'tablet' ELSE 'mobile' END, 'Chrome 131',
    20.0 + (i % 20), 5.0 + (i % 50), at, (at AT TIME ZONE 'UTC')::DATE
FROM (SELECT i, 1 + floor(power(random(), 3) * :contents)::BIGINT AS content,
          now() - ((:sessions - i) * 2592000.0 / :sessions) * INTERVAL '1 second' AS at
      FROM generate_series(1, :sessions) AS i) AS n, company;

INSERT INTO daily_video_views
SELECT company_id, content_id, day, device_type, video_id, COUNT(*), COUNT(avg_fps), SUM(avg_fps),
    SUM(duration_seconds)
FROM view_sessions GROUP BY 1, 2, 3, 4, 5;
INSERT INTO daily_content_views
SELECT company_id, content_id, day, SUM(views) FROM daily_video_views GROUP BY 1, 2, 3;
INSERT INTO daily_views
SELECT company_id, day, device_type, SUM(views), SUM(measured), SUM(fps_sum), SUM(seconds)
FROM daily_video_views GROUP BY 1, 2, 3;
UPDATE contents SET view_count = counted.views
FROM (SELECT content_id, SUM(views) AS views FROM daily_content_views GROUP BY content_id) AS counted
WHERE contents.id = counted.content_id;

CREATE TEMP TABLE n AS SELECT i, now() - i * INTERVAL '1 minute' AS at FROM generate_series(1, 10 * :contents) AS i;

INSERT INTO clients (id, company_id, name, name_folded, phone, email, created_at, updated_at)
SELECT pg_temp.number('c', i), company.id, 'Client ' || i, 'client ' || i, '+79' || lpad(i::TEXT, 9, '0'),
    'client' || i || '@example.org', at, at
FROM n, company WHERE i <= :contents / 2;
UPDATE contents SET client_id = pg_temp.number('c', 1 + substr(permanent_link, 10)::BIGINT / 2)
WHERE substr(permanent_link, 10)::BIGINT / 2 < :contents / 2;

INSERT INTO orders (id, company_id, client_id, status, notes, notes_folded, completed_at, created_at, updated_at)
SELECT pg_temp.number('d', i), company.id, pg_temp.number('c', 1 + i / 2),
    (ARRAY['new', 'in_progress', 'completed', 'cancelled'])[1 + i % 4], 'Portrait ' || i, 'portrait ' || i,
    CASE i % 4 WHEN 2 THEN at END, at, at
FROM n, company WHERE i / 2 < :contents / 2;

INSERT INTO users (id, company_id, username, email, full_name, full_name_folded, role, password_hash, is_active,
    is_locked, failed_attempts, created_at, updated_at)
SELECT pg_temp.number('e', i), company.id, 'user' || i, 'user' || i || '@example.org', 'User ' || i, 'user ' || i,
    'user', 'none', TRUE, FALSE, 0, at, at
FROM n, company WHERE i <= :contents / 20;

INSERT INTO audit_log (company_id, user_id, username, action, entity, entity_id, label, address, at)
SELECT company.id, pg_temp.number('e', 1 + i % 20), 'user' || (1 + i % 20), 'updated', 'ar_content',
    pg_temp.number('', 1 + i % :contents), 'Portrait', '192.0.2.7', at
FROM n, company ORDER BY i DESC;
VACUUM ANALYZE;
