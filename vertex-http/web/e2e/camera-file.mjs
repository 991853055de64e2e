import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const CAMERA = fileURLToPath(new URL('./camera.js', import.meta.url));

/** Frames of each part of the clip; Chromium plays 30 a second, over and over. */
const EMPTY = 150;
const VISIBLE = 300;
/** Each drawing stands for so many frames: the picture moves slowly enough for a machine without a GPU. */
const REPEAT = 6;

/**
 * Writes a clip for Chromium's own fake camera (`--use-file-for-fake-video-capture`): the table top alone, then the
 * picture held up and slowly turned, as JPEG frames one after the other.
 */
export async function writeCameraClip(browser, picture, path) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const data = `data:image/png;base64,${(await readFile(picture)).toString('base64')}`;
  await page.addInitScript((settings) => (window.__cameraSettings = settings), { width: 640, height: 480, picture: data });
  await page.addInitScript({ path: CAMERA });
  await page.goto('about:blank');
  const { table, views } = await page.evaluate(async (count) => {
    await window.__camera.hide();
    const drawn = { table: window.__camera.jpeg(), views: [] };
    for (let i = 0; i < count; i += 1) {
      const swing = Math.sin((i / count) * 2 * Math.PI);
      await window.__camera.show({ x: 0.05 * swing, y: 0, distance: 1.7, turn: 0.25 * swing });
      drawn.views.push(window.__camera.jpeg());
    }
    return drawn;
  }, VISIBLE / REPEAT);
  await context.close();
  const frames = [...repeat([table], EMPTY), ...repeat(views, REPEAT)];
  await writeFile(path, Buffer.concat(frames.map((frame) => Buffer.from(frame, 'base64'))));
}

const repeat = (items, times) => items.flatMap((item) => Array(times).fill(item));
