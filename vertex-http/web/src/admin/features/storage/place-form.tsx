import { Button, Card, CardContent, FormControlLabel, MenuItem, Stack, Switch, TextField, Typography } from '@mui/material';
import { useState } from 'react';
import { FormProvider, useForm } from 'react-hook-form';
import { Field } from '../../ui/form/fields';
import { useSubmit } from '../../ui/form/submit';
import { ProblemAlert } from '../../ui/problem-alert';
import { useText } from '../../words';
import { wayTo } from './place';
import { type NewStorage, type Storage, type Usage, useStorageActions } from './queries';
import { storageWords } from './words';

const KINDS = ['local', 'minio', 'yandex_disk'];

interface Props {
  company: string;
  storage: Storage;
  usage: Usage;
}

/** Takes the files to another place, or changes the keys of the present one. */
export function PlaceForm(props: Props) {
  const text = useText(storageWords);
  const [kind, setKind] = useState(props.storage.kind);
  return (
    <Card variant="outlined">
      <CardContent>
        <Stack spacing={2}>
          <Typography variant="h2">{text.elsewhere}</Typography>
          <TextField select label={text.kind} value={kind} onChange={({ target }) => setKind(target.value)}>
            {KINDS.map((value) => (
              <MenuItem key={value} value={value}>
                {text.kinds[value]}
              </MenuItem>
            ))}
          </TextField>
          {kind === 'local' && <Local {...props} />}
          {kind === 'minio' && <Bucket {...props} />}
          {kind === 'yandex_disk' && <Disk {...props} />}
        </Stack>
      </CardContent>
    </Card>
  );
}

function useChoose({ company, storage, usage }: Props) {
  const { put, move } = useStorageActions(company);
  return (place: NewStorage) => (wayTo(place, storage, usage) === 'put' ? put : move).mutateAsync(place);
}

function Local(props: Props) {
  const text = useText(storageWords);
  const choose = useChoose(props);
  const form = useForm();
  const { submit, problem } = useSubmit(form, () => choose({ kind: 'local' }));
  return (
    <form onSubmit={submit}>
      <Stack spacing={2} sx={{ alignItems: 'start' }}>
        <Typography color="textSecondary">{text.localHint}</Typography>
        {problem !== null && <ProblemAlert error={problem} />}
        {props.storage.kind !== 'local' && (
          <Button type="submit" variant="contained" loading={form.formState.isSubmitting}>
            {text.moveHere}
          </Button>
        )}
      </Stack>
    </form>
  );
}

function Bucket(props: Props) {
  const text = useText(storageWords);
  const choose = useChoose(props);
  const known = props.storage.minio;
  const form = useForm({
    defaultValues: {
      endpoint: known?.endpoint ?? '',
      bucket: known?.bucket ?? '',
      prefix: known?.prefix ?? '',
      region: known?.region ?? '',
      access_key: '',
      secret_key: '',
      virtual_host: known?.virtual_host ?? false,
      direct_links: known?.direct_links ?? true,
    },
  });
  const { submit, problem } = useSubmit(form, ({ region, access_key, secret_key, ...place }) =>
    choose({ kind: 'minio', ...place, ...(region && { region }), ...(access_key && { access_key }), ...(secret_key && { secret_key }) }),
  );
  const keep = known ? text.keep : undefined;
  const tick = (name: 'virtual_host' | 'direct_links', label: string) => (
    <FormControlLabel control={<Switch checked={form.watch(name)} onChange={(_, on) => form.setValue(name, on)} />} label={label} />
  );
  return (
    <FormProvider {...form}>
      <form onSubmit={submit} noValidate>
        <Stack spacing={2} sx={{ alignItems: 'start' }}>
          <Field name="endpoint" label={text.endpoint} placeholder="https://s3.example.org" />
          <Field name="bucket" label={text.bucket} />
          <Field name="prefix" label={text.prefix} />
          <Field name="region" label={text.region} placeholder="us-east-1" />
          <Field name="access_key" label={text.accessKey} helperText={keep} autoComplete="off" />
          <Field name="secret_key" label={text.secretKey} helperText={keep} type="password" autoComplete="new-password" />
          {tick('virtual_host', text.virtualHost)}
          {tick('direct_links', text.directLinks)}
          {problem !== null && <ProblemAlert error={problem} />}
          <Button type="submit" variant="contained" loading={form.formState.isSubmitting}>
            {known ? text.saveKeys : text.moveHere}
          </Button>
        </Stack>
      </form>
    </FormProvider>
  );
}

function Disk({ company, storage, usage }: Props) {
  const text = useText(storageWords);
  const { connect } = useStorageActions(company);
  const form = useForm({ defaultValues: { folder: storage.yandex_disk?.folder ?? '' } });
  const move = usage.files > 0 && storage.kind !== 'yandex_disk';
  const { submit, problem } = useSubmit(form, async ({ folder }) => {
    const { url } = await connect.mutateAsync({ ...(folder && { folder }), move });
    location.assign(url);
  });
  return (
    <FormProvider {...form}>
      <form onSubmit={submit} noValidate>
        <Stack spacing={2} sx={{ alignItems: 'start' }}>
          <Field name="folder" label={text.folder} placeholder="vertex" />
          {problem !== null && <ProblemAlert error={problem} />}
          <Button type="submit" variant="contained" loading={form.formState.isSubmitting}>
            {text.connect}
          </Button>
        </Stack>
      </form>
    </FormProvider>
  );
}
