import { zodResolver } from '@hookform/resolvers/zod';
import { Box, Button, Card, Stack } from '@mui/material';
import { useQueryClient } from '@tanstack/react-query';
import { FormProvider, useForm } from 'react-hook-form';
import { useNavigate, useParams } from 'react-router';
import * as z from 'zod/mini';
import { api, data } from '../../api/client';
import { Field } from '../../ui/form/fields';
import { rules } from '../../ui/form/rules';
import { useSubmit } from '../../ui/form/submit';
import { PageHead } from '../../ui/page-head';
import { ProblemAlert } from '../../ui/problem-alert';
import { dictionary, useText } from '../../words';
import { common } from '../../words/common';
import { meQuery } from './queries';
import { authWords } from './words';

const joinWords = dictionary(
  { title: 'Join', fullName: 'Full name', join: 'Join', passwordHint: 'A long one that nobody guesses; a sentence is best.' },
  {
    title: 'Присоединиться',
    fullName: 'Имя и фамилия',
    join: 'Присоединиться',
    passwordHint: 'Длинный, который не угадать; лучше всего фраза.',
  },
);

/** Where an invitation's link leads: choose a name and a password, and be signed in. */
export function Component() {
  const { token = '' } = useParams();
  const text = useText(joinWords);
  const auth = useText(authWords);
  const { needed, optional, newPassword } = rules(useText(common));
  const navigate = useNavigate();
  const client = useQueryClient();
  const form = useForm({
    resolver: zodResolver(z.object({ username: needed(64), full_name: optional(255), password: newPassword() })),
    defaultValues: { username: '', full_name: '', password: '' },
  });
  const { submit, problem } = useSubmit(form, async ({ username, full_name, password }) => {
    await api.POST('/api/auth/register', { body: { username, password, full_name: full_name || null, invitation: token } });
    const { user } = await data(api.POST('/api/auth/login', { body: { username, password } }));
    client.clear();
    client.setQueryData(meQuery.queryKey, user);
    await navigate('/', { replace: true });
  });
  return (
    <Box component="main" sx={{ minHeight: '100vh', display: 'grid', placeItems: 'center', p: 2 }}>
      <Card variant="outlined" sx={{ p: 4, width: '100%', maxWidth: 400 }}>
        <PageHead title={text.title} />
        <FormProvider {...form}>
          <form onSubmit={submit} noValidate>
            <Stack spacing={2}>
              <Field name="username" label={auth.username} autoComplete="username" autoFocus />
              <Field name="full_name" label={text.fullName} autoComplete="name" />
              <Field name="password" label={auth.password} type="password" autoComplete="new-password" helperText={text.passwordHint} />
              {problem !== null && <ProblemAlert error={problem} />}
              <Button type="submit" variant="contained" size="large" loading={form.formState.isSubmitting}>
                {text.join}
              </Button>
            </Stack>
          </form>
        </FormProvider>
      </Card>
    </Box>
  );
}
