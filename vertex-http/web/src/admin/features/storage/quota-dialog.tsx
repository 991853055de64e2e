import { zodResolver } from '@hookform/resolvers/zod';
import { Typography } from '@mui/material';
import { useForm } from 'react-hook-form';
import * as z from 'zod/mini';
import { Field } from '../../ui/form/fields';
import { FormDialog } from '../../ui/form/form-dialog';
import { useText } from '../../words';
import { fromGigabytes, toGigabytes } from './place';
import { type Usage, useStorageActions } from './queries';
import { storageWords } from './words';

/** The limits of a company. */
export function QuotaDialog({ company, usage, close }: { company: string; usage: Usage; close: () => void }) {
  const text = useText(storageWords);
  const { quota } = useStorageActions(company);
  const form = useForm({
    resolver: zodResolver(z.object({ max_bytes: z.string(), max_files: z.string() })),
    defaultValues: { max_bytes: toGigabytes(usage.max_bytes), max_files: String(usage.max_files ?? '') },
  });
  const save = ({ max_bytes, max_files }: { max_bytes: string; max_files: string }) =>
    quota.mutateAsync({
      max_bytes: fromGigabytes(max_bytes),
      max_files: max_files === '' ? null : Number(max_files),
      max_uploads: usage.max_uploads ?? null,
    });
  return (
    <FormDialog open title={text.quota} form={form} save={save} close={close}>
      <Field name="max_bytes" label={text.maxBytes} slotProps={{ htmlInput: { inputMode: 'decimal' } }} autoFocus />
      <Field name="max_files" label={text.maxFiles} slotProps={{ htmlInput: { inputMode: 'numeric' } }} />
      <Typography variant="body2" color="textSecondary">
        {text.quotaHint}
      </Typography>
    </FormDialog>
  );
}
