import { call, type Page } from './api';

export interface Company {
  id: string;
  name: string;
}

export type StorageKind = 'local' | 'minio' | 'yandex_disk';

export interface Bucket {
  endpoint: string;
  region: string;
  bucket: string;
  prefix: string;
  virtual_host: boolean;
  direct_links: boolean;
}

export interface Move {
  from: StorageKind;
  state: 'moving' | 'failed' | 'moved' | 'not_emptied';
  objects: number;
  bytes: number;
  problem: string | null;
}

/** Where a company's files live. */
export interface Storage {
  kind: StorageKind;
  minio: Bucket | null;
  yandex_disk: { folder: string; account: string } | null;
  withdrawn_at: string | null;
  move: Move | null;
}

export interface Usage {
  bytes: number;
  files: number;
  reserved_bytes: number;
  max_bytes: number | null;
  max_files: number | null;
}

export interface TestStep {
  step: 'write' | 'read' | 'range' | 'direct_link' | 'delete';
  outcome: 'passed' | 'failed' | 'skipped';
  problem: string | null;
}

/** A place as a request names it; keys that are left out stay as they are. */
export type NewStorage = { kind: StorageKind } & Partial<Bucket & { access_key: string; secret_key: string }>;

const companyPath = (id: string) => `/api/companies/${encodeURIComponent(id)}`;
const storagePath = (id: string) => `${companyPath(id)}/storage`;

/** Every company, by name. */
export async function listCompanies(): Promise<Company[]> {
  const companies: Company[] = [];
  let pages = 1;
  for (let page = 1; page <= pages; page += 1) {
    const { items, total, per_page } = await call<Page<Company>>('GET', `/api/companies?sort=name&per_page=100&page=${page}`);
    companies.push(...items);
    pages = Math.ceil(total / per_page);
  }
  return companies;
}

export const getUsage = (id: string) => call<Usage>('GET', `${companyPath(id)}/usage`);
export const getStorage = (id: string) => call<Storage>('GET', storagePath(id));
export const putStorage = (id: string, place: NewStorage) => call<Storage>('PUT', storagePath(id), place);
export const moveStorage = (id: string, place: NewStorage) => call<Storage>('POST', `${storagePath(id)}/move`, place);
export const testStorage = (id: string) => call<{ works: boolean; steps: TestStep[] }>('POST', `${storagePath(id)}/test`);

/** Where the owner of a Yandex Disk consents. */
export const connectYandexDisk = (id: string, folder: string, move: boolean) =>
  call<{ url: string }>('POST', `${storagePath(id)}/yandex-disk`, { ...(folder && { folder }), move });
