import { zodResolver } from '@hookform/resolvers/zod';
import AddIcon from '@mui/icons-material/Add';
import { Button, Card, Chip, Stack, Typography } from '@mui/material';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import * as z from 'zod/mini';
import { Empty } from '../../ui/empty';
import { Field } from '../../ui/form/fields';
import { FormDialog } from '../../ui/form/form-dialog';
import { orNull, rules } from '../../ui/form/rules';
import { type Column, ListTable } from '../../ui/list/list-table';
import { SearchField } from '../../ui/list/search-field';
import { useListState } from '../../ui/list-state';
import { PageHead } from '../../ui/page-head';
import { useSnack } from '../../ui/snack';
import { useLocale, useText } from '../../words';
import { common } from '../../words/common';
import { type Company, useCompanies, useCreateCompany, useRemovals, useRemoveNow, useTakeBackCompany } from './queries';
import { companyWords } from './words';

/** Every company of the installation. */
export function Component() {
  const text = useText(companyWords);
  const words = useText(common);
  const { day } = useLocale();
  const { state, change } = useListState([], 'name');
  const companies = useCompanies(state);
  const [adding, setAdding] = useState(false);
  const columns: Column<Company>[] = [
    { key: 'name', label: words.name, cell: ({ name }) => name, sort: 'name' },
    { key: 'slug', label: text.slug, cell: ({ slug }) => slug },
    {
      key: 'state',
      label: text.state,
      cell: ({ is_active: active }) => (
        <Chip size="small" variant="outlined" color={active ? 'success' : 'default'} label={active ? text.active : text.off} />
      ),
    },
    { key: 'timezone', label: text.timezone, cell: ({ timezone }) => timezone, wide: true },
    { key: 'created', label: words.created, cell: ({ created_at }) => day(created_at.slice(0, 10)), sort: 'created_at', wide: true },
  ];
  return (
    <>
      <PageHead title={text.title}>
        <SearchField value={state.search} onChange={(search) => change({ search })} />
        <Button variant="contained" startIcon={<AddIcon />} onClick={() => setAdding(true)} data-hotkey="n">
          {text.add}
        </Button>
      </PageHead>
      <ListTable
        label={text.title}
        columns={columns}
        list={companies}
        id={({ id }) => id}
        to={({ id }) => `/companies/${id}`}
        state={state}
        change={change}
        empty={<Empty title={text.empty} />}
      />
      <Removals />
      {adding && <NewCompany close={() => setAdding(false)} />}
    </>
  );
}

function NewCompany({ close }: { close: () => void }) {
  const text = useText(companyWords);
  const words = useText(common);
  const { needed, email, optional } = rules(words);
  const create = useCreateCompany();
  const form = useForm({
    resolver: zodResolver(z.object({ name: needed(255), contact_email: email(), timezone: optional(64) })),
    defaultValues: { name: '', contact_email: '', timezone: Intl.DateTimeFormat().resolvedOptions().timeZone },
  });
  const save = ({ name, contact_email, timezone }: { name: string; contact_email: string; timezone: string }) =>
    create.mutateAsync({ name, contact_email: orNull(contact_email), timezone: orNull(timezone) });
  return (
    <FormDialog open title={text.add} action={words.create} form={form} save={save} close={close}>
      <Field name="name" label={words.name} autoFocus />
      <Field name="contact_email" label={text.contactEmail} type="email" />
      <Field name="timezone" label={text.timezone} helperText={text.timezoneHint} />
    </FormDialog>
  );
}

/** Companies that were deleted: until when they can be taken back, or why they cannot be removed. */
function Removals() {
  const text = useText(companyWords);
  const { ago } = useLocale();
  const removals = useRemovals();
  const takeBack = useTakeBackCompany();
  const remove = useRemoveNow();
  const snack = useSnack();
  const onError = snack.failed;
  if (!removals.data?.total) return null;
  return (
    <section>
      <Typography variant="h2" sx={{ mt: 4, mb: 1 }}>
        {text.removals}
      </Typography>
      <Stack spacing={1} sx={{ maxWidth: 860 }}>
        {removals.data.items.map(({ company_id: id, name, next_at: next, problem, attempts }) => (
          <Card key={id} variant="outlined" sx={{ p: 1.5, display: 'flex', alignItems: 'center', gap: 1, flexWrap: 'wrap' }}>
            <Stack sx={{ flexGrow: 1 }}>
              <Typography>{name}</Typography>
              <Typography variant="body2" color="textSecondary">
                {[next && ago(next), problem, attempts > 0 && text.attempts(attempts)].filter(Boolean).join(' · ')}
              </Typography>
            </Stack>
            <Button onClick={() => takeBack.mutate(id, { onError })}>{text.takeBack}</Button>
            <Button color="error" onClick={() => remove.mutate({ id, leaveFiles: false }, { onError })}>
              {text.removeNow}
            </Button>
            {problem && <Button onClick={() => remove.mutate({ id, leaveFiles: true }, { onError })}>{text.leaveFiles}</Button>}
          </Card>
        ))}
      </Stack>
    </section>
  );
}
