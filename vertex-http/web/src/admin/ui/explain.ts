import { Problem, Unreachable } from '../api/problem';

interface Words {
  offline: string;
  stale: string;
  wait: (seconds: number) => string;
  busy: (seconds: number) => string;
}

/** What went wrong, in a sentence for people. */
export function explain(error: unknown, words: Words): string {
  if (error instanceof Unreachable) return words.offline;
  if (error instanceof Problem) {
    if (error.status === 412) return words.stale;
    if (error.code === 'too_many_at_once') return words.busy(error.retryAfter);
    if (error.status === 429) return words.wait(error.retryAfter);
    // The general words say no more than that something is not valid.
    if (error.fields.length > 0) return error.fields.map(({ field, message }) => `${field} ${message}`).join('; ');
    return error.message;
  }
  return error instanceof Error ? error.message : String(error);
}
