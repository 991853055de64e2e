import { cornersOf, homographyOf, poseOf } from '../scene/camera.mjs';
import { clutter } from '../scene/clutter.mjs';
import { lit, sensed } from '../scene/degrade.mjs';
import { paste } from '../scene/paste.mjs';
import { Random, mixSeed } from '../scene/random.mjs';
import { strangerView, view } from './views.mjs';

/** The middle of the frame is between the two middle pixels, as the runtimes' camera files have it. */
export const CAMERA = { width: 640, height: 480, focal: 600, centreX: 319.5, centreY: 239.5 };

const STRANGER_CHOICE = 707;
/** Every third frame of strangers shows none. */
const EMPTY_EVERY = 3;

/** Everything the camera sees of one picture for one seed, a view at a time. */
export class Stage {
  #picture;
  #strangers;
  #seed;

  /** `strangers` are the other pictures: functions that load a pyramid, or null where one is left out. */
  constructor(picture, strangers, seed) {
    this.#picture = picture;
    this.#strangers = strangers;
    this.#seed = seed;
  }

  /** A view: what kind it is of, where the picture's corners are, and frames that differ by their noise only. */
  view(index, frames) {
    const { place, light, random, kind } = view(index, this.#seed, this.#picture, CAMERA);
    const homography = homographyOf(CAMERA, poseOf(CAMERA, this.#picture, place));
    const scene = clutter(CAMERA, random);
    paste(scene, CAMERA, this.#picture, homography);
    return { kind, corners: cornersOf(homography, this.#picture), frames: exposures(scene, light, random, frames) };
  }

  /** Frames without the picture: another one in its place, or nothing but clutter. */
  async stranger(index, frames) {
    const choice = new Random(mixSeed(this.#seed, STRANGER_CHOICE, index)).index(this.#strangers.length || 1);
    const load = index % EMPTY_EVERY === EMPTY_EVERY - 1 ? null : this.#strangers[choice];
    const other = await load?.();
    const { place, light, random } = strangerView(index, this.#seed, other ?? this.#picture, CAMERA);
    const scene = clutter(CAMERA, random);
    if (other) paste(scene, CAMERA, other, homographyOf(CAMERA, poseOf(CAMERA, other, place)));
    return exposures(scene, light, random, frames);
  }
}

function exposures(scene, light, random, count) {
  const seen = lit(scene, CAMERA, light);
  return Array.from({ length: count }, () => sensed(seen, light.noise, random));
}
