-- The day of a session is a day at its company; sessions and figures are kept by it.
-- A month's sessions are one partition: see ensure_view_partitions. What fits none goes to the default one.
ALTER TABLE view_sessions RENAME TO sessions_without_days;
ALTER INDEX view_sessions_pkey RENAME TO sessions_without_days_pkey;
DROP INDEX view_sessions_by_content, view_sessions_by_company, view_sessions_by_video;

CREATE TABLE view_sessions (
    id UUID NOT NULL,
    company_id UUID NOT NULL,
    content_id UUID NOT NULL,
    video_id UUID,
    device_type TEXT NOT NULL CHECK (device_type IN ('mobile', 'tablet', 'desktop')),
    browser TEXT,
    avg_fps DOUBLE PRECISION,
    duration_seconds DOUBLE PRECISION NOT NULL,
    viewed_at TIMESTAMPTZ NOT NULL,
    day DATE NOT NULL,
    PRIMARY KEY (id, day),
    FOREIGN KEY (content_id, company_id) REFERENCES contents (id, company_id) ON DELETE CASCADE,
    FOREIGN KEY (video_id, content_id) REFERENCES videos (id, content_id)
        ON DELETE SET NULL (video_id)
) PARTITION BY RANGE (day);
CREATE TABLE view_sessions_other PARTITION OF view_sessions DEFAULT;
CREATE INDEX view_sessions_by_company ON view_sessions (company_id, day, id);
CREATE INDEX view_sessions_by_content ON view_sessions (content_id, day, id);
CREATE INDEX view_sessions_by_video ON view_sessions (video_id) WHERE video_id IS NOT NULL;

-- Makes the partitions of every month from that of one day to that of another. Two processes may do so
-- at once: one waits for the other.
CREATE FUNCTION ensure_view_partitions(first DATE, last DATE) RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
    month DATE := date_trunc('month', first);
    partition TEXT;
BEGIN
    WHILE month <= last LOOP
        partition := 'view_sessions_' || to_char(month, 'YYYY_MM');
        IF to_regclass(partition) IS NULL THEN
            PERFORM pg_advisory_xact_lock(hashtext('ensure_view_partitions'));
            IF to_regclass(partition) IS NULL
                AND NOT EXISTS (SELECT 1 FROM view_sessions_other
                    WHERE day >= month AND day < month + INTERVAL '1 month')
            THEN
                EXECUTE format('CREATE TABLE %I PARTITION OF view_sessions FOR VALUES FROM (%L) TO (%L)',
                    partition, month, (month + INTERVAL '1 month')::DATE);
            END IF;
        END IF;
        month := month + INTERVAL '1 month';
    END LOOP;
END
$$;

SELECT ensure_view_partitions(MIN(viewed_at)::DATE - 1, MAX(viewed_at)::DATE + 1)
    FROM sessions_without_days HAVING COUNT(*) > 0;
INSERT INTO view_sessions
    SELECT s.id, s.company_id, s.content_id, s.video_id, s.device_type, s.browser, s.avg_fps,
        s.duration_seconds, s.viewed_at, (s.viewed_at AT TIME ZONE companies.timezone)::DATE
    FROM sessions_without_days AS s JOIN companies ON companies.id = s.company_id;
DROP TABLE sessions_without_days;

-- What the sessions add up to: a company by day and device, a content by day, and a content by video,
-- day and device. They make reports fast however many sessions there are.
CREATE TABLE daily_views (
    company_id UUID NOT NULL REFERENCES companies (id) ON DELETE CASCADE,
    day DATE NOT NULL,
    device_type TEXT NOT NULL,
    views BIGINT NOT NULL,
    measured BIGINT NOT NULL,
    fps_sum DOUBLE PRECISION NOT NULL,
    seconds DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (company_id, day, device_type)
);

CREATE TABLE daily_content_views (
    company_id UUID NOT NULL,
    content_id UUID NOT NULL,
    day DATE NOT NULL,
    views BIGINT NOT NULL,
    PRIMARY KEY (company_id, content_id, day),
    FOREIGN KEY (content_id, company_id) REFERENCES contents (id, company_id) ON DELETE CASCADE
);

-- video_id is the nil UUID when nothing played.
CREATE TABLE daily_video_views (
    company_id UUID NOT NULL,
    content_id UUID NOT NULL,
    day DATE NOT NULL,
    device_type TEXT NOT NULL,
    video_id UUID NOT NULL,
    views BIGINT NOT NULL,
    measured BIGINT NOT NULL,
    fps_sum DOUBLE PRECISION NOT NULL,
    seconds DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (content_id, day, device_type, video_id),
    FOREIGN KEY (content_id, company_id) REFERENCES contents (id, company_id) ON DELETE CASCADE
);

INSERT INTO daily_video_views
    SELECT company_id, content_id, day, device_type,
        COALESCE(video_id, '00000000-0000-0000-0000-000000000000'), COUNT(*), COUNT(avg_fps),
        COALESCE(SUM(avg_fps), 0), SUM(duration_seconds)
    FROM view_sessions GROUP BY 1, 2, 3, 4, 5;
INSERT INTO daily_content_views
    SELECT company_id, content_id, day, SUM(views) FROM daily_video_views GROUP BY 1, 2, 3;
INSERT INTO daily_views
    SELECT company_id, day, device_type, SUM(views), SUM(measured), SUM(fps_sum), SUM(seconds)
    FROM daily_video_views GROUP BY 1, 2, 3;

-- A content takes its views out of its company's figures when it goes, as its sessions go.
CREATE FUNCTION contents_take_their_views() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    UPDATE daily_views SET views = daily_views.views - gone.views,
        measured = daily_views.measured - gone.measured,
        fps_sum = daily_views.fps_sum - gone.fps_sum, seconds = daily_views.seconds - gone.seconds
    FROM (SELECT day, device_type, SUM(views) AS views, SUM(measured) AS measured,
              SUM(fps_sum) AS fps_sum, SUM(seconds) AS seconds
          FROM daily_video_views WHERE content_id = OLD.id GROUP BY day, device_type) AS gone
    WHERE daily_views.company_id = OLD.company_id AND daily_views.day = gone.day
        AND daily_views.device_type = gone.device_type;
    RETURN OLD;
END
$$;
CREATE TRIGGER contents_take_their_views BEFORE DELETE ON contents
    FOR EACH ROW EXECUTE FUNCTION contents_take_their_views();
