import { afterEach, describe, expect, test, vi } from 'vitest';
import { Problem, Unreachable, local, problemFrom, requestJson } from './http';

afterEach(() => vi.unstubAllGlobals());

const document = {
  type: 'about:blank',
  title: 'Invalid request',
  status: 422,
  detail: 'Two fields are invalid.',
  code: 'validation',
  errors: [
    { field: 'title', message: 'A title is needed.' },
    { field: 'image', message: 'The picture is too small.' },
  ],
};

describe('problemFrom', () => {
  test('reads code, detail and every field', () => {
    const problem = problemFrom(422, JSON.stringify(document));
    expect(problem).toMatchObject({ status: 422, code: 'validation', message: 'Two fields are invalid.' });
    expect(problem.field('image')).toBe('The picture is too small.');
    expect(problem.field('video')).toBeUndefined();
  });

  test('falls back to the title', () => {
    expect(problemFrom(404, '{"title":"Not found"}').message).toBe('Not found');
  });

  test.each(['<html>Bad gateway</html>', '', 'null', '[]', '"text"', '{"detail":7,"errors":[1,null,{"field":"x"}]}'])(
    'makes sense of the body %s',
    (body) => {
      const problem = problemFrom(502, body);
      expect(problem).toMatchObject({ status: 502, code: 'http_502', fields: [] });
      expect(problem.message).toBe('The server answered 502.');
    },
  );
});

describe('local', () => {
  test.each([
    ['preview_url', 'https://ar.example.org/api/files/content/a/b/c.webp?expires=1&signature=x', '/api/files/content/a/b/c.webp?expires=1&signature=x'],
    ['viewer_url', 'https://ar.example.org/ar/abc', 'https://ar.example.org/ar/abc'],
    ['url', 'https://s3.example.org/api/content/v.mp4?X-Amz-Signature=x', 'https://s3.example.org/api/content/v.mp4?X-Amz-Signature=x'],
    ['title', 'https://ar.example.org/api/', 'https://ar.example.org/api/'],
    ['url', '/api/files/x', '/api/files/x'],
    ['url', null, null],
  ])('makes %s %s %s', (key, value, expected) => expect(local(key, value)).toBe(expected));
});

describe('requestJson', () => {
  test('sends JSON and reads the answer', async () => {
    const fetch = vi.fn(async (_path: string, _init: RequestInit) => new Response('{"id":7}'));
    vi.stubGlobal('fetch', fetch);
    expect(await requestJson('PUT', '/api/x', { a: 1 })).toEqual({ id: 7 });
    const [path, init] = fetch.mock.calls[0]!;
    expect(path).toBe('/api/x');
    expect(init).toMatchObject({ method: 'PUT', body: '{"a":1}', headers: { 'content-type': 'application/json' } });
  });

  test('an answer without a body is undefined', async () => {
    vi.stubGlobal('fetch', async () => new Response(null, { status: 204 }));
    expect(await requestJson('DELETE', '/api/x')).toBeUndefined();
  });

  test('a refusal is a Problem, silence is Unreachable', async () => {
    vi.stubGlobal('fetch', async () => new Response(JSON.stringify(document), { status: 422 }));
    await expect(requestJson('GET', '/api/x')).rejects.toThrow(Problem);
    vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('Failed to fetch')));
    await expect(requestJson('GET', '/api/x')).rejects.toThrow(Unreachable);
  });
});
