import { count, fileSize } from './format';
import type { Bucket, Move, NewStorage, Storage, StorageKind, TestStep, Usage } from './storage-api';

export const KIND_WORDS: Record<StorageKind, string> = {
  local: 'On the server',
  minio: 'In a bucket',
  yandex_disk: 'On a Yandex Disk',
};

const FROM_WORDS: Record<StorageKind, string> = { local: 'the server', minio: 'the old bucket', yandex_disk: 'the Yandex Disk' };

export const STEP_WORDS: Record<TestStep['step'], string> = {
  write: 'Write a file',
  read: 'Read it',
  range: 'Read a part of it',
  direct_link: 'Read it by a direct link',
  delete: 'Delete it',
};

/** Which bucket or folder it is. */
export function placeDetail({ minio, yandex_disk: disk }: Storage): string | null {
  if (minio) return [minio.endpoint, minio.bucket, minio.prefix].filter(Boolean).join('/');
  return disk && `${disk.folder}, account ${disk.account}`;
}

/** How far a move is, in a sentence. */
export function moveSentence({ from, state, objects, bytes, problem }: Move): string {
  const done = `${count(objects, 'file')}, ${fileSize(bytes)}`;
  const place = FROM_WORDS[from];
  switch (state) {
    case 'moving':
      return `Files are being moved from ${place}: ${done} so far. They stay readable all the while.`;
    case 'failed':
      return `The move from ${place} stopped after ${done}: ${problem}`;
    case 'moved':
      return `Everything has been moved from ${place} (${done}), which is being emptied.`;
    case 'not_emptied':
      return `Everything has been moved (${done}), but ${place} could not be emptied: ${problem}`;
  }
}

/** What is taken of what may be kept, and as a share where there is a limit. */
export function taken(used: number, limit: number | null, words: (amount: number) => string): { text: string; share: number | null } {
  if (limit === null) return { text: `${words(used)}, no limit`, share: null };
  return { text: `${words(used)} of ${words(limit)}`, share: limit === 0 ? 1 : Math.min(used / limit, 1) };
}

/** Files go along when there are any, unless they are there already and only the keys change. */
export function wayTo(place: NewStorage, { storage, usage }: { storage: Storage; usage: Usage }): 'put' | 'move' {
  return usage.files === 0 || holdsTheFiles(place, storage) ? 'put' : 'move';
}

function holdsTheFiles(place: NewStorage, { kind, minio }: Storage): boolean {
  if (place.kind !== kind) return false;
  const same = (key: keyof Bucket) => trimmed(place[key]) === trimmed(minio?.[key]);
  return kind !== 'minio' || (same('endpoint') && same('bucket') && same('prefix'));
}

const trimmed = (value: string | boolean | undefined) => String(value ?? '').replace(/^\/+|\/+$/g, '');

/** The present place as a request names it, for a move that is to go on. */
export function sameAgain({ kind, minio }: Storage): NewStorage {
  return { kind, ...minio };
}
