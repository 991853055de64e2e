import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { launch } from './browser.mjs';
import { Client } from './client.mjs';
import { CLIP, PICTURE } from './files.mjs';
import { findS3, startS3 } from './s3.mjs';
import { ViewerPage } from './viewer-page.mjs';

const { VERTEX_URL, VERTEX_USER, VERTEX_PASSWORD, CI } = process.env;
const STRAIGHT = { x: 0, y: 0, distance: 1.7, turn: 0 };

const HLS = 'application/vnd.apple.mpegurl';

/** A browser as it was before it knew HLS. */
const withoutHls = (context) =>
  context.addInitScript((type) => {
    const canPlay = HTMLMediaElement.prototype.canPlayType;
    HTMLMediaElement.prototype.canPlayType = function (asked) {
      return asked === type ? '' : canPlay.call(this, asked);
    };
  }, HLS);

async function browserHasHls() {
  const page = await browser.newPage();
  const answer = await page.evaluate((type) => document.createElement('video').canPlayType(type), HLS);
  await page.close();
  return answer !== '';
}

/** Why tests cannot run; where CI is set they have to. */
const lacking = (there, what) => !there && !CI && `there is no ${what}`;

let browser;
before(async () => (browser = await launch('--autoplay-policy=no-user-gesture-required')));
after(() => browser?.close());

const addressOf = (content) => `${VERTEX_URL}/ar/${content.unique_id}`;

/** Visits a content, shows it to the camera and waits until its video moves. `prepare` has the context before. */
async function play(content, prepare = async () => {}) {
  const context = await browser.newContext({ viewport: { width: 480, height: 360 } });
  await prepare(context);
  const viewer = await ViewerPage.withDrawnCamera(context, PICTURE, { width: 640, height: 480 });
  await viewer.open(addressOf(content));
  await viewer.reaches('scanning');
  await viewer.showPicture(STRAIGHT);
  await viewer.reaches('playing');
  await viewer.videoAdvances();
  await viewer.videoAdvances();
  assert.ok(await viewer.overlayCorners(), 'its frames are drawn on the picture');
  assert.deepEqual(viewer.errors, []);
  return { viewer, context };
}

describe('a video with an HLS ladder', { skip: lacking(spawnSync('ffmpeg', ['-version']).status === 0, 'ffmpeg') }, () => {
  let content;
  before(async () => {
    const client = new Client(VERTEX_URL);
    await client.signIn(VERTEX_USER, VERTEX_PASSWORD);
    content = await client.createContent('With a ladder', PICTURE, CLIP);
    await client.makeCopies(content);
  });

  for (const { name, prepare, source, native } of [
    { name: 'is played by hls.js where the browser has no HLS', prepare: withoutHls, source: /^blob:/ },
    { name: 'is played by the browser where it has', native: true, source: /\/ladders\/[^/]+\.m3u8\?/ },
  ]) {
    test(name, async (t) => {
      if (native && !(await browserHasHls())) return t.skip('this browser has none');
      const { viewer, context } = await play(content, prepare);
      assert.match((await viewer.video()).source, source);
      const asked = (pattern) => viewer.requested.filter((url) => pattern.test(url));
      assert.ok(asked(/\/ladders\/[^/]+\.m3u8\?/).length > 0, 'the list of rungs was read');
      assert.equal(asked(/\/videos\//).length, 0, 'the video itself was not');
      await context.close();
    });
  }

  test('is played as it is when the ladder cannot be read', async () => {
    const { viewer, context } = await play(content, async (context) => {
      await withoutHls(context);
      await context.route(/\.m3u8\?/, (route) => route.fulfill({ status: 404 }));
    });
    assert.match((await viewer.video()).source, /\/videos\//);
    await context.close();
  });
});

describe('a video in the bucket of its company', { skip: lacking(findS3(), 's3_server: build the example of vertex-http') }, () => {
  let server;
  let client;
  before(async () => {
    server = await startS3();
    const root = new Client(VERTEX_URL);
    await root.signIn(VERTEX_USER, VERTEX_PASSWORD);
    client = await root.createCompany('Bucket & Sons');
    await client.putStorage(server.connection);
  });
  after(() => server?.stop());

  test('is played straight from there', async () => {
    const content = await client.createContent('In a bucket', PICTURE, CLIP);
    const { viewer, context } = await play(content);
    const { source } = await viewer.video();
    assert.equal(new URL(source).origin, server.connection.endpoint);
    assert.match(source, /X-Amz-Signature=/);
    await context.close();
  });

  test('that the browser cannot play is not taken for one that cannot be reached', async () => {
    const content = await client.createContent('Spoilt in its bucket', PICTURE, CLIP);
    const context = await browser.newContext();
    await context.route(`${server.connection.endpoint}/**`, (route) =>
      route.fulfill({ headers: { 'access-control-allow-origin': '*' }, contentType: 'video/mp4', body: 'no video' }),
    );
    const viewer = await ViewerPage.withDrawnCamera(context, PICTURE, { width: 640, height: 480 });
    await viewer.visit(addressOf(content));
    await viewer.reaches('unplayable');
    assert.deepEqual(viewer.errors, []);
    await context.close();
  });
});
