import { areaOf, cameraOf, cornersOf, homographyOf, poseOf } from './camera.mjs';
import { clutter } from './clutter.mjs';
import { degrade } from './degrade.mjs';
import { paste } from './paste.mjs';
import { Random, mixSeed } from './random.mjs';
import { STREAMS, movement, stillLight, stillView } from './views.mjs';

export const CAMERA = cameraOf(640, 480);

/** Seed and index of the views of strangers: no still view of the picture itself is drawn like them. */
const strangerView = (index, seed) => [index * 5 + 3, seed + 7];

/**
 * Everything the camera sees of one picture for one seed. A frame does not depend on what was found in the ones before,
 * so it is drawn once and kept for the next file.
 */
export class Stage {
  #picture;
  #strangers;
  #seed;
  #kept = new Map();

  /** `strangers` are the other pictures: functions that load a pyramid, or null where one is left out. */
  constructor(picture, strangers, seed) {
    this.#picture = picture;
    this.#strangers = strangers;
    this.#seed = seed;
  }

  get size() {
    return { width: this.#picture.width, height: this.#picture.height };
  }

  still(index) {
    return this.#keep(`still ${index}`, () => {
      const view = stillView(index, this.#seed, this.size, CAMERA);
      const scene = this.#sceneOf(view.place);
      const light = stillLight(view.random);
      const bytes = this.#draw(scene, clutter(CAMERA, view.random), light, view.random);
      return { ...scene, bytes, fraction: view.place.fraction, tilt: view.tiltDegrees };
    });
  }

  /** A sequence: its kind and its frames, drawn one after the other as they are asked for. */
  sequence(index, frames) {
    return this.#keep(`sequence ${index} of ${frames}`, () => {
      const { kind, places, light } = movement(index, this.#seed, this.size, CAMERA, frames);
      const random = new Random(mixSeed(this.#seed, STREAMS.NOISE, index));
      const background = clutter(CAMERA, random);
      const drawn = [];
      const frame = (time) => {
        while (drawn.length <= time) {
          const scene = this.#sceneOf(places[drawn.length]);
          drawn.push({ ...scene, bytes: this.#draw(scene, Float32Array.from(background), light, random) });
        }
        return drawn[time];
      };
      return { kind, frame };
    });
  }

  /** Frames without the picture: two of three show another one, the others nothing but clutter. */
  strangers(count) {
    return this.#keep(`${count} strangers`, async () => {
      const random = new Random(mixSeed(this.#seed, STREAMS.STRANGERS));
      const frames = [];
      for (let index = 0; index < count; index += 1) {
        const load = this.#strangers[random.index(this.#strangers.length || 1)];
        const stranger = index % 3 !== 2 && load ? await load() : null;
        frames.push(this.#drawStranger(index, stranger));
      }
      return frames;
    });
  }

  #drawStranger(index, stranger) {
    const size = stranger ?? this.size;
    const view = stillView(...strangerView(index, this.#seed), size, CAMERA);
    const light = stillLight(view.random);
    const frame = clutter(CAMERA, view.random);
    if (stranger) paste(frame, CAMERA, stranger, homographyOf(CAMERA, poseOf(CAMERA, size, view.place)));
    return degrade(frame, CAMERA, light, view.random);
  }

  #sceneOf(place) {
    const pose = poseOf(CAMERA, this.size, place);
    const homography = homographyOf(CAMERA, pose);
    const corners = cornersOf(homography, this.size);
    return { pose, homography, corners, side: Math.sqrt(areaOf(corners)) };
  }

  #draw({ homography }, frame, light, random) {
    paste(frame, CAMERA, this.#picture, homography);
    return degrade(frame, CAMERA, light, random);
  }

  #keep(name, make) {
    if (!this.#kept.has(name)) this.#kept.set(name, make());
    return this.#kept.get(name);
  }
}
