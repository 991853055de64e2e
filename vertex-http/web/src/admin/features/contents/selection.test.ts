import { expect, test } from 'vitest';
import { toggled } from './selection';

const ORDER = ['a', 'b', 'c', 'd', 'e'];
const after = (picked: string[], id: string, last: string | null, shift: boolean) =>
  [...toggled(new Set(picked), ORDER, id, last, shift)].sort();

test('a click picks one, another click puts it back', () => {
  expect(after([], 'b', null, false)).toEqual(['b']);
  expect(after(['b', 'c'], 'b', 'b', false)).toEqual(['c']);
});

test('shift picks the range from the last one, in either direction', () => {
  expect(after(['b'], 'd', 'b', true)).toEqual(['b', 'c', 'd']);
  expect(after(['d'], 'b', 'd', true)).toEqual(['b', 'c', 'd']);
});

test('shift without a last one on this page picks one', () => {
  expect(after([], 'c', null, true)).toEqual(['c']);
  expect(after([], 'c', 'gone', true)).toEqual(['c']);
});
