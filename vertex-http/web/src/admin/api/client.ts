import createClient, { type Middleware } from 'openapi-fetch';
import { local } from '../../shared/http';
import { problemOf, Unreachable } from './problem';
import type { paths } from './schema';
import { refreshSession } from './session';

export { Problem, type Schema, Unreachable } from './problem';

/** Sends a request; renews the session and sends it again when it has run out. */
async function send(request: Request): Promise<Response> {
  const again = request.clone();
  const answer = await reach(request);
  if (answer.status !== 401 || new URL(request.url).pathname.startsWith('/api/auth/login')) return answer;
  return (await refreshSession()) ? reach(again) : answer;
}

async function reach(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch {
    throw new Unreachable();
  }
}

const problems: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) throw await problemOf(response);
  },
};

/** Links lead to the address that the page came from, which need not be the one that the installation is known by. */
const links: Middleware = {
  async onResponse({ response }) {
    if (!response.headers.get('content-type')?.includes('json')) return undefined;
    return new Response(JSON.stringify(JSON.parse(await response.text(), local)), response);
  },
};

/** The API, typed by its document. */
export const api = createClient<paths>({ baseUrl: '/', fetch: send });
api.use(links, problems);

type Answer<T> = Promise<{ data?: T; response: Response }>;

/** What an operation answers. Throws `Problem` or `Unreachable` otherwise. */
export async function data<T>(answer: Answer<T>): Promise<T> {
  return (await answer).data as T;
}

/** A row with the version that a change of it has to name in `If-Match`. */
export type Tagged<T> = T & { etag: string };

/** The same of one row, with its version. */
export async function tagged<T extends object>(answer: Answer<T>): Promise<Tagged<T>> {
  const { data: row, response } = await answer;
  return { ...(row as T), etag: response.headers.get('etag') ?? '' };
}
