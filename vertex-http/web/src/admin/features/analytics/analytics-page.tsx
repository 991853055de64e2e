import { Button, Link as MuiLink, Skeleton, Stack, Typography } from '@mui/material';
import { lazy, Suspense, useState } from 'react';
import { Link } from 'react-router';
import { api, data } from '../../api/client';
import { useList } from '../../api/resource';
import { PageHead } from '../../ui/page-head';
import { ProblemAlert } from '../../ui/problem-alert';
import { useLocale, useText } from '../../words';
import { Bars, Figure } from './figures';
import { before, change, lastDays, type Period } from './period';
import { PeriodFields } from './period-fields';
import { analyticsWords } from './words';

const ViewsChart = lazy(() => import('./views-chart'));

const useOverview = (query: Period) =>
  useList(['analytics', 'overview', query], () => data(api.GET('/api/analytics/overview', { params: { query } })));

/** Who watched the pictures of the company. */
export function Component() {
  const text = useText(analyticsWords);
  const { number, duration, language } = useLocale();
  const [period, setPeriod] = useState(() => lastDays(30));
  const overview = useOverview(period);
  const earlier = useOverview(before(period));
  const changed = overview.data && earlier.data && change(overview.data.total.views, earlier.data.total.views, language);
  return (
    <>
      <PageHead title={text.title}>
        <Button href={`/api/analytics/sessions/export?${new URLSearchParams({ ...period })}`} download>
          {text.csv}
        </Button>
      </PageHead>
      <Stack spacing={3} sx={{ maxWidth: 1000 }}>
        <PeriodFields period={period} onChange={setPeriod} />
        {overview.error && <ProblemAlert error={overview.error} retry={() => void overview.refetch()} />}
        {overview.isPending && <Skeleton variant="rounded" height={260} />}
        {overview.data && (
          <>
            <Stack direction="row" spacing={2}>
              <Figure label={text.views} value={number(overview.data.total.views)} note={changed ? text.comparison(changed) : null} />
              <Figure
                label={text.duration}
                value={overview.data.total.avg_duration_seconds == null ? '–' : duration(overview.data.total.avg_duration_seconds)}
              />
            </Stack>
            {overview.data.total.views === 0 && <Typography color="textSecondary">{text.nothing}</Typography>}
            <Suspense fallback={<Skeleton variant="rounded" height={260} />}>
              <ViewsChart days={overview.data.by_day} />
            </Suspense>
            <Bars
              title={text.byDevice}
              rows={overview.data.by_device.map(({ device_type, views }) => ({
                key: device_type,
                label: text.device[device_type],
                value: views,
                shown: number(views),
              }))}
            />
            <Bars
              title={text.top}
              rows={overview.data.top_contents.map(({ content_id: id, title, views }) => ({
                key: id,
                value: views,
                shown: number(views),
                label: (
                  <MuiLink component={Link} to={`/contents/${id}?tab=figures`}>
                    {title}
                  </MuiLink>
                ),
              }))}
            />
          </>
        )}
      </Stack>
    </>
  );
}
