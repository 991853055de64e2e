/** One field of a request and what is wrong with it. */
export interface FieldError {
  field: string;
  message: string;
}

/** An answer of the server that says no (RFC 9457). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: FieldError[] = [],
  ) {
    super(message);
    this.name = 'Problem';
  }

  /** What is wrong with `field`, if the server named it. */
  field(name: string): string | undefined {
    return this.fields.find((error) => error.field === name)?.message;
  }
}

/** No answer at all: no network, no server. */
export class Unreachable extends Error {
  constructor() {
    super('The server cannot be reached.');
    this.name = 'Unreachable';
  }
}

/** Reads a problem out of an answer's status and body, whatever the body is. */
export function problemFrom(status: number, body: string): Problem {
  const document = parse(body);
  const text = (key: string) => (typeof document[key] === 'string' && document[key] !== '' ? document[key] : undefined);
  const message = text('detail') ?? text('title') ?? `The server answered ${status}.`;
  return new Problem(status, text('code') ?? `http_${status}`, message, fieldErrors(document['errors']));
}

function parse(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function fieldErrors(value: unknown): FieldError[] {
  if (!Array.isArray(value)) return [];
  return value.filter(
    (item): item is FieldError => typeof item?.field === 'string' && typeof item?.message === 'string',
  );
}

/**
 * Makes links to this installation's API lead to where the page came from: answers name the public address, and the page
 * may have been opened at another one. Links that a bucket has signed stay as they are.
 */
export function local(key: string, value: unknown): unknown {
  if (!key.endsWith('url') || typeof value !== 'string' || !URL.canParse(value)) return value;
  const { pathname, search } = new URL(value);
  return pathname.startsWith('/api/') && !search.includes('X-Amz-') ? pathname + search : value;
}

/** Sends a request and reads the JSON answer (`undefined` for 204). Throws {@link Problem} or {@link Unreachable}. */
export async function requestJson<T>(method: string, path: string, body?: unknown): Promise<T> {
  const init: RequestInit = { method, headers: { accept: 'application/json' }, credentials: 'same-origin' };
  if (body !== undefined) {
    init.headers = { ...init.headers, 'content-type': 'application/json' };
    init.body = JSON.stringify(body);
  }
  const answer = await fetch(path, init).catch(() => {
    throw new Unreachable();
  });
  const text = await answer.text();
  if (!answer.ok) throw problemFrom(answer.status, text);
  return (text === '' ? undefined : JSON.parse(text, local)) as T;
}
