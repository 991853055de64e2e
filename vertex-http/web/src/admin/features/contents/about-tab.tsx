import { zodResolver } from '@hookform/resolvers/zod';
import { Alert, Box, Button, Card, CardContent, Link, Stack, Typography } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { FormProvider, useForm } from 'react-hook-form';
import { useNavigate } from 'react-router';
import * as z from 'zod/mini';
import { api, data, type Tagged } from '../../api/client';
import { useConfirm } from '../../ui/confirm';
import { ChoiceField, Field } from '../../ui/form/fields';
import { orNull, rules } from '../../ui/form/rules';
import { useSubmit } from '../../ui/form/submit';
import { ProblemAlert } from '../../ui/problem-alert';
import { useSnack } from '../../ui/snack';
import { useLocale, useText } from '../../words';
import { common } from '../../words/common';
import { type Content, useBulkWork, useGenerateMarker, useUpdateContent } from './queries';
import { ReplacePicture } from './replace-picture';
import { contentWords } from './words';

export function AboutTab({ content }: { content: Tagged<Content> }) {
  const text = useText(contentWords);
  return (
    <Stack direction={{ xs: 'column', md: 'row' }} spacing={3}>
      <Box sx={{ flex: 1, maxWidth: 520 }}>
        {content.marker_error && <Alert severity="error" sx={{ mb: 2 }}>{`${text.markerFailed}: ${content.marker_error}`}</Alert>}
        <Details content={content} />
      </Box>
      <Facts content={content} />
    </Stack>
  );
}

const toForm = (content: Content) => ({
  title: content.title,
  client_id: content.client_id ?? '',
  project_id: content.project_ids[0] ?? '',
  expiry_date: content.expiry_date ?? '',
});

function Details({ content }: { content: Tagged<Content> }) {
  const text = useText(contentWords);
  const words = useText(common);
  const { needed, optional } = rules(words);
  const update = useUpdateContent();
  const snack = useSnack();
  const form = useForm({
    resolver: zodResolver(z.object({ title: needed(255), client_id: z.string(), project_id: z.string(), expiry_date: optional(10) })),
    values: toForm(content),
    resetOptions: { keepDirtyValues: true },
  });
  const { submit, problem } = useSubmit(form, async ({ title, client_id, project_id, expiry_date }) => {
    const body = { title, client_id: orNull(client_id), expiry_date: orNull(expiry_date), ...projects(content, project_id) };
    await update.mutateAsync({ id: content.id, etag: content.etag, body });
    snack.done(words.saved);
  });
  return (
    <FormProvider {...form}>
      <form onSubmit={submit} noValidate>
        <Stack spacing={2}>
          <Field name="title" label={text.titleLabel} />
          <Pickers company={content.company_id} />
          <Field name="expiry_date" label={text.expiry} type="date" slotProps={{ inputLabel: { shrink: true } }} />
          {problem !== null && <ProblemAlert error={problem} />}
          <Stack direction="row" spacing={1}>
            <Button type="submit" variant="contained" disabled={!form.formState.isDirty} loading={form.formState.isSubmitting}>
              {words.save}
            </Button>
            <Actions content={content} />
          </Stack>
        </Stack>
      </form>
    </FormProvider>
  );
}

/** The first project of a content can be chosen here; others that it belongs to stay. */
function projects({ project_ids: now }: Content, chosen: string): { project_ids?: string[] } {
  if (chosen === (now[0] ?? '')) return {};
  return { project_ids: [...(chosen ? [chosen] : []), ...now.slice(1)] };
}

function Pickers({ company }: { company: string }) {
  const text = useText(contentWords);
  const words = useText(common);
  const query = { company_id: company, per_page: 100, sort: 'name' as const };
  const clients = useQuery({ queryKey: ['clients', query], queryFn: () => data(api.GET('/api/clients', { params: { query } })) });
  const all = useQuery({ queryKey: ['projects', query], queryFn: () => data(api.GET('/api/projects', { params: { query } })) });
  const options = (items: { id: string; name: string }[] = []) => [
    { value: '', label: words.none },
    ...items.map(({ id, name }) => ({ value: id, label: name })),
  ];
  return (
    <>
      <ChoiceField name="client_id" label={text.client} options={options(clients.data?.items)} />
      <ChoiceField name="project_id" label={text.project} options={options(all.data?.items)} />
    </>
  );
}

function Actions({ content: { id, title, deleted_at: deleted } }: { content: Content }) {
  const text = useText(contentWords);
  const words = useText(common);
  const again = useGenerateMarker();
  const bulk = useBulkWork();
  const confirm = useConfirm();
  const snack = useSnack();
  const navigate = useNavigate();
  const restore = () => bulk.mutate({ work: { kind: 'restore' }, ids: [id] });
  const remove = async () => {
    if (!(await confirm({ title: `${words.delete}: ${title}?`, detail: text.deleteHint, confirm: words.delete }))) return;
    const { failed } = await bulk.mutateAsync({ work: { kind: 'delete' }, ids: [id] });
    if (failed.length > 0) return snack.failed(new Error(text.someFailed(1)));
    snack.done(text.deleted(1), restore);
    await navigate('/contents');
  };
  if (deleted) return <Button onClick={restore}>{text.restore}</Button>;
  return (
    <>
      <Button onClick={() => again.mutate(id, { onError: snack.failed })}>{text.makeAgain}</Button>
      <Button color="error" onClick={() => void remove()}>
        {words.delete}
      </Button>
    </>
  );
}

function Facts({ content }: { content: Tagged<Content> }) {
  const text = useText(contentWords);
  const { instant, size } = useLocale();
  const { image, image_url: url, viewer_url: link } = content;
  return (
    <Card variant="outlined" sx={{ width: { xs: '100%', md: 340 } }}>
      <Box
        component="img"
        src={url}
        alt={content.title}
        sx={{ width: '100%', maxHeight: 320, objectFit: 'contain', bgcolor: 'action.hover' }}
      />
      <CardContent>
        <Typography variant="body2">{`${image.width} × ${image.height}, ${image.format}, ${size(image.bytes)}`}</Typography>
        <Typography variant="body2" color="textSecondary">{`${text.taken}: ${instant(content.created_at)}`}</Typography>
        <Typography variant="body2" noWrap>
          <Link href={link} target="_blank" rel="noopener">
            {link.replace(/^https?:\/\//, '')}
          </Link>
        </Typography>
        {!content.deleted_at && <ReplacePicture content={content} />}
      </CardContent>
    </Card>
  );
}
