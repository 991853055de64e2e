import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const CAMERA = fileURLToPath(new URL('./camera.js', import.meta.url));

/** Longest wait for a state on a busy machine that draws without a GPU. */
const PATIENCE = 90_000;

/** The viewer in a browser tab, as a test sees it. */
export class ViewerPage {
  #page;

  constructor(page) {
    this.#page = page;
    page.setDefaultTimeout(PATIENCE);
    this.errors = [];
    this.requested = [];
    page.on('request', (request) => this.requested.push(request.url()));
    page.on('pageerror', (error) => this.errors.push(error));
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) this.errors.push(new Error(message.text()));
    });
  }

  /** A tab whose camera is drawn and moves only on command. */
  static async withDrawnCamera(context, picture, settings) {
    const page = await context.newPage();
    const data = `data:image/png;base64,${(await readFile(picture)).toString('base64')}`;
    await page.addInitScript((wanted) => (window.__cameraSettings = wanted), { ...settings, picture: data });
    await page.addInitScript({ path: CAMERA });
    return new ViewerPage(page);
  }

  static async withRealCamera(context) {
    return new ViewerPage(await context.newPage());
  }

  async visit(url) {
    await this.#page.goto(url);
  }

  /** Visits the page and starts its camera. */
  async open(url) {
    await this.visit(url);
    await this.reaches('ask');
    await this.clickAction();
  }

  /** Before the visit: counts what the page gives its workers to look at; the answer tells how many frames it were. */
  async countFramesOfWorkers() {
    await this.#page.addInitScript(() => {
      window.__frames = 0;
      const post = Worker.prototype.postMessage;
      Worker.prototype.postMessage = function (message, ...rest) {
        if (message.type === 'process') window.__frames += 1;
        return post.call(this, message, ...rest);
      };
    });
    return () => this.#page.evaluate(() => window.__frames);
  }

  /** Waits until the page is in one of the given states. */
  async reaches(...states) {
    try {
      await this.#page.waitForFunction((names) => names.includes(document.body.dataset.state), states, { polling: 50 });
    } catch (error) {
      const state = await this.#page.evaluate(() => document.body.dataset.state);
      throw new Error(`wanted ${states.join(' or ')}, still ${state}`, { cause: error });
    }
  }

  showPicture(pose) {
    return this.#page.evaluate((wanted) => window.__camera.show(wanted), pose);
  }

  hidePicture() {
    return this.#page.evaluate(() => window.__camera.hide());
  }

  /** Waits until the content's video has moved on from where it is. */
  async videoAdvances() {
    const from = (await this.video()).time;
    await this.#page.waitForFunction(
      (before) => document.querySelector('video[data-role=content]').currentTime !== before,
      from,
      { polling: 50 },
    );
  }

  video() {
    return this.#page.evaluate(() => {
      const video = document.querySelector('video[data-role=content]');
      return { time: video.currentTime, paused: video.paused, muted: video.muted, source: video.currentSrc };
    });
  }

  clickAction() {
    return this.#page.click('[data-role="action"]');
  }

  clickSound() {
    return this.#page.click('[data-role="sound"]');
  }

  /** Corners of the drawn video on the screen, clockwise from the upper left, or null: it has a magenta frame. */
  async overlayCorners() {
    const png = (await this.#page.screenshot()).toString('base64');
    return this.#page.evaluate(async (data) => {
      const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      const scene = new OffscreenCanvas(image.width, image.height).getContext('2d');
      scene.drawImage(image, 0, 0);
      const { data: pixels } = scene.getImageData(0, 0, image.width, image.height);
      const farthest = [[-1, -1], [1, -1], [1, 1], [-1, 1]].map(([x, y]) => ({ x, y, reach: -Infinity, at: null }));
      for (let i = 0; i < pixels.length; i += 4) {
        if (pixels[i] < 200 || pixels[i + 1] > 70 || pixels[i + 2] < 200) continue;
        const at = [(i / 4) % image.width, Math.floor(i / 4 / image.width)];
        for (const corner of farthest) {
          const reach = at[0] * corner.x + at[1] * corner.y;
          if (reach > corner.reach) Object.assign(corner, { reach, at });
        }
      }
      return farthest[0].at && farthest.map((corner) => corner.at);
    }, png);
  }

  screenshot(path) {
    return this.#page.screenshot({ path });
  }

  /** Leaves as a visitor does: the page goes, its last report is on its way. */
  async leave() {
    await this.#page.goto('about:blank');
  }
}
