/**
 * Writes docs/images/viewer.png: the viewer on a phone's screen, playing on a picture that hangs on a wall. Run it as
 * `npm run e2e -- e2e/screenshot.mjs`, so that it has a server.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { launch } from './browser.mjs';
import { Client } from './client.mjs';
import { PICTURE, repository } from './files.mjs';
import { ViewerPage } from './viewer-page.mjs';

const IMAGE = repository('docs/images/viewer.png');
const { VERTEX_URL, VERTEX_USER, VERTEX_PASSWORD } = process.env;

const browser = await launch('--autoplay-policy=no-user-gesture-required');
const folder = await mkdtemp(join(tmpdir(), 'vertex-screenshot-'));
try {
  const clip = join(folder, 'night.webm');
  await writeFile(clip, await filmPicture(browser, PICTURE));
  const client = new Client(VERTEX_URL);
  await client.signIn(VERTEX_USER, VERTEX_PASSWORD);
  const content = await client.createContent('Among the stars', PICTURE, clip);

  const context = await browser.newContext({ viewport: { width: 390, height: 800 }, deviceScaleFactor: 2, locale: 'en' });
  const viewer = await ViewerPage.withDrawnCamera(context, PICTURE, { width: 720, height: 1280, wall: true });
  await viewer.open(`${VERTEX_URL}/ar/${content.unique_id}`);
  await viewer.reaches('scanning');
  await viewer.showPicture({ x: 0.02, y: -0.08, distance: 2.35, turn: 0.28 });
  await viewer.reaches('playing');
  for (let i = 0; i < 4; i += 1) await viewer.videoAdvances();
  await mkdir(dirname(IMAGE), { recursive: true });
  await viewer.screenshot(IMAGE);
  console.log(`wrote ${IMAGE}`);
} finally {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
}

/** Films three seconds of the picture at night, among drifting stars, in the browser itself. */
async function filmPicture(browser, picture) {
  const page = await browser.newPage();
  const data = `data:image/png;base64,${(await readFile(picture)).toString('base64')}`;
  const film = await page.evaluate(async (source) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: 512, height: 512 });
    const scene = canvas.getContext('2d');
    const recorder = new MediaRecorder(canvas.captureStream(15), { mimeType: 'video/webm;codecs=vp9', videoBitsPerSecond: 2e6 });
    const parts = [];
    recorder.ondataavailable = (event) => parts.push(event.data);
    const finished = new Promise((resolve) => (recorder.onstop = resolve));

    const draw = (share) => {
      scene.globalCompositeOperation = 'source-over';
      scene.drawImage(image, 0, 0, 512, 512);
      scene.globalCompositeOperation = 'multiply';
      const sky = scene.createLinearGradient(0, 0, 512, 512);
      sky.addColorStop(0, '#2b3f9e');
      sky.addColorStop(1, '#b04a9a');
      scene.fillStyle = sky;
      scene.fillRect(0, 0, 512, 512);
      scene.globalCompositeOperation = 'lighter';
      for (let i = 0; i < 90; i += 1) {
        const x = (i * 197.3 + share * (20 + (i % 5) * 30)) % 512;
        const y = (i * 331.7 + share * 60) % 512;
        const size = 1 + (i % 4) + Math.sin(share * 6 + i);
        const glow = scene.createRadialGradient(x, y, 0, x, y, 3 * size);
        glow.addColorStop(0, 'rgb(255 236 190 / 0.95)');
        glow.addColorStop(1, 'rgb(255 200 120 / 0)');
        scene.fillStyle = glow;
        scene.fillRect(x - 12, y - 12, 24, 24);
      }
    };
    recorder.start();
    const begin = performance.now();
    await new Promise((resolve) => {
      const step = () => {
        const seconds = (performance.now() - begin) / 1000;
        draw(seconds);
        if (seconds < 3) requestAnimationFrame(step);
        else resolve();
      };
      step();
    });
    recorder.stop();
    await finished;
    const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  }, data);
  await page.close();
  return Buffer.from(film, 'base64');
}
