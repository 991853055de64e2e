import { expect, test } from 'vitest';
import { count, fileSize } from './format';
import type { Move, Storage } from './storage-api';
import { moveSentence, placeDetail, sameAgain, taken, wayTo } from './storage-text';

const LOCAL: Storage = { kind: 'local', minio: null, yandex_disk: null, withdrawn_at: null, move: null };
const BUCKET = { endpoint: 'https://s3.example.org', region: 'us-east-1', bucket: 'acme', prefix: 'vertex', virtual_host: false, direct_links: true };
const MINIO: Storage = { ...LOCAL, kind: 'minio', minio: BUCKET };
const DISK: Storage = { ...LOCAL, kind: 'yandex_disk', yandex_disk: { folder: 'Vertex AR', account: '12345' } };
const usage = (files: number) => ({ bytes: 0, files, reserved_bytes: 0, max_bytes: null, max_files: null });

test.each([
  [LOCAL, null],
  [MINIO, 'https://s3.example.org/acme/vertex'],
  [{ ...MINIO, minio: { ...BUCKET, prefix: '' } }, 'https://s3.example.org/acme'],
  [DISK, 'Vertex AR, account 12345'],
])('a place is named by what it is found by', (storage, detail) => expect(placeDetail(storage)).toBe(detail));

test.each([
  ['moving', null, /being moved from the server: 3 files, 2\.0 MB so far/],
  ['failed', 'no such bucket', /stopped after 3 files, 2\.0 MB: no such bucket/],
  ['moved', null, /which is being emptied/],
  ['not_emptied', 'no such bucket', /could not be emptied: no such bucket/],
] as const)('a move that is %s says so', (state, problem, sentence) => {
  const move: Move = { from: 'local', state, objects: 3, bytes: 2_000_000, problem };
  expect(moveSentence(move)).toMatch(sentence);
});

test('what is taken is a share only of a limit', () => {
  expect(taken(1_000_000, null, fileSize)).toEqual({ text: '1.0 MB, no limit', share: null });
  expect(taken(1, 4, (n) => count(n, 'file'))).toEqual({ text: '1 file of 4 files', share: 0.25 });
  expect(taken(5, 4, String).share).toBe(1);
  expect(taken(0, 0, String).share).toBe(1);
});

test.each([
  ['a company without files is put anywhere', { kind: 'minio' }, LOCAL, 0, 'put'],
  ['files go along', { kind: 'minio', endpoint: 'https://s3.example.org', bucket: 'acme' }, LOCAL, 1, 'move'],
  ['files go along to another bucket', { ...BUCKET, kind: 'minio', bucket: 'other' }, MINIO, 1, 'move'],
  ['files go along to another folder', { ...BUCKET, kind: 'minio', prefix: '' }, MINIO, 1, 'move'],
  ['new keys need no move', { ...BUCKET, kind: 'minio', access_key: 'a', secret_key: 'b' }, MINIO, 1, 'put'],
  ['a slash makes no other place', { ...BUCKET, kind: 'minio', endpoint: 'https://s3.example.org/', prefix: '/vertex/' }, MINIO, 1, 'put'],
  ['files come back', { kind: 'local' }, MINIO, 1, 'move'],
] as const)('%s', (_, place, storage, files, way) => expect(wayTo(place, { storage, usage: usage(files) })).toBe(way));

test('a move goes on with the place it goes to, without its keys', () => {
  expect(sameAgain(MINIO)).toEqual({ kind: 'minio', ...BUCKET });
  expect(sameAgain(DISK)).toEqual({ kind: 'yandex_disk' });
});
