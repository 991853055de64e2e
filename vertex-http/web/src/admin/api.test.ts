import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { listContents, whenSignedOut, whoAmI } from './api';

/** A server whose session has run out; it renews it or not. */
function expiredSession(renewable: boolean) {
  let renewed = false;
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (path: string, { method }: RequestInit) => {
    asked.push(`${method} ${path}`);
    if (path === '/api/auth/refresh') renewed = renewable;
    return renewed ? new Response('{"username":"anna"}') : new Response('{"code":"unauthorized"}', { status: 401 });
  });
  return asked;
}

const signedOut = vi.fn();
beforeEach(() => whenSignedOut(signedOut));
afterEach(() => {
  vi.unstubAllGlobals();
  signedOut.mockReset();
});

test('a session that ran out is renewed once, unnoticed', async () => {
  const asked = expiredSession(true);
  expect((await whoAmI()).username).toBe('anna');
  expect(asked).toEqual(['GET /api/auth/me', 'POST /api/auth/refresh', 'GET /api/auth/me']);
  expect(signedOut).not.toHaveBeenCalled();
});

test('a session that cannot be renewed leads back to the sign-in page', async () => {
  const asked = expiredSession(false);
  await expect(whoAmI()).rejects.toMatchObject({ status: 401 });
  expect(asked).toHaveLength(2);
  expect(signedOut).toHaveBeenCalledOnce();
});

test('a search is sent only when there is one, and safely', async () => {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path);
    return new Response('{"items":[],"total":0,"page":1,"per_page":12}');
  });
  await listContents(1, '');
  await listContents(2, 'a&b=c');
  expect(asked).toEqual(['/api/ar-content?page=1&per_page=12', '/api/ar-content?page=2&per_page=12&search=a%26b%3Dc']);
});
