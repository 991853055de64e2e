import { zodResolver } from '@hookform/resolvers/zod';
import { useForm } from 'react-hook-form';
import * as z from 'zod/mini';
import { ChoiceField, Field } from '../../ui/form/fields';
import { FormDialog } from '../../ui/form/form-dialog';
import { rules } from '../../ui/form/rules';
import { useText } from '../../words';
import { common } from '../../words/common';
import type { Order } from './board';
import { useClientNames, useCreateOrder, useUpdateOrder } from './queries';
import { orderWords } from './words';

/** A new order, or the notes of one that is there. */
export function OrderDialog({ order, close }: { order: Order | null; close: () => void }) {
  const text = useText(orderWords);
  const words = useText(common);
  const { needed, optional } = rules(words);
  const clients = useClientNames();
  const create = useCreateOrder();
  const update = useUpdateOrder(order?.id ?? '');
  const form = useForm({
    resolver: zodResolver(z.object({ client_id: needed(36), notes: optional(5000) })),
    defaultValues: { client_id: order?.client_id ?? '', notes: order?.notes ?? '' },
  });
  const save = ({ client_id, notes }: { client_id: string; notes: string }) =>
    order ? update.mutateAsync({ notes }) : create.mutateAsync({ client_id, notes });
  const options = clients.data?.items.map(({ id, name, phone }) => ({ value: id, label: `${name}, ${phone}` })) ?? [];
  return (
    <FormDialog open title={order ? text.change : text.add} form={form} save={save} close={close}>
      <ChoiceField name="client_id" label={text.client} options={options} disabled={order !== null} />
      <Field name="notes" label={words.notes} multiline minRows={3} autoFocus={order !== null} />
    </FormDialog>
  );
}
