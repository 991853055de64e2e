import { expect, test } from 'vitest';
import { fromGigabytes, placeDetail, toGigabytes, wayTo } from './place';
import type { Storage, Usage } from './queries';

const bucket = { endpoint: 'https://s3.example.org', bucket: 'b', prefix: '/p/', region: 'r', virtual_host: false, direct_links: true };
const storage = { kind: 'minio', minio: bucket } as Storage;
const usage = (files: number) => ({ files }) as Usage;

test('files move to another place, but not for new keys or when there are none', () => {
  expect(wayTo({ kind: 'minio', ...bucket, prefix: 'p', access_key: 'new' }, storage, usage(3))).toBe('put');
  expect(wayTo({ kind: 'minio', ...bucket, bucket: 'other' }, storage, usage(3))).toBe('move');
  expect(wayTo({ kind: 'local' }, storage, usage(3))).toBe('move');
  expect(wayTo({ kind: 'local' }, storage, usage(0))).toBe('put');
});

test('a place says which bucket it is', () => {
  expect(placeDetail(storage)).toBe('https://s3.example.org/b//p/');
  expect(placeDetail({ minio: null, yandex_disk: null })).toBe('');
});

test('limits are typed in gigabytes', () => {
  expect([fromGigabytes('1,5'), fromGigabytes(' '), fromGigabytes('0')]).toEqual([1_500_000_000, null, 0]);
  expect([toGigabytes(1_500_000_000), toGigabytes(null)]).toEqual(['1.5', '']);
});
