import type { components } from './schema';

export type Schema = components['schemas'];

/** A refusal by the server, as RFC 9457 puts it. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: Schema['ProblemField'][] = [],
    readonly retryAfter = 0,
    readonly requestId = '',
  ) {
    super(message);
  }
}

/** The server could not be reached. */
export class Unreachable extends Error {}

/** The problem that an answer tells of. */
export async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as Partial<Schema['Problem']>;
  return new Problem(
    response.status,
    body.code ?? `http_${response.status}`,
    body.detail ?? body.title ?? response.statusText,
    body.errors,
    Number(response.headers.get('retry-after') ?? 0),
    body.request_id ?? response.headers.get('x-request-id') ?? '',
  );
}
