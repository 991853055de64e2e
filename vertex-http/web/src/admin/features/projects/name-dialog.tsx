import { zodResolver } from '@hookform/resolvers/zod';
import { useForm } from 'react-hook-form';
import * as z from 'zod/mini';
import { Field } from '../../ui/form/fields';
import { FormDialog } from '../../ui/form/form-dialog';
import { rules } from '../../ui/form/rules';
import { useText } from '../../words';
import { common } from '../../words/common';
import type { NameForm } from './queries';

interface Props {
  title: string;
  values?: NameForm;
  save: (form: NameForm) => Promise<unknown>;
  close: () => void;
}

/** The name and description of a project or folder. */
export function NameDialog({ title, values, save, close }: Props) {
  const text = useText(common);
  const { needed, optional } = rules(text);
  const form = useForm<NameForm>({
    resolver: zodResolver(z.object({ name: needed(255), description: optional(5000) })),
    defaultValues: { name: '', description: '' },
    ...(values && { values, resetOptions: { keepDirtyValues: true } }),
  });
  return (
    <FormDialog open title={title} form={form} save={save} close={close}>
      <Field name="name" label={text.name} autoFocus />
      <Field name="description" label={text.description} multiline minRows={2} />
    </FormDialog>
  );
}
