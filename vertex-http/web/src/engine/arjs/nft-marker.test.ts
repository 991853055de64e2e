import { afterEach, expect, test, vi } from 'vitest';
import { Problem } from '../../shared/http';
import { loadMarker, pathFromRoot } from './nft-marker';

afterEach(() => vi.unstubAllGlobals());

test('all three files are fetched, and progress adds up to the whole', async () => {
  const fetched: string[] = [];
  vi.stubGlobal('fetch', async (url: string) => {
    fetched.push(url);
    return new Response(Uint8Array.from([1, 2]), { headers: { 'content-length': '2' } });
  });
  const shares: number[] = [];
  const marker = await loadMarker('/api/ar/7Xk3aB/nft/marker', (share) => shares.push(share));
  expect(fetched.sort()).toEqual(['fset', 'fset3', 'iset'].map((extension) => `/api/ar/7Xk3aB/nft/marker.${extension}`));
  expect(shares.at(-1)).toBe(1);
  expect(shares).toEqual([...shares].sort());
  expect(marker.path).toBe('api/ar/7Xk3aB/nft/marker');
});

test('a file the server refuses is a problem, not a marker', async () => {
  vi.stubGlobal('fetch', async (url: string) => new Response('{}', { status: url.endsWith('.fset') ? 404 : 200 }));
  await expect(loadMarker('/marker', () => {})).rejects.toThrow(Problem);
});

test.each([
  ['/api/ar/a/nft/marker', 'api/ar/a/nft/marker'],
  ['//api/marker', 'marker'],
  ['http://127.0.0.1:8080/api/marker', 'api/marker'],
])('%s is %s from the root', (url, path) => expect(pathFromRoot(url)).toBe(path));
