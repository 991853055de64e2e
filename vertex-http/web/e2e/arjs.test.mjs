import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launch } from './browser.mjs';
import { writeCameraClip } from './camera-file.mjs';
import { Client } from './client.mjs';
import { CLIP, PICTURE } from './files.mjs';
import { cornerErrors, median } from './overlay.mjs';
import { ViewerPage } from './viewer-page.mjs';

const { VERTEX_URL, VERTEX_USER, VERTEX_PASSWORD } = process.env;

/** A page with a real camera may play sound after a tap; one with a drawn camera needs this to be treated alike. */
const NO_TAP_NEEDED = '--autoplay-policy=no-user-gesture-required';

/** Pixels of the screen that the video's corners may be from the picture's, in the middle of all cases and at worst. */
const MEDIAN_ERROR = 12;
const WORST_ERROR = 24;

const PHONE = 'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36';

const SCREENS = [
  {
    name: 'a phone held upright',
    device: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, userAgent: PHONE },
    camera: { width: 480, height: 640 },
  },
  { name: 'a desktop', device: { viewport: { width: 1280, height: 720 } }, camera: { width: 640, height: 480 } },
];

/** A slow walk of the camera round the picture. */
const WALK = [-0.5, -0.3, -0.1, 0.1, 0.3, 0.5].map((turn, i) => ({ x: turn / 4, y: 0.05 - i / 50, distance: 2.4 + i / 5, turn }));

const client = new Client(VERTEX_URL);
let content;
let browser;

before(async () => {
  await client.signIn(VERTEX_USER, VERTEX_PASSWORD);
  content = await client.createContent('Astronaut', PICTURE, CLIP);
  browser = await launch(NO_TAP_NEEDED);
});

after(() => browser?.close());

const address = () => `${VERTEX_URL}/ar/${content.unique_id}?engine=arjs`;

test('AR.js plays the video while the picture is in view, alone and under the page’s own policy', async () => {
  const context = await browser.newContext({ viewport: { width: 480, height: 360 } });
  const viewer = await ViewerPage.withDrawnCamera(context, PICTURE, { width: 640, height: 480 });
  const { view_count: before } = await client.content(content.id);

  await viewer.open(address());
  await viewer.reaches('scanning');
  assert.equal((await viewer.video()).paused, true, 'nothing plays before the picture is found');

  await viewer.showPicture({ x: 0, y: 0, distance: 1.7, turn: 0 });
  await viewer.reaches('playing');
  await viewer.videoAdvances();
  await viewer.clickSound();
  assert.equal((await viewer.video()).muted, false, 'a tap turns the sound on');

  await viewer.hidePicture();
  await viewer.reaches('lost');
  assert.equal((await viewer.video()).paused, true, 'it pauses when the picture leaves');
  assert.equal(await viewer.overlayCorners(), null, 'and leaves the screen');

  await viewer.showPicture({ x: 0.1, y: 0.05, distance: 1.8, turn: 0.2 });
  await viewer.reaches('playing');
  await viewer.videoAdvances();

  const engines = viewer.requested.filter((url) => /\/assets\/.*(mindar|controller|arjs|ar-js).*\.js$/.test(url));
  assert.deepEqual(engines.filter((url) => /mindar|controller/.test(url)), [], 'MindAR is not fetched');
  assert.equal(engines.length, 2, 'AR.js is: its worker and what draws');
  const own = new URL(VERTEX_URL).origin;
  const elsewhere = viewer.requested.filter((url) => new URL(url).origin !== own);
  assert.deepEqual(elsewhere, [], 'nothing is fetched elsewhere');

  await viewer.leave();
  const { view_count: after } = await client.waitForContent(content.id, ({ view_count }) => view_count > before);
  assert.equal(after, before + 1, 'one visit is one view');
  assert.deepEqual(viewer.errors, []);
  await context.close();
});

for (const { name, device, camera } of SCREENS) {
  test(`with AR.js the video lies on the picture on ${name}`, async () => {
    const context = await browser.newContext(device);
    const viewer = await ViewerPage.withDrawnCamera(context, PICTURE, camera);
    const lookedAt = await viewer.countFramesOfWorkers();
    await viewer.open(address());
    await viewer.reaches('scanning');
    const errors = await cornerErrors(viewer, WALK, camera, device.viewport, lookedAt);
    console.log(`${name}: corners ${median(errors).toFixed(1)} px off in the middle, ${Math.max(...errors).toFixed(1)} px at worst`);
    assert.ok(median(errors) <= MEDIAN_ERROR, `median of ${errors.map((error) => error.toFixed(1))}`);
    assert.ok(Math.max(...errors) <= WORST_ERROR, `worst of ${errors.map((error) => error.toFixed(1))}`);
    assert.deepEqual(viewer.errors, []);
    await context.close();
  });

  test(`AR.js works with the browser’s own camera on ${name}`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vertex-camera-'));
    const clip = join(folder, 'camera.mjpeg');
    await writeCameraClip(browser, PICTURE, clip);
    const filmed = await launch(`--use-file-for-fake-video-capture=${clip}`);
    try {
      const context = await filmed.newContext(device);
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
}

test('a portrait’s permanent link leads to AR.js', async () => {
  const answer = await fetch(`${VERTEX_URL}/portrait/${content.permanent_link}`, { redirect: 'manual' });
  assert.equal(answer.headers.get('location'), `/ar/${content.unique_id}?engine=arjs`);
});

test('a camera that was refused can be allowed, and marker files that do not come are no connection', async () => {
  const context = await browser.newContext({ viewport: { width: 480, height: 360 } });
  const viewer = await ViewerPage.withDrawnCamera(context, PICTURE, { width: 640, height: 480 });
  await context.addInitScript(() => {
    const allowed = navigator.mediaDevices.getUserMedia;
    navigator.mediaDevices.getUserMedia = async () => {
      navigator.mediaDevices.getUserMedia = allowed;
      throw new DOMException('refused', 'NotAllowedError');
    };
  });
  await context.route('**/nft/marker.fset3', (route) => route.abort(), { times: 1 });
  await viewer.visit(address());
  await viewer.reaches('offline');
  await viewer.clickAction();
  await viewer.reaches('ask');
  await viewer.clickAction();
  await viewer.reaches('camera-refused');
  await viewer.clickAction();
  await viewer.reaches('scanning');
  await viewer.showPicture({ x: 0, y: 0, distance: 1.7, turn: 0 });
  await viewer.reaches('playing');
  await context.close();
});
