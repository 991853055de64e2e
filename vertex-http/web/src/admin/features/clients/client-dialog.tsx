import { zodResolver } from '@hookform/resolvers/zod';
import { useForm } from 'react-hook-form';
import * as z from 'zod/mini';
import { Field } from '../../ui/form/fields';
import { FormDialog } from '../../ui/form/form-dialog';
import { rules } from '../../ui/form/rules';
import { useText } from '../../words';
import { common } from '../../words/common';
import type { ClientForm } from './queries';

interface Props {
  title: string;
  /** What the fields begin with; changes that come later keep what was typed. */
  values?: ClientForm;
  save: (form: ClientForm) => Promise<unknown>;
  close: () => void;
}

/** A client's name, phone and email. */
export function ClientDialog({ title, values, save, close }: Props) {
  const text = useText(common);
  const { needed, email } = rules(text);
  const form = useForm<ClientForm>({
    resolver: zodResolver(z.object({ name: needed(255), phone: needed(50), email: email() })),
    defaultValues: { name: '', phone: '', email: '' },
    ...(values && { values, resetOptions: { keepDirtyValues: true } }),
  });
  return (
    <FormDialog open title={title} form={form} save={save} close={close}>
      <Field name="name" label={text.name} autoFocus />
      <Field name="phone" label={text.phone} type="tel" placeholder="+7 912 345-67-89" />
      <Field name="email" label={text.email} type="email" />
    </FormDialog>
  );
}
