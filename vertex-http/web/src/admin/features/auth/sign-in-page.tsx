import { zodResolver } from '@hookform/resolvers/zod';
import { Box, Button, Card, Stack, Typography } from '@mui/material';
import { useQueryClient } from '@tanstack/react-query';
import { FormProvider, useForm } from 'react-hook-form';
import { useNavigate, useSearchParams } from 'react-router';
import * as z from 'zod/mini';
import { api, data } from '../../api/client';
import { Field } from '../../ui/form/fields';
import { rules } from '../../ui/form/rules';
import { useSubmit } from '../../ui/form/submit';
import { PageHead } from '../../ui/page-head';
import { ProblemAlert } from '../../ui/problem-alert';
import { useText } from '../../words';
import { common } from '../../words/common';
import { meQuery } from './queries';
import { authWords } from './words';

export function Component() {
  const text = useText(authWords);
  const { needed } = rules(useText(common));
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const client = useQueryClient();
  const form = useForm({
    resolver: zodResolver(z.object({ username: needed(64), password: needed(1024) })),
    defaultValues: { username: '', password: '' },
  });
  const { submit, problem } = useSubmit(form, async (body) => {
    const { user } = await data(api.POST('/api/auth/login', { body }));
    client.clear();
    client.setQueryData(meQuery.queryKey, user);
    const next = params.get('next') ?? '/';
    await navigate(next.startsWith('/') ? next : '/', { replace: true });
  });
  return (
    <Box component="main" sx={{ minHeight: '100vh', display: 'grid', placeItems: 'center', p: 2 }}>
      <Card variant="outlined" sx={{ p: 4, width: '100%', maxWidth: 400 }}>
        <PageHead title={text.title} />
        <Typography color="textSecondary" sx={{ mb: 3 }}>
          {text.intro}
        </Typography>
        <FormProvider {...form}>
          <form onSubmit={submit} noValidate>
            <Stack spacing={2}>
              <Field name="username" label={text.username} autoComplete="username" autoFocus />
              <Field name="password" label={text.password} type="password" autoComplete="current-password" />
              {problem !== null && <ProblemAlert error={problem} />}
              <Button type="submit" variant="contained" size="large" loading={form.formState.isSubmitting}>
                {text.signIn}
              </Button>
            </Stack>
          </form>
        </FormProvider>
      </Card>
    </Box>
  );
}
