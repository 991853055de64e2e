-- Fills one company with :contents contents, three videos each, and :sessions sessions of the last 30 days, half as
-- many clients, as many orders, a twentieth as many users, and ten lines of the audit log for each content.
-- Ids are 16 digits as bytes; the first contents are viewed far more often than the last.
CREATE TEMP TABLE company AS SELECT id FROM companies WHERE slug = 'vertex-ar';

WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :contents)
INSERT INTO contents (id, company_id, unique_id, permanent_link, title, title_folded, image_format,
    image_width, image_height, image_bytes, brightness, contrast, contrast_band, marker_status,
    is_active, view_count, created_at, updated_at)
SELECT CAST(printf('%016d', i) AS BLOB), company.id, 'C' || replace(printf('%09d', i), '0', 'a'),
    'portrait-' || i, 'Portrait ' || i, 'portrait ' || i, 'jpg', 1200, 800, 345678, 101.5, 45.25, 'fair',
    'ready', 1, 0, at, at
FROM (SELECT i, strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now', '-' || (:contents - i) || ' minutes', '-30 days') AS at
      FROM n), company;

INSERT INTO videos (id, company_id, content_id, title, container, bytes, duration_seconds, codec, width,
    height, has_preview, status, created_at, updated_at)
SELECT CAST('v' || number || substr(contents.id, 3) AS BLOB), contents.company_id, contents.id,
    'Clip ' || number, 'mp4', 5000000, 12.5, 'avc1.64001f', 1280, 720, 1,
    CASE number WHEN 1 THEN 'active' ELSE 'inactive' END, contents.created_at, contents.created_at
FROM contents, (SELECT 1 AS number UNION ALL SELECT 2 UNION ALL SELECT 3)
WHERE contents.permanent_link LIKE 'portrait-%';

WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :sessions),
drawn AS MATERIALIZED (
    SELECT i, (random() & 1048575) / 1048576.0 AS place, random() & 15 AS device, (random() & 1) + 1 AS video,
        strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now', '-' || ((:sessions - i) * 2592000 / :sessions) || ' seconds')
            AS at
    FROM n),
placed AS (SELECT *, 1 + CAST(place * place * place * :contents AS INTEGER) AS content FROM drawn)
INSERT INTO view_sessions (id, company_id, content_id, video_id, device_type, browser, avg_fps,
    duration_seconds, viewed_at, day)
SELECT CAST(printf('%016d', i) AS BLOB), company.id, CAST(printf('%016d', content) AS BLOB),
    CAST('v' || video || printf('%014d', content) AS BLOB),
    CASE WHEN device = 0 THEN 'desktop' WHEN device < 4 THEN 'tablet' ELSE 'mobile' END, 'Chrome 131',
    20.0 + (i % 20), 5.0 + (i % 50), at, substr(at, 1, 10)
FROM placed, company;

INSERT INTO daily_video_views
SELECT company_id, content_id, day, device_type, video_id, COUNT(*), COUNT(avg_fps), SUM(avg_fps),
    SUM(duration_seconds)
FROM view_sessions GROUP BY 1, 2, 3, 4, 5;
INSERT INTO daily_content_views
SELECT company_id, content_id, day, SUM(views) FROM daily_video_views GROUP BY 1, 2, 3;
INSERT INTO daily_views
SELECT company_id, day, device_type, SUM(views), SUM(measured), SUM(fps_sum), SUM(seconds)
FROM daily_video_views GROUP BY 1, 2, 3;
UPDATE contents SET view_count = (SELECT COALESCE(SUM(views), 0) FROM daily_content_views AS daily
    WHERE daily.company_id = contents.company_id AND daily.content_id = contents.id);

CREATE TEMP TABLE n AS
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10 * :contents)
SELECT i, strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now', '-' || i || ' minutes') AS at FROM n;

INSERT INTO clients (id, company_id, name, name_folded, phone, email, created_at, updated_at)
SELECT CAST(printf('k%015d', i) AS BLOB), company.id, 'Client ' || i, 'client ' || i, '+79' || printf('%09d', i),
    'client' || i || '@example.org', at, at
FROM n, company WHERE i <= :contents / 2;
UPDATE contents SET client_id = CAST(printf('k%015d', 1 + CAST(substr(permanent_link, 10) AS INTEGER) / 2) AS BLOB)
WHERE CAST(substr(permanent_link, 10) AS INTEGER) / 2 < :contents / 2;

INSERT INTO orders (id, company_id, client_id, status, notes, notes_folded, completed_at, created_at, updated_at)
SELECT CAST(printf('o%015d', i) AS BLOB), company.id, CAST(printf('k%015d', 1 + i / 2) AS BLOB),
    CASE i % 4 WHEN 0 THEN 'new' WHEN 1 THEN 'in_progress' WHEN 2 THEN 'completed' ELSE 'cancelled' END,
    'Portrait ' || i, 'portrait ' || i, CASE i % 4 WHEN 2 THEN at END, at, at
FROM n, company WHERE i / 2 < :contents / 2;

INSERT INTO users (id, company_id, username, email, full_name, full_name_folded, role, password_hash, is_active,
    is_locked, failed_attempts, created_at, updated_at)
SELECT CAST(printf('u%015d', i) AS BLOB), company.id, 'user' || i, 'user' || i || '@example.org', 'User ' || i,
    'user ' || i, 'user', 'none', 1, 0, 0, at, at
FROM n, company WHERE i <= :contents / 20;

INSERT INTO audit_log (company_id, user_id, username, action, entity, entity_id, label, address, at)
SELECT company.id, CAST(printf('u%015d', 1 + i % 20) AS BLOB), 'user' || (1 + i % 20), 'updated', 'ar_content',
    CAST(printf('%016d', 1 + i % :contents) AS BLOB), 'Portrait', '192.0.2.7', at
FROM n, company ORDER BY i DESC;
