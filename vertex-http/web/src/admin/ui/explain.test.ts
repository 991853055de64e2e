import { expect, test } from 'vitest';
import { Problem, problemOf } from '../api/problem';
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

test('another says what the service said', () => {
  expect(explain(new Problem(409, 'conflict', 'it is in use'), words)).toBe('it is in use');
});
