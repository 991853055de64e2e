import { expect, test } from 'vitest';
import { changedParams, listQuery, readListState } from './list-state';

const read = (address: string) => readListState(new URLSearchParams(address), ['role'] as const, 'name');

test('a list is what its address says, and sound whatever that is', () => {
  expect(read('page=3&per_page=50&sort=-name&search=a&role=admin')).toEqual({
    page: 3,
    per_page: 50,
    sort: '-name',
    search: 'a',
    filters: { role: 'admin' },
  });
  expect(read('page=-7&per_page=9999&role=')).toEqual({ page: 1, per_page: 20, sort: 'name', search: '', filters: { role: '' } });
});

test('another filter goes back to the first page', () => {
  const params = changedParams(new URLSearchParams('page=3&search=a'), { role: 'admin' });
  expect(params.toString()).toBe('search=a&role=admin');
  expect(changedParams(params, { page: 2, role: '' }).toString()).toBe('search=a&page=2');
});

test('what is empty is not asked for', () => {
  expect(listQuery(read('search=a'))).toEqual({ page: 1, per_page: 20, sort: 'name', search: 'a' });
});
