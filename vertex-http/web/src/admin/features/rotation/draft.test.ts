import { expect, test } from 'vitest';
import { draftOf, lacks, moved, overlapped, type Rule, ruleOf } from './draft';

const rule = (rotation_type: string, schedule_config: object): Rule => ({
  content_id: 'c',
  rotation_type,
  schedule_config,
  default_video_id: 'd',
  start_date: '2026-12-01',
  created_at: '',
  updated_at: '',
});

test('a saved rule and its draft say the same', () => {
  const range = { start_date: '2026-12-24', end_date: '2026-12-26', video_id: 'a' };
  for (const [type, config] of [
    ['daily_cycle', { video_sequence: ['a', 'b'] }],
    ['sequential', { video_sequence: ['a', 'b'] }],
    ['random_daily', { video_pool: ['a', 'b'] }],
    ['date_specific', { schedules: [range] }],
  ] as const) {
    const saved = { rotation_type: type, schedule_config: config, default_video_id: 'd', start_date: '2026-12-01' };
    expect(ruleOf(draftOf(rule(type, config)))).toEqual(saved);
  }
});

test('no rule is the type none without a schedule', () => {
  expect(ruleOf(draftOf(null))).toEqual({ rotation_type: 'none', default_video_id: null });
});

test('a draft says what it lacks', () => {
  const draft = draftOf(null);
  expect(lacks(draft)).toBeNull();
  expect(lacks({ ...draft, type: 'daily_cycle' })).toBe('videos');
  expect(lacks({ ...draft, type: 'date_specific' })).toBe('ranges');
  const backwards = { start_date: '2026-12-26', end_date: '2026-12-24', video_id: 'a' };
  expect(lacks({ ...draft, type: 'date_specific', ranges: [backwards] })).toBe('order');
});

test('a later range that shares a day with an earlier one is overlapped', () => {
  const range = (start_date: string, end_date: string) => ({ start_date, end_date, video_id: 'a' });
  const ranges = [range('2026-12-01', '2026-12-10'), range('2026-12-11', '2026-12-12'), range('2026-12-10', '2026-12-11')];
  expect([...overlapped(ranges)]).toEqual([2]);
});

test('entries move, but not out of the list', () => {
  expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c']);
  expect(moved(['a', 'b', 'c'], 2, -2)).toEqual(['c', 'a', 'b']);
  expect(moved(['a', 'b', 'c'], 0, -1)).toEqual(['a', 'b', 'c']);
});
