import { zodResolver } from '@hookform/resolvers/zod';
import { Button, Skeleton, Stack } from '@mui/material';
import { FormProvider, useForm } from 'react-hook-form';
import { Link, useNavigate, useParams } from 'react-router';
import * as z from 'zod/mini';
import type { Tagged } from '../../api/client';
import { useConfirm } from '../../ui/confirm';
import { ChoiceField, Field } from '../../ui/form/fields';
import { orNull, rules } from '../../ui/form/rules';
import { useSubmit } from '../../ui/form/submit';
import { PageHead } from '../../ui/page-head';
import { ProblemAlert } from '../../ui/problem-alert';
import { useSnack } from '../../ui/snack';
import { useText } from '../../words';
import { common } from '../../words/common';
import { isAtLeast, useMe } from '../auth/queries';
import { type Company, useCompany, useDeleteCompany, useUpdateCompany } from './queries';
import { companyWords } from './words';

export function Component() {
  const { id = '' } = useParams();
  const company = useCompany(id);
  if (company.error) return <ProblemAlert error={company.error} retry={() => void company.refetch()} />;
  return company.data ? <CompanyView company={company.data} /> : <Skeleton variant="rounded" height={240} />;
}

function CompanyView({ company }: { company: Tagged<Company> }) {
  const text = useText(companyWords);
  const words = useText(common);
  const me = useMe();
  const { id, name } = company;
  const remove = useDeleteCompany();
  const confirm = useConfirm();
  const snack = useSnack();
  const navigate = useNavigate();
  const deleteIt = async () => {
    if (!(await confirm({ title: text.deleteTitle(name), detail: text.deleteHint, confirm: words.delete }))) return;
    try {
      await remove.mutateAsync(id);
      snack.done(text.deleted(name));
      await navigate('/companies');
    } catch (error) {
      snack.failed(error);
    }
  };
  return (
    <>
      <PageHead title={name}>
        <Button component={Link} to={`/companies/${id}/storage`}>
          {text.storage}
        </Button>
        {isAtLeast(me.role, 'superadmin') && id !== me.company_id && (
          <Button color="error" onClick={() => void deleteIt()}>
            {words.delete}
          </Button>
        )}
      </PageHead>
      <Settings company={company} />
    </>
  );
}

function Settings({ company }: { company: Tagged<Company> }) {
  const text = useText(companyWords);
  const words = useText(common);
  const { needed, email } = rules(words);
  const update = useUpdateCompany(company.id, company.etag);
  const snack = useSnack();
  const { name, contact_email, timezone, marker_formats } = company;
  const form = useForm({
    resolver: zodResolver(z.object({ name: needed(255), contact_email: email(), timezone: needed(64), marker_formats: needed(32) })),
    values: { name, contact_email: contact_email ?? '', timezone, marker_formats },
    resetOptions: { keepDirtyValues: true },
  });
  const { submit, problem } = useSubmit(form, async (typed) => {
    await update.mutateAsync({ ...typed, contact_email: orNull(typed.contact_email) });
    form.reset(typed);
    snack.done(words.saved);
  });
  const formats = Object.entries(text.formatNames).map(([value, label]) => ({ value, label }));
  return (
    <FormProvider {...form}>
      <form onSubmit={submit} noValidate>
        <Stack spacing={2} sx={{ maxWidth: 520 }}>
          <Field name="name" label={words.name} />
          <Field name="contact_email" label={text.contactEmail} type="email" />
          <Field name="timezone" label={text.timezone} helperText={text.timezoneHint} />
          <ChoiceField name="marker_formats" label={text.formats} helperText={text.formatsHint} options={formats} />
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
  );
}
