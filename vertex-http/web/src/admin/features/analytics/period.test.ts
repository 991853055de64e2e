import { expect, test } from 'vitest';
import { before, change, lastDays } from './period';

test('the days before are as many', () => {
  const period = lastDays(7, Date.UTC(2026, 2, 3));
  expect(period).toEqual({ from: '2026-02-25', to: '2026-03-03' });
  expect(before(period)).toEqual({ from: '2026-02-18', to: '2026-02-24' });
});

test('changes are said in percent, but not of nothing', () => {
  expect([change(15, 10, 'en'), change(5, 10, 'en'), change(10, 10, 'en'), change(3, 0, 'en')]).toEqual(['+50%', '-50%', '0%', null]);
});
