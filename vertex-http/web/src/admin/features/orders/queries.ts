import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, data, type Schema } from '../../api/client';
import { byId, useChange, useList } from '../../api/resource';
import { movedTo, type Order, type Status } from './board';

const KEY = ['orders'];
const COLUMN = 100;

type Column = Schema['ListOf_Order'];
const columnKey = (status: Status) => [...KEY, 'column', status];

/** The orders of one column of the board, newest first. */
export function useColumn(status: Status) {
  const query = { status, per_page: COLUMN, sort: '-created_at' as const };
  return useList(columnKey(status), () => data(api.GET('/api/orders', { params: { query } })));
}

/** The clients that orders may belong to, by name. */
export function useClientNames() {
  const query = { per_page: 100, sort: 'name' as const };
  return useList(['clients', query], () => data(api.GET('/api/clients', { params: { query } })));
}

/** Moves an order to another column at once, and back when the server refuses. */
export function useMoveOrder() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ order, status }: { order: Order; status: Status }) =>
      data(api.PUT('/api/orders/{id}', { ...byId(order.id), body: { status } })),
    onMutate: async ({ order, status }) => {
      await client.cancelQueries({ queryKey: KEY });
      const moved = movedTo(order, status);
      if (!moved) return;
      const change = (key: string, edit: (items: Order[]) => Order[]) =>
        client.setQueryData<Column>(columnKey(key as Status), (column) => column && { ...column, items: edit(column.items) });
      change(order.status, (items) => items.filter(({ id }) => id !== order.id));
      change(status, (items) => [moved, ...items]);
    },
    onSettled: () => client.invalidateQueries({ queryKey: KEY }),
  });
}

export const useCreateOrder = () => useChange([KEY], (body: Schema['NewOrder']) => data(api.POST('/api/orders', { body })));

export const useUpdateOrder = (id: string) =>
  useChange([KEY], (body: Schema['OrderChanges']) => data(api.PUT('/api/orders/{id}', { ...byId(id), body })));

export const useDeleteOrder = () => useChange([KEY], (id: string) => api.DELETE('/api/orders/{id}', byId(id)));
