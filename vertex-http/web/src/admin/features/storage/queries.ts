import { api, data, type Schema } from '../../api/client';
import { byId, useChange, useList } from '../../api/resource';

export type Storage = Schema['Storage'];
export type Usage = Schema['CompanyUsage'];
export type NewStorage = Schema['NewStorage'];

const KEY = ['storage'];
const POLL_MS = 2000;

export const useStorage = (company: string) =>
  useList(
    [...KEY, company],
    () => data(api.GET('/api/companies/{id}/storage', byId(company))),
    (storage) => (storage?.move ? POLL_MS : false),
  );

export const useUsage = (company: string) =>
  useList([...KEY, company, 'usage'], () => data(api.GET('/api/companies/{id}/usage', byId(company))));

export function useStorageActions(company: string) {
  const at = byId(company);
  return {
    put: useChange([KEY], (body: NewStorage) => data(api.PUT('/api/companies/{id}/storage', { ...at, body }))),
    move: useChange([KEY], (body: NewStorage) => data(api.POST('/api/companies/{id}/storage/move', { ...at, body }))),
    test: useChange([], () => data(api.POST('/api/companies/{id}/storage/test', at))),
    connect: useChange([], (body: Schema['NewConsent']) => data(api.POST('/api/companies/{id}/storage/yandex-disk', { ...at, body }))),
    quota: useChange([KEY], (body: Schema['NewQuota']) => data(api.PUT('/api/companies/{id}/quota', { ...at, body }))),
    defaultQuota: useChange([KEY], () => data(api.DELETE('/api/companies/{id}/quota', at))),
    sweep: useChange([], (remove: boolean) =>
      data(api.POST('/api/companies/{id}/sweep', { params: { path: { id: company }, query: { delete: remove } } })),
    ),
  };
}

export function useStorages(page: number, per_page: number) {
  const query = { page, per_page };
  return useList([...KEY, 'all', query], () => data(api.GET('/api/admin/storages', { params: { query } })));
}
