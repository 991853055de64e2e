import { expect, test } from 'vitest';
import { Problem, Unreachable } from '../api/problem';
import { explain } from './explain';

const words = { offline: 'offline', stale: 'stale', wait: (seconds: number) => `wait ${seconds}` };

test('what belongs to no field of the form is said with its reason', () => {
  const fields = [{ field: 'storage', message: 'does not work: step write: the storage does not accept the credentials' }];
  const problem = new Problem(422, 'invalid_input', 'storage of the input is not valid', fields);
  expect(explain(problem, words)).toBe('storage does not work: step write: the storage does not accept the credentials');
});

test('other refusals are said in the words that fit them', () => {
  expect(explain(new Unreachable(), words)).toBe('offline');
  expect(explain(new Problem(412, 'stale', 'x'), words)).toBe('stale');
  expect(explain(new Problem(429, 'rate_limited', 'x', [], 7), words)).toBe('wait 7');
  expect(explain(new Problem(409, 'conflict', 'taken'), words)).toBe('taken');
});
