import { expect, test } from 'vitest';
import { staleKeys } from './live';

test('an event has loaded again what it concerns, and everything when some were lost', () => {
  expect(staleKeys({ type: 'marker_ready', content_id: 'c' })).toContainEqual(['contents']);
  expect(staleKeys({ type: 'marker_measured', content_id: 'c' })).toContainEqual(['contents']);
  expect(staleKeys({ type: 'notification' })).toEqual([['notifications']]);
  expect(staleKeys({ type: 'news_lost' })).toBe('all');
  expect(staleKeys({ type: 'something newer' })).toEqual([]);
});
