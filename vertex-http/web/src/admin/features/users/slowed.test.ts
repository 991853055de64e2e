import { expect, test } from 'vitest';
import { isSlowed } from './slowed';

const now = Date.parse('2026-11-30T12:00:00Z');

test('sign-ins are slowed until their time has come', () => {
  expect(isSlowed({ blocked_until: '2026-11-30T12:01:00Z' }, now)).toBe(true);
  expect(isSlowed({ blocked_until: '2026-11-30T11:59:59Z' }, now)).toBe(false);
  expect(isSlowed({ blocked_until: null }, now)).toBe(false);
});
