import { Alert, Card, Stack, Typography } from '@mui/material';
import { api, data, Problem } from '../../api/client';
import { useList } from '../../api/resource';
import { PageHead } from '../../ui/page-head';
import { ProblemAlert } from '../../ui/problem-alert';
import { dictionary, useLocale, useText } from '../../words';
import { Bars, Figure } from '../analytics/figures';

type Names = Record<string, string>;

const systemWords = dictionary(
  {
    title: 'System',
    healthy: 'Everything answers.',
    unhealthy: 'Something does not answer',
    version: 'Version',
    database: 'Database',
    storage: 'Storage',
    jobs: 'Jobs',
    states: { queued: 'Waiting', running: 'Running', done: 'Done', given_up: 'Given up' } as Names,
    stored: 'Stored',
    companies: 'Companies',
    users: 'Users',
    contents: 'Pictures',
    videos: 'Videos',
    views: 'Views',
  },
  {
    title: 'Система',
    healthy: 'Всё отвечает.',
    unhealthy: 'Что-то не отвечает',
    version: 'Версия',
    database: 'База данных',
    storage: 'Хранилище',
    jobs: 'Задания',
    states: { queued: 'В очереди', running: 'Выполняются', done: 'Выполнены', given_up: 'Не удались' } as Names,
    stored: 'Занято',
    companies: 'Компании',
    users: 'Пользователи',
    contents: 'Изображения',
    videos: 'Видео',
    views: 'Просмотры',
  },
);

const POLL_MS = 10_000;

/** How the installation is doing. */
export function Component() {
  const text = useText(systemWords);
  const { number, size } = useLocale();
  const stats = useList(
    ['stats'],
    () => data(api.GET('/api/admin/stats')),
    () => POLL_MS,
  );
  const figures = stats.data;
  return (
    <>
      <PageHead title={text.title} />
      <Stack spacing={3} sx={{ maxWidth: 900 }}>
        <Health />
        {stats.error && <ProblemAlert error={stats.error} />}
        {figures && (
          <>
            <Stack direction="row" useFlexGap spacing={2} sx={{ flexWrap: 'wrap', rowGap: 2 }}>
              <Figure label={text.companies} value={number(figures.companies)} />
              <Figure label={text.users} value={number(figures.users)} />
              <Figure label={text.contents} value={number(figures.contents)} />
              <Figure label={text.videos} value={number(figures.videos)} />
              <Figure label={text.views} value={number(figures.views)} />
              <Figure label={text.stored} value={size(figures.stored_bytes)} />
            </Stack>
            <Bars
              title={text.jobs}
              rows={figures.jobs_by_state.map(({ name, count }) => ({
                key: name,
                label: text.states[name] ?? name,
                value: count,
                shown: number(count),
              }))}
            />
          </>
        )}
      </Stack>
    </>
  );
}

function Health() {
  const text = useText(systemWords);
  const health = useList(
    ['health'],
    () => data(api.GET('/api/health/status')),
    () => POLL_MS,
  );
  if (health.error) {
    const said = health.error instanceof Problem ? health.error.message : '';
    return <Alert severity="error">{`${text.unhealthy}. ${said}`}</Alert>;
  }
  if (!health.data) return null;
  const { database, storage, version } = health.data;
  return (
    <Card variant="outlined" sx={{ p: 2 }}>
      <Alert severity="success" sx={{ mb: 1 }}>
        {text.healthy}
      </Alert>
      <Typography variant="body2">{`${text.version} ${version} · ${text.database}: ${database} · ${text.storage}: ${storage}`}</Typography>
    </Card>
  );
}
