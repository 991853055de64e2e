import type { NewStorage, Storage, Usage } from './queries';

/** Which bucket or folder it is; nothing for the server itself. */
export function placeDetail({ minio, yandex_disk: disk }: Pick<Storage, 'minio' | 'yandex_disk'>): string {
  if (minio) return [minio.endpoint, minio.bucket, minio.prefix].filter(Boolean).join('/');
  return disk ? `${disk.folder}, ${disk.account}` : '';
}

/** Files go along when there are any, unless they are there already and only the keys change. */
export function wayTo(place: NewStorage, storage: Storage, usage: Usage): 'put' | 'move' {
  return usage.files === 0 || holdsTheFiles(place, storage) ? 'put' : 'move';
}

function holdsTheFiles(place: NewStorage, { kind, minio }: Storage): boolean {
  if (place.kind !== kind) return false;
  const same = (key: 'endpoint' | 'bucket' | 'prefix') => trimmed(place[key]) === trimmed(minio?.[key]);
  return kind !== 'minio' || (same('endpoint') && same('bucket') && same('prefix'));
}

const trimmed = (text: string | null | undefined) => (text ?? '').replace(/^\/+|\/+$/g, '');

/** The present place as a request names it, for a move that is to go on. */
export const sameAgain = ({ kind, minio }: Storage): NewStorage => ({ kind, ...minio });

const GB = 1e9;

/** A limit in gigabytes as a field holds it, and back. */
export const toGigabytes = (bytes: number | null | undefined) => (bytes == null ? '' : String(bytes / GB));
export const fromGigabytes = (text: string) => (text.trim() === '' ? null : Math.round(Number(text.replace(',', '.')) * GB));
