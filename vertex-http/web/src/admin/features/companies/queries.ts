import { useQuery } from '@tanstack/react-query';
import { api, data, type Schema, tagged } from '../../api/client';
import { byId, ofVersion, useChange, useList } from '../../api/resource';
import { type ListState, listQuery } from '../../ui/list-state';

export type Company = Schema['Company'];

const KEY = ['companies'];
const REMOVALS = ['removals'];

export function useCompanies(state: ListState<never>) {
  const query = listQuery(state);
  return useList([...KEY, query], () => data(api.GET('/api/companies', { params: { query } })));
}

export const useCompany = (id: string) =>
  useQuery({ queryKey: [...KEY, id], queryFn: () => tagged(api.GET('/api/companies/{id}', byId(id))) });
export const useCreateCompany = () => useChange([KEY], (body: Schema['NewCompany']) => data(api.POST('/api/companies', { body })));
export const useUpdateCompany = (id: string, etag: string) =>
  useChange([KEY], (body: Schema['CompanyChanges']) => data(api.PUT('/api/companies/{id}', { ...ofVersion(id, etag), body })));
export const useDeleteCompany = () => useChange([KEY, REMOVALS], (id: string) => api.DELETE('/api/companies/{id}', byId(id)));

export function useRemovals() {
  const query = { per_page: 100 };
  return useList([...REMOVALS, query], () => data(api.GET('/api/companies/removals', { params: { query } })));
}

export const useTakeBackCompany = () =>
  useChange([KEY, REMOVALS], (id: string) => data(api.PUT('/api/companies/{id}', { ...byId(id), body: { is_active: true } })));
export const useRemoveNow = () =>
  useChange([KEY, REMOVALS], ({ id, leaveFiles }: { id: string; leaveFiles: boolean }) =>
    api.POST('/api/companies/{id}/removal', { ...byId(id), body: { leave_files: leaveFiles } }),
  );
