import { Box, Button, Card, CardContent, Chip, Link as MuiLink, Skeleton, Stack, Typography } from '@mui/material';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { api, data, type Schema } from '../../api/client';
import { useList } from '../../api/resource';
import { PageHead } from '../../ui/page-head';
import { ProblemAlert } from '../../ui/problem-alert';
import { dictionary, useLocale, useText } from '../../words';
import { Figure } from '../analytics/figures';
import { isAtLeast, useMe } from '../auth/queries';
import { contentWords } from '../contents/words';

const dashboardWords = dictionary(
  {
    title: 'Dashboard',
    pictures: 'Pictures',
    active: (count: string) => `${count} switched on`,
    videos: 'Videos',
    views: 'Views',
    stored: 'Stored',
    failed: 'Markers that could not be made',
    latest: 'Latest pictures',
    top: 'Most viewed',
    orders: 'New orders',
    changes: 'Latest changes',
    nothing: 'Nothing yet',
    firstSteps: 'First steps',
    step1: 'Upload a picture and its video',
    step2: 'Look at its trackability before it is printed',
    step3: 'Print the picture with its QR code',
    step4: 'Invite a colleague',
    begin: 'Begin',
  },
  {
    title: 'Сводка',
    pictures: 'Изображения',
    active: (count: string) => `включено: ${count}`,
    videos: 'Видео',
    views: 'Просмотры',
    stored: 'Занято',
    failed: 'Маркеры, которые не удалось сделать',
    latest: 'Последние изображения',
    top: 'Самые просматриваемые',
    orders: 'Новые заказы',
    changes: 'Последние изменения',
    nothing: 'Пока ничего',
    firstSteps: 'Первые шаги',
    step1: 'Загрузите изображение и видео к нему',
    step2: 'Посмотрите, насколько оно узнаваемо, прежде чем печатать',
    step3: 'Напечатайте изображение с QR-кодом',
    step4: 'Пригласите коллегу',
    begin: 'Начать',
  },
);

export function Component() {
  const text = useText(dashboardWords);
  const me = useMe();
  return (
    <>
      <PageHead title={text.title} />
      {isAtLeast(me.role, 'admin') ? <CompanyDashboard /> : <OwnPictures />}
    </>
  );
}

function CompanyDashboard() {
  const text = useText(dashboardWords);
  const { number, size, ago } = useLocale();
  const dashboard = useList(['dashboard'], () => data(api.GET('/api/admin/dashboard')));
  if (dashboard.error) return <ProblemAlert error={dashboard.error} retry={() => void dashboard.refetch()} />;
  if (!dashboard.data) return <Skeleton variant="rounded" height={320} />;
  const {
    stats,
    failed_contents: failed,
    latest_contents: latest,
    top_contents: top,
    new_orders: orders,
    latest_changes: changes,
  } = dashboard.data;
  if (stats.contents === 0) return <FirstSteps />;
  return (
    <Stack spacing={3}>
      <Stack direction="row" useFlexGap spacing={2} sx={{ flexWrap: 'wrap', rowGap: 2 }}>
        <Figure label={text.pictures} value={number(stats.contents)} note={text.active(number(stats.active_contents))} />
        <Figure label={text.videos} value={number(stats.videos)} />
        <Figure label={text.views} value={number(stats.views)} />
        <Figure label={text.stored} value={size(stats.stored_bytes)} />
      </Stack>
      <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: '1fr', md: '1fr 1fr' } }}>
        {failed.length > 0 && <Contents title={text.failed} contents={failed} />}
        <Contents title={text.latest} contents={latest} />
        <Contents title={text.top} contents={top} />
        <Panel title={text.orders} isEmpty={orders.length === 0}>
          {orders.map(({ id, notes, created_at: at }) => (
            <Typography key={id} noWrap>
              <MuiLink component={Link} to="/orders">
                {notes || ago(at)}
              </MuiLink>
            </Typography>
          ))}
        </Panel>
        <Panel title={text.changes} isEmpty={changes.length === 0}>
          {changes.map(({ id, username, action, label, at }) => (
            <Typography key={id} variant="body2" noWrap>
              {`${username}: ${action.replaceAll('_', ' ')} ${label}, ${ago(at)}`}
            </Typography>
          ))}
        </Panel>
      </Box>
    </Stack>
  );
}

function Panel({ title, isEmpty, children }: { title: string; isEmpty: boolean; children: ReactNode }) {
  const text = useText(dashboardWords);
  return (
    <Card variant="outlined" component="section" aria-label={title}>
      <CardContent>
        <Typography variant="h2" sx={{ mb: 1 }}>
          {title}
        </Typography>
        {isEmpty ? <Typography color="textSecondary">{text.nothing}</Typography> : children}
      </CardContent>
    </Card>
  );
}

function Contents({ title, contents }: { title: string; contents: Schema['ContentSummary'][] }) {
  const words = useText(contentWords);
  return (
    <Panel title={title} isEmpty={contents.length === 0}>
      {contents.map(({ id, title, view_count: views, marker_status: status }) => (
        <Stack key={id} direction="row" spacing={1} sx={{ alignItems: 'center', py: 0.25 }}>
          <MuiLink component={Link} to={`/contents/${id}`} noWrap sx={{ flexGrow: 1 }}>
            {title}
          </MuiLink>
          {status !== 'ready' && (
            <Chip size="small" label={words.status[status] ?? status} color={status === 'failed' ? 'error' : 'default'} />
          )}
          <Typography variant="body2" color="textSecondary" noWrap>
            {words.views(views)}
          </Typography>
        </Stack>
      ))}
    </Panel>
  );
}

/** What users without an administrator's rights see. */
function OwnPictures() {
  const text = useText(dashboardWords);
  const query = { per_page: 20, sort: '-created_at' as const };
  const latest = useList(['contents', query], () => data(api.GET('/api/ar-content', { params: { query } })));
  if (latest.error) return <ProblemAlert error={latest.error} />;
  if (!latest.data) return <Skeleton variant="rounded" height={240} />;
  return latest.data.total === 0 ? <FirstSteps /> : <Contents title={text.latest} contents={latest.data.items} />;
}

function FirstSteps() {
  const text = useText(dashboardWords);
  return (
    <Card variant="outlined" sx={{ maxWidth: 560 }}>
      <CardContent>
        <Typography variant="h2" sx={{ mb: 1 }}>
          {text.firstSteps}
        </Typography>
        <Box component="ol" sx={{ pl: 2.5, mt: 0 }}>
          {[text.step1, text.step2, text.step3, text.step4].map((step) => (
            <li key={step}>{step}</li>
          ))}
        </Box>
        <Button component={Link} to="/contents" variant="contained">
          {text.begin}
        </Button>
      </CardContent>
    </Card>
  );
}
