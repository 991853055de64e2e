import { zodResolver } from '@hookform/resolvers/zod';
import { Button, Card, CardContent, FormControlLabel, MenuItem, Skeleton, Stack, Switch, TextField, Typography } from '@mui/material';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { FormProvider, useForm } from 'react-hook-form';
import * as z from 'zod/mini';
import { api, data, type Schema, tagged } from '../../api/client';
import { useChange } from '../../api/resource';
import { Field } from '../../ui/form/fields';
import { orNull, rules } from '../../ui/form/rules';
import { useSubmit } from '../../ui/form/submit';
import { PageHead } from '../../ui/page-head';
import { ProblemAlert } from '../../ui/problem-alert';
import { useSnack } from '../../ui/snack';
import { dictionary, useText } from '../../words';
import { common } from '../../words/common';
import { meQuery, useMe } from '../auth/queries';
import { PendingEmail } from './pending-email';
import { TelegramChat } from './telegram-chat';

const profileWords = dictionary(
  {
    title: 'Profile',
    fullName: 'Full name',
    password: 'Password',
    current: 'Current password',
    next: 'New password',
    change: 'Change the password',
    changed: 'The password was changed. Other devices are signed out.',
    notifications: 'Notifications',
    byEmail: 'Send them by email, too',
    language: 'Language of the messages',
  },
  {
    title: 'Профиль',
    fullName: 'Имя и фамилия',
    password: 'Пароль',
    current: 'Нынешний пароль',
    next: 'Новый пароль',
    change: 'Сменить пароль',
    changed: 'Пароль сменён. Другие устройства вышли.',
    notifications: 'Уведомления',
    byEmail: 'Присылать и по эл. почте',
    language: 'Язык сообщений',
  },
);

export function Component() {
  const { username } = useMe();
  const text = useText(profileWords);
  return (
    <>
      <PageHead title={`${text.title}: ${username}`} />
      <Stack spacing={3} sx={{ maxWidth: 520 }}>
        <About />
        <Password />
        <Preferences />
      </Stack>
    </>
  );
}

function About() {
  const text = useText(profileWords);
  const words = useText(common);
  const { optional, email } = rules(words);
  const client = useQueryClient();
  const snack = useSnack();
  const profile = useQuery({ queryKey: ['me', 'profile'], queryFn: () => tagged(api.GET('/api/auth/profile')) });
  const pending = profile.data?.pending_email;
  const values = { full_name: profile.data?.full_name ?? '', email: pending ?? profile.data?.email ?? '' };
  const form = useForm({
    resolver: zodResolver(z.object({ full_name: optional(255), email: email() })),
    values,
    resetOptions: { keepDirtyValues: true },
  });
  const { submit, problem } = useSubmit(form, async (typed) => {
    const body = { full_name: orNull(typed.full_name), email: orNull(typed.email) };
    const user = await data(api.PUT('/api/auth/profile', { params: { header: { 'If-Match': profile.data?.etag ?? '' } }, body }));
    client.setQueryData(meQuery.queryKey, user);
    await profile.refetch();
    form.reset(typed);
    snack.done(words.saved);
  });
  if (profile.isPending) return <Skeleton variant="rounded" height={160} />;
  return (
    <Section>
      <FormProvider {...form}>
        <form onSubmit={submit} noValidate>
          <Stack spacing={2}>
            <Field name="full_name" label={text.fullName} autoComplete="name" />
            <Field name="email" label={words.email} type="email" autoComplete="email" />
            {pending && <PendingEmail address={pending} />}
            {problem !== null && <ProblemAlert error={problem} />}
            <Button
              type="submit"
              variant="contained"
              sx={{ alignSelf: 'start' }}
              disabled={!form.formState.isDirty}
              loading={form.formState.isSubmitting}
            >
              {words.save}
            </Button>
          </Stack>
        </form>
      </FormProvider>
    </Section>
  );
}

function Password() {
  const text = useText(profileWords);
  const { needed, newPassword } = rules(useText(common));
  const snack = useSnack();
  const form = useForm({
    resolver: zodResolver(z.object({ current_password: needed(1024), new_password: newPassword() })),
    defaultValues: { current_password: '', new_password: '' },
  });
  const { submit, problem } = useSubmit(form, async (body) => {
    await api.POST('/api/auth/change-password', { body });
    form.reset();
    snack.done(text.changed);
  });
  return (
    <Section title={text.password}>
      <FormProvider {...form}>
        <form onSubmit={submit} noValidate>
          <Stack spacing={2}>
            <Field name="current_password" label={text.current} type="password" autoComplete="current-password" />
            <Field name="new_password" label={text.next} type="password" autoComplete="new-password" />
            {problem !== null && <ProblemAlert error={problem} />}
            <Button type="submit" variant="outlined" sx={{ alignSelf: 'start' }} loading={form.formState.isSubmitting}>
              {text.change}
            </Button>
          </Stack>
        </form>
      </FormProvider>
    </Section>
  );
}

function Preferences() {
  const text = useText(profileWords);
  const key = ['notification-preferences'];
  const snack = useSnack();
  const [awaitedUntil, setAwaitedUntil] = useState(0);
  const preferences = useQuery({
    queryKey: key,
    queryFn: () => data(api.GET('/api/notifications/preferences')),
    refetchInterval: ({ state }) => Date.now() < awaitedUntil && !state.data?.telegram_chat_id && 2000,
  });
  const change = useChange([key], (body: Schema['NewPreferences']) => data(api.PUT('/api/notifications/preferences', { body })));
  const save = (body: Schema['NewPreferences']) => change.mutate(body, { onError: snack.failed });
  if (!preferences.data) return null;
  const { by_email: byEmail, language, telegram_chat_id: chat, telegram_available: available } = preferences.data;
  return (
    <Section title={text.notifications}>
      <Stack spacing={2}>
        <FormControlLabel control={<Switch checked={byEmail} onChange={() => save({ by_email: !byEmail })} />} label={text.byEmail} />
        <TelegramChat
          chat={chat}
          available={available}
          disconnect={() => {
            setAwaitedUntil(0);
            save({ telegram_chat_id: null });
          }}
          awaitUntil={setAwaitedUntil}
        />
        <TextField select label={text.language} value={language} onChange={({ target }) => save({ language: target.value })}>
          <MenuItem value="en">English</MenuItem>
          <MenuItem value="ru">Русский</MenuItem>
        </TextField>
      </Stack>
    </Section>
  );
}

function Section({ title, children }: { title?: string; children: React.ReactNode }) {
  return (
    <Card variant="outlined">
      <CardContent>
        {title && (
          <Typography variant="h2" sx={{ mb: 2 }}>
            {title}
          </Typography>
        )}
        {children}
      </CardContent>
    </Card>
  );
}
