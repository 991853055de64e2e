import { expect, test } from 'vitest';
import { Problem, problemOf, Unreachable } from '../api/problem';
import { explain } from './explain';

const words = {
  offline: 'offline',
  stale: 'stale',
  wait: (seconds: number) => `wait ${seconds}`,
  busy: (seconds: number) => `busy ${seconds}`,
};

async function told(code: string) {
  const body = JSON.stringify({ status: 429, code, detail: 'too many' });
  const problem = await problemOf(new Response(body, { status: 429, headers: { 'retry-after': '30' } }));
  return explain(problem, words);
}

test('a refusal that passes says when to come again', async () => {
  expect(await told('too_many_requests')).toBe('wait 30');
  expect(await told('too_many_at_once')).toBe('busy 30');
});

test('what belongs to no field of the form is said with its reason', () => {
  const fields = [{ field: 'storage', message: 'does not work: step write: the storage does not accept the credentials' }];
  const problem = new Problem(422, 'invalid_input', 'storage of the input is not valid', fields);
  expect(explain(problem, words)).toBe('storage does not work: step write: the storage does not accept the credentials');
});

test('other refusals are said in the words that fit them', () => {
  expect(explain(new Unreachable(), words)).toBe('offline');
  expect(explain(new Problem(412, 'stale', 'x'), words)).toBe('stale');
  expect(explain(new Problem(409, 'conflict', 'it is in use'), words)).toBe('it is in use');
});
