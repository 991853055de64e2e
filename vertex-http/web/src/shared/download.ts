import { Unreachable, problemFrom } from './http';

/** Fetches a file, telling the share received so far (0 to 1) where its length is known. */
export async function download(url: string, onProgress: (share: number) => void): Promise<ArrayBuffer> {
  const answer = await fetch(url).catch(() => {
    throw new Unreachable();
  });
  if (!answer.ok) throw problemFrom(answer.status, await answer.text());
  const total = answer.headers.has('content-encoding') ? 0 : Number(answer.headers.get('content-length'));
  const counted = answer.body?.pipeThrough(counter(total, onProgress)) ?? null;
  return new Response(counted).arrayBuffer().catch(() => {
    throw new Unreachable();
  });
}

function counter(total: number, onProgress: (share: number) => void) {
  let received = 0;
  return new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      received += chunk.byteLength;
      if (total > 0) onProgress(Math.min(1, received / total));
      controller.enqueue(chunk);
    },
  });
}
