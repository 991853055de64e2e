import { expect, test } from 'vitest';
import { count, duration, fileSize, titleFrom } from './format';

test.each([[0, '0:00'], [9.4, '0:09'], [59.6, '1:00'], [75.4, '1:15'], [3600, '60:00']])('%f seconds are %s', (seconds, text) =>
  expect(duration(seconds)).toBe(text),
);

test.each([[0, '0 B'], [999, '999 B'], [1200, '1.2 kB'], [56_000, '56 kB'], [999_600, '1.0 MB'], [3_240_000_000, '3.2 GB']])(
  '%i bytes are %s',
  (bytes, text) => expect(fileSize(bytes)).toBe(text),
);

test.each([['anna_and-tom.JPG', 'anna and tom'], ['a.b.png', 'a.b'], ['photo', 'photo']])('%s suggests %s', (name, title) =>
  expect(titleFrom(name)).toBe(title),
);

test('counts in the singular and the plural', () => {
  expect([0, 1, 2].map((n) => count(n, 'view'))).toEqual(['0 views', '1 view', '2 views']);
});
