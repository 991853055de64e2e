import { Box, Button, Card, Stack, Typography } from '@mui/material';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useLocation } from 'react-router';
import { api } from '../../api/client';
import { Problem } from '../../api/problem';
import { PageHead } from '../../ui/page-head';
import { ProblemAlert } from '../../ui/problem-alert';
import { dictionary, useText } from '../../words';
import { meQuery } from './queries';

const confirmWords = dictionary(
  {
    title: 'Confirm your address',
    intro: 'From then on notifications come to the address that this email came to.',
    confirm: 'Confirm',
    confirmed: 'The address is confirmed.',
    ended: 'This link does not hold: it was used, has ended, or another address was given since. Your profile sends another.',
    goOn: 'To the profile',
  },
  {
    title: 'Подтверждение адреса',
    intro: 'После этого уведомления будут приходить на адрес, на который пришло это письмо.',
    confirm: 'Подтвердить',
    confirmed: 'Адрес подтверждён.',
    ended: 'Ссылка недействительна: она использована, истекла или с тех пор указан другой адрес. Новую можно получить в профиле.',
    goOn: 'В профиль',
  },
);

/** Where the link in an email leads. A click confirms, since programs that look into mail follow links, too. */
export function Component() {
  const text = useText(confirmWords);
  const token = useLocation().hash.slice(1);
  const client = useQueryClient();
  const confirm = useMutation({
    mutationFn: () => api.POST('/api/auth/confirm-email', { body: { token } }),
    onSuccess: () => client.invalidateQueries({ queryKey: meQuery.queryKey }),
  });
  const hasEnded = confirm.error instanceof Problem && confirm.error.status === 422;
  return (
    <Box component="main" sx={{ minHeight: '100vh', display: 'grid', placeItems: 'center', p: 2 }}>
      <Card variant="outlined" sx={{ p: 4, width: '100%', maxWidth: 400 }}>
        <PageHead title={text.title} />
        <Stack spacing={2}>
          <Typography role="status">{confirm.isSuccess ? text.confirmed : hasEnded ? text.ended : text.intro}</Typography>
          {confirm.isError && !hasEnded && <ProblemAlert error={confirm.error} />}
          {confirm.isSuccess || hasEnded ? (
            <Button component={Link} to="/profile" variant="outlined">
              {text.goOn}
            </Button>
          ) : (
            <Button variant="contained" size="large" loading={confirm.isPending} onClick={() => confirm.mutate()}>
              {text.confirm}
            </Button>
          )}
        </Stack>
      </Card>
    </Box>
  );
}
