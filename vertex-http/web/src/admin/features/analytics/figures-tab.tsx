import { Skeleton, Stack, Typography } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { api, data } from '../../api/client';
import { ProblemAlert } from '../../ui/problem-alert';
import { useLocale, useText } from '../../words';
import type { Content } from '../contents/queries';
import { Bars, Figure } from './figures';
import { lastDays } from './period';
import { PeriodFields } from './period-fields';
import { analyticsWords } from './words';

const ViewsChart = lazy(() => import('./views-chart'));

/** Who watched one content. */
export default function FiguresTab({ content }: { content: Content }) {
  const text = useText(analyticsWords);
  const { number, duration } = useLocale();
  const [period, setPeriod] = useState(() => lastDays(30));
  const figures = useQuery({
    queryKey: ['analytics', content.id, period],
    queryFn: () => data(api.GET('/api/analytics/content/{id}', { params: { path: { id: content.id }, query: period } })),
  });
  if (figures.error) return <ProblemAlert error={figures.error} retry={() => void figures.refetch()} />;
  if (!figures.data) return <Skeleton variant="rounded" height={260} />;
  const { total, by_day: days, by_device: devices, by_video: videos } = figures.data;
  return (
    <Stack spacing={3} sx={{ maxWidth: 900 }}>
      <PeriodFields period={period} onChange={setPeriod} />
      <Stack direction="row" spacing={2}>
        <Figure label={text.views} value={number(total.views)} />
        <Figure label={text.duration} value={total.avg_duration_seconds == null ? '–' : duration(total.avg_duration_seconds)} />
      </Stack>
      {total.views === 0 ? (
        <Typography color="textSecondary">{text.nothing}</Typography>
      ) : (
        <>
          <Suspense fallback={<Skeleton variant="rounded" height={260} />}>
            <ViewsChart days={days} />
          </Suspense>
          <Bars
            title={text.byDevice}
            rows={devices.map(({ device_type, views }) => ({
              key: device_type,
              label: text.device[device_type],
              value: views,
              shown: number(views),
            }))}
          />
          <Bars
            title={text.byVideo}
            rows={videos.map(({ video_id, title, views }) => ({
              key: video_id ?? 'none',
              label: title ?? text.deletedVideo,
              value: views,
              shown: number(views),
            }))}
          />
        </>
      )}
    </Stack>
  );
}
