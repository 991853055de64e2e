import { readFile } from 'node:fs/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { Problem } from '../../shared/http';
import { loadMarker, pathFromRoot } from './nft-marker';

/** A marker of the standard generator. */
const MARKER = '../../../../../vertex-markers/tests/data/page';

afterEach(() => vi.unstubAllGlobals());

test('all three files are fetched, and progress adds up to the whole', async () => {
  const fetched: string[] = [];
  vi.stubGlobal('fetch', async (url: string) => {
    fetched.push(url);
    const bytes = await readFile(new URL(MARKER + url.slice(url.lastIndexOf('.')), import.meta.url));
    return new Response(bytes, { headers: { 'content-length': `${bytes.length}` } });
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

test('files of something else are no marker', async () => {
  vi.stubGlobal('fetch', async () => new Response('ARJS'));
  await expect(loadMarker('/marker', () => {})).rejects.toThrow('not an .iset file');
});

test.each([
  ['/api/ar/a/nft/marker', 'api/ar/a/nft/marker'],
  ['//api/marker', 'marker'],
  ['http://127.0.0.1:8080/api/marker', 'api/marker'],
])('%s is %s from the root', (url, path) => expect(pathFromRoot(url)).toBe(path));
