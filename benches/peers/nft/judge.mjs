import sharp from 'sharp';
import { cornerError, homographyOf, project } from '../scene/camera.mjs';
import { median, share } from '../statistics.mjs';
import { RUNTIMES, RuntimeSession } from './runtime-session.mjs';
import { CAMERA } from './stage.mjs';
import { DISTANCES, LIGHTS, TILTS } from './views.mjs';

/** Frames that a view is held for. */
const HOLD = 4;
/** Pixels of the 640x480 frame by which the corners may be off on average. */
const TOLERANCE = 8;
const MILLIMETRES_PER_INCH = 25.4;

/** Judges markers, all on the same frames right after each other, by what each runtime does with them. */
export class Judge {
  #markers;

  /** `markers` are the three files of each side, by name. */
  constructor(markers) {
    this.#markers = markers;
  }

  /** { side: { runtime: figures } } of a stage. */
  async measure(stage, { views, negatives }) {
    const watchers = await this.#open();
    try {
      for (let i = 0; i < views; i += 1) {
        const view = stage.view(i, HOLD);
        for (const watcher of watchers) await watcher.watch(view);
      }
      for (let i = 0; i < negatives; i += 1) {
        const frames = await stage.stranger(i, HOLD);
        for (const watcher of watchers) await watcher.watchStranger(frames);
      }
    } finally {
      for (const watcher of watchers) await watcher.close();
    }
    const sides = Object.keys(this.#markers).map((side) => [side, figuresOf(watchers.filter((w) => w.side === side))]);
    return Object.fromEntries(sides);
  }

  async #open() {
    const watchers = [];
    for (const [side, files] of Object.entries(this.#markers)) {
      const size = await printSize(files.iset);
      for (const runtime of Object.keys(RUNTIMES)) {
        watchers.push(new Watcher(side, runtime, size, await RuntimeSession.open(runtime, files)));
      }
    }
    return watchers;
  }
}

function figuresOf(watchers) {
  return Object.fromEntries(watchers.map((watcher) => [watcher.runtime, watcher.figures()]));
}

/** One marker in one runtime, and what was seen of it. */
class Watcher {
  #size;
  #session;
  #views = [];
  #searches = [];
  #falseDetections = 0;

  constructor(side, runtime, size, session) {
    this.side = side;
    this.runtime = runtime;
    this.#size = size;
    this.#session = session;
  }

  async watch({ kind, corners, frames }) {
    const poses = await this.#hold(frames);
    const last = poses.at(-1);
    const error = last && cornerError(cornersAt(last, this.#size), corners);
    this.#views.push({ kind, found: Boolean(last), right: Boolean(last) && error <= TOLERANCE, error });
  }

  async watchStranger(frames) {
    const poses = await this.#hold(frames);
    if (poses.some(Boolean)) this.#falseDetections += 1;
  }

  figures() {
    const right = this.#views.filter((view) => view.right);
    return {
      failure: this.#session.failure,
      success: successOf(this.#views),
      byTilt: successBy(this.#views, 'tilt', TILTS),
      byDistance: successBy(this.#views, 'distance', DISTANCES),
      byLight: successBy(this.#views, 'light', LIGHTS),
      wrongPoses: this.#views.filter((view) => view.found && !view.right).length,
      falseDetections: this.#falseDetections,
      error: median(right.map(({ error }) => error)),
      searchMs: median(this.#searches),
    };
  }

  close() {
    return this.#session.close();
  }

  /** The poses on the frames of one view, which begins with nothing found. */
  async #hold(frames) {
    await this.#session.lose();
    const poses = [];
    for (const frame of frames) {
      const searching = !poses.at(-1);
      const { pose, milliseconds } = await this.#session.show(frame);
      if (searching) this.#searches.push(milliseconds);
      poses.push(pose);
    }
    return poses;
  }
}

const successOf = (views) => share(views, ({ right }) => right);

function successBy(views, respect, kinds) {
  return Object.fromEntries(
    kinds.map(({ name }) => [name, successOf(views.filter(({ kind }) => kind[respect] === name))]),
  );
}

/** Millimetres of the print: pixels and density are those of the picture that an `.iset` file begins with. */
async function printSize(iset) {
  const { width, height, density } = await sharp(iset.subarray(4)).metadata();
  return { width: (width / density) * MILLIMETRES_PER_INCH, height: (height / density) * MILLIMETRES_PER_INCH };
}

/** Where a pose puts the corners of a print; its millimetres count upwards from the lower left corner. */
function cornersAt(pose, { width, height }) {
  const rows = [pose.slice(0, 4), pose.slice(4, 8), pose.slice(8, 12)];
  const homography = homographyOf(CAMERA, rows);
  const corners = [[0, height], [width, height], [width, 0], [0, 0]];
  return corners.map(([x, y]) => {
    const depth = rows[2][0] * x + rows[2][1] * y + rows[2][3];
    return depth > 0 ? project(homography, x, y) : [NaN, NaN];
  });
}
