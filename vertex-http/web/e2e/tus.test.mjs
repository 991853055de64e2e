import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import { test } from 'node:test';
import { Upload } from 'tus-js-client';
import { CLIP, PICTURE } from './files.mjs';

const { VERTEX_URL, VERTEX_USER, VERTEX_PASSWORD } = process.env;
const MB = 1024 * 1024;

test('the official tus client uploads, is cut three times, and goes on', { timeout: 120_000 }, async () => {
  const headers = { authorization: `Bearer ${await token()}` };
  const form = new FormData();
  form.append('title', 'Over a bad line');
  form.append('image', new File([await readFile(PICTURE)], 'picture.png'));
  const content = await json(fetch(`${VERTEX_URL}/api/ar-content`, { method: 'POST', headers, body: form }));
  const video = await largeVideo(20 * MB);

  const line = await badLine(new URL(VERTEX_URL), 4 * MB, 3);
  const offsets = [];
  const made = await new Promise((resolve, reject) => {
    const upload = new Upload(video, {
      endpoint: `${line.url}/api/uploads`,
      headers,
      metadata: { kind: 'video', content_id: content.id, title: 'Large', filename: 'large.mp4' },
      retryDelays: [0, 100, 200, 400],
      onAfterResponse: (request, response) => {
        if (request.getMethod() === 'HEAD') offsets.push(Number(response.getHeader('Upload-Offset')));
      },
      onSuccess: ({ lastResponse }) => resolve(lastResponse.getHeader('Content-Location')),
      onError: reject,
    });
    upload.start();
  }).finally(() => line.close());

  assert.equal(line.cuts, 3);
  assert.equal(offsets.length, 3);
  assert.ok(offsets.every((offset, n) => offset > (offsets[n - 1] ?? 0)), `it went on from ${offsets}`);
  const { url, bytes } = await json(fetch(VERTEX_URL + made, { headers }));
  assert.equal(bytes, video.length);
  const stored = Buffer.from(await (await fetch(new URL(url, VERTEX_URL))).arrayBuffer());
  assert.ok(stored.equals(video), 'what was stored is what was sent');
});

async function token() {
  const body = JSON.stringify({ username: VERTEX_USER, password: VERTEX_PASSWORD });
  const answer = await json(fetch(`${VERTEX_URL}/api/auth/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body }));
  return answer.access_token;
}

async function json(answer) {
  const answered = await answer;
  assert.ok(answered.ok, `${answered.url} answered ${answered.status}: ${await answered.clone().text()}`);
  return answered.json();
}

/** A clip, followed by a box that players skip. */
async function largeVideo(bytes) {
  const clip = await readFile(CLIP);
  const box = Buffer.alloc(bytes - clip.length, 'vertex');
  box.writeUInt32BE(box.length, 0);
  box.write('free', 4);
  return Buffer.concat([clip, box]);
}

/** A line to `target` that is cut when `bytes` have gone over it, so many times. */
async function badLine(target, bytes, times) {
  const line = { cuts: 0 };
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    let sent = 0;
    near.on('data', (piece) => {
      sent += piece.length;
      if (sent > bytes && line.cuts < times) {
        line.cuts += 1;
        near.destroy();
        far.destroy();
      }
    });
    near.pipe(far).pipe(near);
    for (const [one, other] of [[near, far], [far, near]]) {
      one.on('error', () => {});
      one.on('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  line.url = `http://127.0.0.1:${server.address().port}`;
  line.close = () => server.close();
  return line;
}
