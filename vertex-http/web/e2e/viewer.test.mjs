import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launch } from './browser.mjs';
import { writeCameraClip } from './camera-file.mjs';
import { Client } from './client.mjs';
import { CLIP, PICTURE } from './files.mjs';
import { onScreen, settlesOn } from './overlay.mjs';
import { ViewerPage } from './viewer-page.mjs';

const { VERTEX_URL, VERTEX_USER, VERTEX_PASSWORD } = process.env;

/** A page with a real camera may play sound after a tap; one with a drawn camera needs this to be treated alike. */
const NO_TAP_NEEDED = '--autoplay-policy=no-user-gesture-required';

const client = new Client(VERTEX_URL);
let content;
let browser;

before(async () => {
  await client.signIn(VERTEX_USER, VERTEX_PASSWORD);
  content = await client.createContent('Astronaut', PICTURE, CLIP);
  browser = await launch(NO_TAP_NEEDED);
});

after(() => browser?.close());

const address = () => `${VERTEX_URL}/ar/${content.unique_id}`;

test('the video plays while the picture is in view, and the visit is recorded', async () => {
  const context = await browser.newContext({ viewport: { width: 480, height: 360 } });
  const viewer = await ViewerPage.withDrawnCamera(context, PICTURE, { width: 640, height: 480 });
  const { view_count: before } = await client.content(content.id);

  await viewer.open(address());
  await viewer.reaches('scanning');
  assert.equal((await viewer.video()).paused, true, 'nothing plays before the picture is found');

  await viewer.showPicture({ x: 0, y: 0, distance: 1.7, turn: 0 });
  await viewer.reaches('playing');
  await viewer.videoAdvances();
  assert.equal((await viewer.video()).muted, true, 'it begins muted');
  await viewer.clickSound();
  assert.equal((await viewer.video()).muted, false, 'a tap turns the sound on');

  await viewer.hidePicture();
  await viewer.reaches('lost');
  const { paused, time } = await viewer.video();
  assert.equal(paused, true, 'it pauses when the picture leaves');

  await viewer.showPicture({ x: 0.1, y: 0.05, distance: 1.8, turn: 0.2 });
  await viewer.reaches('playing');
  await viewer.videoAdvances();
  assert.ok(time > 0);

  await viewer.leave();
  const { view_count: after } = await client.waitForContent(content.id, ({ view_count }) => view_count > before);
  assert.equal(after, before + 1, 'one visit is one view');
  assert.deepEqual(viewer.errors, []);
  await context.close();
});

for (const { name, viewport, camera } of [
  { name: 'a phone held upright', viewport: { width: 360, height: 720 }, camera: { width: 480, height: 640 } },
  { name: 'a wide screen', viewport: { width: 720, height: 400 }, camera: { width: 640, height: 480 } },
]) {
  test(`the video covers the picture on ${name}`, async () => {
    const context = await browser.newContext({ viewport });
    const viewer = await ViewerPage.withDrawnCamera(context, PICTURE, camera);
    await viewer.open(address());
    for (const pose of [
      { x: 0, y: 0, distance: 2.4, turn: 0 },
      { x: 0.12, y: -0.08, distance: 2.6, turn: 0.4 },
    ]) {
      const corners = (await viewer.showPicture(pose)).map((point) => onScreen(point, camera, viewport));
      await viewer.reaches('playing');
      await settlesOn(viewer, corners);
    }
    await context.close();
  });
}

test('it works with the browser’s own camera', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vertex-camera-'));
  const clip = join(folder, 'camera.mjpeg');
  await writeCameraClip(browser, PICTURE, clip);
  const filmed = await launch(`--use-file-for-fake-video-capture=${clip}`);
  try {
    const context = await filmed.newContext({ viewport: { width: 480, height: 360 } });
    const viewer = await ViewerPage.withRealCamera(context);
    await viewer.open(address());
    await viewer.reaches('playing');
    await viewer.videoAdvances();
    await viewer.reaches('lost');
    assert.deepEqual(viewer.errors, []);
  } finally {
    await filmed.close();
    await rm(folder, { recursive: true, force: true });
  }
});
