import { afterEach, expect, test, vi } from 'vitest';
import { Problem, Unreachable } from './http';
import { download } from './download';

afterEach(() => vi.unstubAllGlobals());

function answerWith(chunks: number[][], headers: Record<string, string>) {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      chunks.forEach((chunk) => controller.enqueue(Uint8Array.from(chunk)));
      controller.close();
    },
  });
  vi.stubGlobal('fetch', async () => new Response(body, { headers }));
}

test('gives the bytes and tells how far it is', async () => {
  answerWith([[1, 2, 3], [4]], { 'content-length': '4' });
  const shares: number[] = [];
  const bytes = await download('/marker', (share) => shares.push(share));
  expect([...new Uint8Array(bytes)]).toEqual([1, 2, 3, 4]);
  expect(shares).toEqual([0.75, 1]);
});

test('says nothing about progress when the length on the wire is another than that of the file', async () => {
  answerWith([[1, 2, 3, 4]], { 'content-length': '2', 'content-encoding': 'br' });
  const onProgress = vi.fn();
  await download('/marker', onProgress);
  expect(onProgress).not.toHaveBeenCalled();
});

test('tells a refusal from a lost network', async () => {
  vi.stubGlobal('fetch', async () => new Response('{"code":"expired"}', { status: 403 }));
  await expect(download('/marker', () => {})).rejects.toThrow(Problem);
  vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('network')));
  await expect(download('/marker', () => {})).rejects.toThrow(Unreachable);
});
