import DeleteIcon from '@mui/icons-material/DeleteOutlined';
import ReadIcon from '@mui/icons-material/DoneOutlined';
import { Button, Card, IconButton, Link as MuiLink, Stack, Typography } from '@mui/material';
import { Link } from 'react-router';
import { api, data } from '../../api/client';
import { byId, useChange, useList } from '../../api/resource';
import { Empty } from '../../ui/empty';
import { Pages } from '../../ui/list/pages';
import { listQuery, useListState } from '../../ui/list-state';
import { PageHead } from '../../ui/page-head';
import { useSnack } from '../../ui/snack';
import { useLocale, useText } from '../../words';
import { common } from '../../words/common';
import { isAtLeast, useMe } from '../auth/queries';
import { notificationWords } from './words';

const KEY = ['notifications'];
const DEAD = ['dead-letters'];

export function Component() {
  const text = useText(notificationWords);
  const words = useText(common);
  const { ago } = useLocale();
  const me = useMe();
  const { state, change } = useListState([], '');
  const { page, per_page } = listQuery(state) as { page: number; per_page: number };
  const query = { page, per_page };
  const list = useList([...KEY, query], () => data(api.GET('/api/notifications', { params: { query } })));
  const readAll = useChange([KEY], () => api.POST('/api/notifications/read-all'));
  const read = useChange([KEY], (id: string) => api.POST('/api/notifications/{id}/read', byId(id)));
  const remove = useChange([KEY], (id: string) => api.DELETE('/api/notifications/{id}', byId(id)));
  const snack = useSnack();
  const onError = snack.failed;
  return (
    <>
      <PageHead title={text.title}>
        <Button onClick={() => readAll.mutate(undefined, { onError })}>{text.readAll}</Button>
      </PageHead>
      <Pages list={list} state={state} change={change} empty={<Empty title={text.empty} />}>
        <Stack spacing={1} sx={{ maxWidth: 760 }}>
          {list.data?.items.map(({ id, title, message, is_read: isRead, content_id: content, created_at: at }) => (
            <Card
              key={id}
              variant="outlined"
              sx={{
                p: 1.5,
                borderLeft: 4,
                borderLeftColor: isRead ? 'divider' : 'primary.main',
                display: 'flex',
                alignItems: 'start',
                gap: 1,
              }}
            >
              <Stack sx={{ flexGrow: 1 }}>
                <Typography sx={{ fontWeight: isRead ? 400 : 650 }}>{title}</Typography>
                <Typography variant="body2">{message}</Typography>
                <Typography variant="body2" color="textSecondary">
                  {ago(at)}{' '}
                  {content && (
                    <MuiLink component={Link} to={`/contents/${content}`}>
                      {text.open}
                    </MuiLink>
                  )}
                </Typography>
              </Stack>
              {!isRead && (
                <IconButton aria-label={`${text.read}: ${title}`} size="small" onClick={() => read.mutate(id, { onError })}>
                  <ReadIcon fontSize="small" />
                </IconButton>
              )}
              <IconButton aria-label={`${words.delete}: ${title}`} size="small" onClick={() => remove.mutate(id, { onError })}>
                <DeleteIcon fontSize="small" />
              </IconButton>
            </Card>
          ))}
        </Stack>
      </Pages>
      {isAtLeast(me.role, 'admin') && <DeadLetters />}
    </>
  );
}

/** Messages that were given up, for administrators. */
function DeadLetters() {
  const text = useText(notificationWords);
  const query = { per_page: 100 };
  const dead = useList([...DEAD, query], () => data(api.GET('/api/notifications/dead-letters', { params: { query } })));
  const retry = useChange([DEAD], (id: string) => api.POST('/api/notifications/dead-letters/{id}/retry', byId(id)));
  const snack = useSnack();
  if (!dead.data?.total) return null;
  return (
    <section>
      <Typography variant="h2" sx={{ mt: 4, mb: 1 }}>
        {text.failed}
      </Typography>
      <Stack spacing={1} sx={{ maxWidth: 760 }}>
        {dead.data.items.map(({ id, title, channel, recipient, error }) => (
          <Card key={id} variant="outlined" sx={{ p: 1.5, display: 'flex', alignItems: 'center', gap: 1 }}>
            <Stack sx={{ flexGrow: 1 }}>
              <Typography>{title}</Typography>
              <Typography
                variant="body2"
                color="textSecondary"
              >{`${text.channels[channel] ?? channel}: ${recipient}. ${error ?? ''}`}</Typography>
            </Stack>
            <Button onClick={() => retry.mutate(id, { onError: snack.failed })}>{text.sendAgain}</Button>
          </Card>
        ))}
      </Stack>
    </section>
  );
}
