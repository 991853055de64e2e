import { useQuery } from '@tanstack/react-query';
import { api, data, type Schema, type Tagged, tagged } from '../../api/client';
import { byId, ofVersion, useChange, useList } from '../../api/resource';
import { type ListState, listQuery } from '../../ui/list-state';

export type Client = Schema['Client'];
export type ClientForm = { name: string; phone: string; email: string };

const KEY = ['clients'];

export function useClients(state: ListState<never>) {
  const query = listQuery(state);
  return useList([...KEY, query], () => data(api.GET('/api/clients', { params: { query } })));
}

export const useClient = (id: string) =>
  useQuery({ queryKey: [...KEY, id], queryFn: () => tagged(api.GET('/api/clients/{id}', byId(id))) });

const body = ({ email, ...rest }: ClientForm) => ({ ...rest, email: email || null });

export const useCreateClient = () => useChange([KEY], (form: ClientForm) => data(api.POST('/api/clients', { body: body(form) })));

export const useUpdateClient = ({ id, etag }: Tagged<Client>) =>
  useChange([KEY], (form: ClientForm) => data(api.PUT('/api/clients/{id}', { ...ofVersion(id, etag), body: body(form) })));

export const useDeleteClient = () => useChange([KEY], (id: string) => api.DELETE('/api/clients/{id}', byId(id)));
