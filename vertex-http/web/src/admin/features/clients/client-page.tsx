import { Button, Card, CardContent, Link as MuiLink, Skeleton, Stack, Typography } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { api, data, type Tagged } from '../../api/client';
import { useConfirm } from '../../ui/confirm';
import { PageHead } from '../../ui/page-head';
import { ProblemAlert } from '../../ui/problem-alert';
import { useSnack } from '../../ui/snack';
import { useText } from '../../words';
import { common } from '../../words/common';
import { ClientDialog } from './client-dialog';
import { type Client, useClient, useDeleteClient, useUpdateClient } from './queries';
import { clientWords } from './words';

export function Component() {
  const { id = '' } = useParams();
  const client = useClient(id);
  if (client.error) return <ProblemAlert error={client.error} retry={() => void client.refetch()} />;
  return client.data ? <ClientView client={client.data} /> : <Skeleton variant="rounded" height={160} />;
}

function ClientView({ client }: { client: Tagged<Client> }) {
  const text = useText(clientWords);
  const words = useText(common);
  const update = useUpdateClient(client);
  const [editing, setEditing] = useState(false);
  const remove = useRemove(client);
  const values = { name: client.name, phone: client.phone, email: client.email ?? '' };
  return (
    <>
      <PageHead title={client.name}>
        <Button onClick={() => setEditing(true)}>{words.edit}</Button>
        <Button color="error" onClick={() => void remove()}>
          {words.delete}
        </Button>
      </PageHead>
      <Stack spacing={2}>
        <Card variant="outlined">
          <CardContent>
            <MuiLink href={`tel:${client.phone.replace(/[^+\d]/g, '')}`}>{client.phone}</MuiLink>
            {client.email && (
              <Typography>
                <MuiLink href={`mailto:${client.email}`}>{client.email}</MuiLink>
              </Typography>
            )}
          </CardContent>
        </Card>
        <Portraits client={client.id} />
      </Stack>
      {editing && <ClientDialog title={text.change} values={values} save={update.mutateAsync} close={() => setEditing(false)} />}
    </>
  );
}

function Portraits({ client }: { client: string }) {
  const text = useText(clientWords);
  const query = { client_id: client, per_page: 50 };
  const { data: list } = useQuery({
    queryKey: ['contents', query],
    queryFn: () => data(api.GET('/api/ar-content', { params: { query } })),
  });
  return (
    <section>
      <Typography variant="h2" sx={{ mb: 1 }}>
        {text.portraits}
      </Typography>
      {list?.total === 0 && <Typography color="textSecondary">{text.noPortraits}</Typography>}
      {list?.items.map(({ id, title }) => (
        <Typography key={id}>
          <MuiLink component={Link} to={`/contents/${id}`}>
            {title}
          </MuiLink>
        </Typography>
      ))}
    </section>
  );
}

function useRemove({ id, name }: Client) {
  const text = useText(clientWords);
  const words = useText(common);
  const confirm = useConfirm();
  const snack = useSnack();
  const remove = useDeleteClient();
  const navigate = useNavigate();
  return async () => {
    const agreed = await confirm({ title: text.deleteTitle(name), detail: text.deleteHint, confirm: words.delete });
    if (!agreed) return;
    try {
      await remove.mutateAsync(id);
      snack.done(text.deleted(name));
      await navigate('/clients');
    } catch (error) {
      snack.failed(error);
    }
  };
}
