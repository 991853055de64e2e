import { cornerError, cornersOf, homographyOf } from './scene/camera.mjs';
import { CAMERA } from './scene/stage.mjs';
import { mean, median, share } from './statistics.mjs';

/** A find is right when its corners are off by at most this share of the target's size on the screen, ... */
const RIGHT = 0.1;
/** ... a followed target is lost beyond this one. */
const LOST = 0.15;
/** As many crops as it takes the runtime to look everywhere. */
const CROPS = 9;
const TILTS = [
  { name: '0-15°', below: 15 },
  { name: '15-30°', below: 30 },
  { name: '30-45°', below: 45 },
  { name: '45-60°', below: Infinity },
];
export const TILT_NAMES = TILTS.map(({ name }) => name);

/** Judges marker files by what MindAR's runtime, in a page, does with them. */
export class Judge {
  #session;

  constructor(session) {
    this.#session = session;
  }

  /** Everything that is measured of one target of a file before one stage. */
  async measure(file, stage, options) {
    const target = await this.load(file, stage);
    const stills = [];
    for (let i = 0; i < options.views; i += 1) stills.push(await this.find(target, stage.still(i), options.refine));
    const followed = [];
    for (let i = 0; i < options.sequences; i += 1) {
      followed.push(await this.follow(target, stage.sequence(i, options.frames), options.frames));
    }
    const strangers = await stage.strangers(options.negatives);
    const falseFinds = [];
    for (const bytes of strangers) falseFinds.push(await this.#detect(bytes, target, 0));
    return {
      warning: target.warning,
      ...recalls(stills),
      byTilt: recallsByTilt(stills),
      ...errors(stills),
      ...tracking(followed, options.frames),
      falseFinds: falseFinds.filter(({ hit }) => hit >= 0).length,
      ...times(stills, followed),
    };
  }

  /** Loads a file; `index` is the target that shows the stage's picture, all are looked for unless `only` it. */
  async load(file, stage, { index = 0, only = true } = {}) {
    const path = this.#session.give('/marker', file);
    const dimensions = await this.#session.call('load', path, CAMERA.width, CAMERA.height);
    if (!dimensions[index]) throw new Error(`the runtime finds no target ${index} in the file`);
    const [width, height] = dimensions[index];
    const scale = width / stage.size.width;
    const stretched = Math.abs(scale / (height / stage.size.height) - 1) > 0.01;
    return {
      index,
      looked: only ? [index] : dimensions.map((_, i) => i),
      size: { width, height },
      scale,
      warning: stretched ? 'the target has other proportions than the picture' : undefined,
    };
  }

  /** Whether the target is found on a still, and whether tracker updates keep it there. */
  async find(target, still, updates) {
    const found = await this.#detect(still.bytes, target, updates);
    const tilt = TILTS.find(({ below }) => still.tilt < below).name;
    const result = {
      tilt,
      found: found.hit >= 0,
      target: found.target,
      tries: found.tries,
      right: false,
      rightAtOnce: false,
      locked: false,
    };
    if (!found.pose || found.target !== target.index) return result;
    result.error = errorOf(found.pose, target, still);
    result.right = result.error <= RIGHT * still.side;
    result.rightAtOnce = result.right && found.hit === 0;
    const last = found.refined.at(-1);
    if (last?.pose && found.refined.length === updates) {
      result.lockedError = errorOf(last.pose, target, still);
      result.locked = result.lockedError <= RIGHT * still.side;
    }
    return result;
  }

  /** Follows a target through a sequence until it is lost, from where it is found or else from the truth. */
  async follow(target, sequence, frames) {
    const first = sequence.frame(0);
    const found = await this.#detect(first.bytes, target, 0);
    const right = found.target === target.index && errorOf(found.pose, target, first) <= RIGHT * first.side;
    let pose = right ? found.pose : truePose(first, target);
    const result = { kind: sequence.kind, found: right, errors: [], updates: [] };
    for (let time = 0; time < frames; time += 1) {
      const frame = sequence.frame(time);
      const update = await this.#session.call('track', this.#show(frame.bytes), pose, target.index);
      result.updates.push(update);
      if (!update.pose) break;
      const error = errorOf(update.pose, target, frame);
      if (!(error <= LOST * frame.side)) break;
      result.errors.push(error);
      pose = update.pose;
    }
    return result;
  }

  #detect(bytes, target, updates) {
    return this.#session.call('detect', this.#show(bytes), target.looked, CROPS, updates);
  }

  #show(bytes) {
    return this.#session.give('/frame', bytes);
  }
}

function errorOf(pose, { size }, { corners }) {
  return cornerError(cornersOf(homographyOf(CAMERA, pose), size), corners);
}

/** The pose of a scene in the units of a file that was compiled from a scaled copy. */
function truePose({ pose }, { scale }) {
  return pose.map(([x, y, z, distance]) => [x, y, z, distance * scale]);
}

function recalls(stills) {
  return {
    views: stills.length,
    recall9: share(stills, ({ right }) => right),
    recall1: share(stills, ({ rightAtOnce }) => rightAtOnce),
    lock: share(stills, ({ locked }) => locked),
    wrongPoses: stills.filter(({ found, right }) => found && !right).length,
  };
}

function recallsByTilt(stills) {
  return Object.fromEntries(TILT_NAMES.map((name) => [name, recalls(stills.filter(({ tilt }) => tilt === name))]));
}

function errors(stills) {
  const right = stills.filter((still) => still.right);
  const locked = stills.filter((still) => still.locked);
  return {
    detectError: median(right.map(({ error }) => error)),
    lockedError: median(locked.map(({ lockedError }) => lockedError)),
  };
}

function tracking(followed, frames) {
  return {
    alive: followed.map(({ errors: list }) => list.length),
    survival: mean(followed.map(({ errors: list }) => list.length / frames)),
    trackError: median(followed.flatMap(({ errors: list }) => list)),
    startedFromTruth: followed.filter(({ found }) => !found).length,
  };
}

function times(stills, followed) {
  const tries = stills.flatMap((still) => still.tries);
  const updates = followed.flatMap((sequence) => sequence.updates);
  return {
    detectMs: median(tries.map(({ detectMs }) => detectMs)),
    matchMs: median(tries.map(({ matchMs }) => matchMs)),
    trackMs: median(updates.map(({ trackMs }) => trackMs)),
    updateMs: median(updates.map(({ updateMs }) => updateMs)),
  };
}
