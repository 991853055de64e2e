-- The day of a session is a day at its company; figures are kept by it. Sessions from before are
-- counted under the day they had in UTC: this database knows no timezones.
CREATE TABLE sessions_with_days (
    id BLOB NOT NULL PRIMARY KEY,
    company_id BLOB NOT NULL,
    content_id BLOB NOT NULL,
    video_id BLOB,
    device_type TEXT NOT NULL CHECK (device_type IN ('mobile', 'tablet', 'desktop')),
    browser TEXT,
    avg_fps REAL,
    duration_seconds REAL NOT NULL,
    viewed_at TEXT NOT NULL,
    day TEXT NOT NULL,
    FOREIGN KEY (content_id, company_id) REFERENCES contents (id, company_id) ON DELETE CASCADE,
    FOREIGN KEY (video_id, content_id) REFERENCES videos (id, content_id)
) STRICT;
INSERT INTO sessions_with_days
    SELECT id, company_id, content_id, video_id, device_type, browser, avg_fps, duration_seconds,
        viewed_at, substr(viewed_at, 1, 10)
    FROM view_sessions;
DROP TRIGGER videos_leave_their_rules;
DROP TABLE view_sessions;
ALTER TABLE sessions_with_days RENAME TO view_sessions;
CREATE INDEX view_sessions_by_company ON view_sessions (company_id, day, id);
CREATE INDEX view_sessions_by_content ON view_sessions (content_id, day, id);
CREATE INDEX view_sessions_by_video ON view_sessions (video_id) WHERE video_id IS NOT NULL;
CREATE TRIGGER videos_leave_their_rules BEFORE DELETE ON videos
BEGIN
    UPDATE rotation_rules SET default_video_id = NULL WHERE default_video_id = OLD.id;
    UPDATE view_sessions SET video_id = NULL WHERE video_id = OLD.id;
END;

-- What the sessions add up to: a company by day and device, a content by day, and a content by video,
-- day and device. They make reports fast however many sessions there are.
CREATE TABLE daily_views (
    company_id BLOB NOT NULL REFERENCES companies (id) ON DELETE CASCADE,
    day TEXT NOT NULL,
    device_type TEXT NOT NULL,
    views INTEGER NOT NULL,
    measured INTEGER NOT NULL,
    fps_sum REAL NOT NULL,
    seconds REAL NOT NULL,
    PRIMARY KEY (company_id, day, device_type)
) STRICT, WITHOUT ROWID;

CREATE TABLE daily_content_views (
    company_id BLOB NOT NULL,
    content_id BLOB NOT NULL,
    day TEXT NOT NULL,
    views INTEGER NOT NULL,
    PRIMARY KEY (company_id, content_id, day),
    FOREIGN KEY (content_id, company_id) REFERENCES contents (id, company_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- video_id is 16 zero bytes when nothing played.
CREATE TABLE daily_video_views (
    company_id BLOB NOT NULL,
    content_id BLOB NOT NULL,
    day TEXT NOT NULL,
    device_type TEXT NOT NULL,
    video_id BLOB NOT NULL,
    views INTEGER NOT NULL,
    measured INTEGER NOT NULL,
    fps_sum REAL NOT NULL,
    seconds REAL NOT NULL,
    PRIMARY KEY (content_id, day, device_type, video_id),
    FOREIGN KEY (content_id, company_id) REFERENCES contents (id, company_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

INSERT INTO daily_video_views
    SELECT company_id, content_id, day, device_type, COALESCE(video_id, zeroblob(16)), COUNT(*),
        COUNT(avg_fps), TOTAL(avg_fps), TOTAL(duration_seconds)
    FROM view_sessions GROUP BY 1, 2, 3, 4, 5;
INSERT INTO daily_content_views
    SELECT company_id, content_id, day, SUM(views) FROM daily_video_views GROUP BY 1, 2, 3;
INSERT INTO daily_views
    SELECT company_id, day, device_type, SUM(views), SUM(measured), TOTAL(fps_sum), TOTAL(seconds)
    FROM daily_video_views GROUP BY 1, 2, 3;

-- A content takes its views out of its company's figures when it goes, as its sessions go.
CREATE TRIGGER contents_take_their_views BEFORE DELETE ON contents
BEGIN
    UPDATE daily_views SET views = daily_views.views - gone.views,
        measured = daily_views.measured - gone.measured,
        fps_sum = daily_views.fps_sum - gone.fps_sum, seconds = daily_views.seconds - gone.seconds
    FROM (SELECT day, device_type, SUM(views) AS views, SUM(measured) AS measured,
              TOTAL(fps_sum) AS fps_sum, TOTAL(seconds) AS seconds
          FROM daily_video_views WHERE content_id = OLD.id GROUP BY day, device_type) AS gone
    WHERE daily_views.company_id = OLD.company_id AND daily_views.day = gone.day
        AND daily_views.device_type = gone.device_type;
END;
