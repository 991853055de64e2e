import { cornersOf, determinantOf, invert } from './camera.mjs';

/** Samples a side for each pixel of the screen. */
const SAMPLES = 3;

/** Draws a picture into a frame where the homography puts it, antialiased. */
export function paste(frame, camera, picture, homography) {
  const inverse = invert(homography);
  const box = boundsOf(cornersOf(homography, picture), camera);
  const sampler = new Sampler(picture, inverse);
  const colour = [0, 0, 0];
  for (let y = box.top; y <= box.bottom; y += 1) {
    for (let x = box.left; x <= box.right; x += 1) {
      const count = sampler.sum(x, y, colour);
      if (!count) continue;
      const cover = count / (SAMPLES * SAMPLES);
      const p = (y * camera.width + x) * 3;
      for (let c = 0; c < 3; c += 1) frame[p + c] = frame[p + c] * (1 - cover) + colour[c] / (SAMPLES * SAMPLES);
    }
  }
}

function boundsOf(corners, { width, height }) {
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  return {
    left: Math.max(0, Math.floor(Math.min(...xs) - 1)),
    right: Math.min(width - 1, Math.ceil(Math.max(...xs) + 1)),
    top: Math.max(0, Math.floor(Math.min(...ys) - 1)),
    bottom: Math.min(height - 1, Math.ceil(Math.max(...ys) + 1)),
  };
}

/** Looks up what a pixel of the screen shows of a picture, at the level of its pyramid that fits. */
class Sampler {
  #picture;
  #inverse;
  #determinant;
  #finest;

  constructor(picture, inverse) {
    this.#picture = picture;
    this.#inverse = inverse;
    this.#determinant = Math.abs(determinantOf(inverse));
    this.#finest = picture.levels.findIndex((level) => level.pixels);
  }

  /** Adds up the samples of the pixel at (x, y) that lie on the picture into `colour`; returns their number. */
  sum(x, y, colour) {
    const [a, b, c, d, e, f, g, h, i] = this.#inverse;
    const { width, height } = this.#picture;
    const index = this.#levelAt(x, y);
    const level = this.#picture.levels[index];
    const scale = 1 / (1 << index);
    let count = 0;
    colour.fill(0);
    for (let row = 0; row < SAMPLES; row += 1) {
      for (let column = 0; column < SAMPLES; column += 1) {
        const u = x + (column - (SAMPLES - 1) / 2) / SAMPLES;
        const v = y + (row - (SAMPLES - 1) / 2) / SAMPLES;
        const depth = g * u + h * v + i;
        const pictureX = (a * u + b * v + c) / depth;
        const pictureY = (d * u + e * v + f) / depth;
        if (pictureX < 0 || pictureY < 0 || pictureX > width || pictureY > height) continue;
        count += 1;
        addBilinear(level, pictureX * scale - 0.5, pictureY * scale - 0.5, colour);
      }
    }
    return count;
  }

  #levelAt(x, y) {
    const [, , , , , , g, h, i] = this.#inverse;
    const depth = g * x + h * y + i;
    const pixelsPerPixel = this.#determinant / Math.abs(depth * depth * depth);
    const level = Math.round(0.5 * Math.log2(pixelsPerPixel) - Math.log2(SAMPLES) + 0.3);
    return clamp(level, this.#finest, this.#picture.levels.length - 1);
  }
}

function addBilinear({ width, height, pixels }, x, y, colour) {
  const left = clamp(x, 0, width - 1);
  const top = clamp(y, 0, height - 1);
  const column = left | 0;
  const row = top | 0;
  const tx = left - column;
  const ty = top - row;
  const right = column + 1 < width ? 3 : 0;
  const upper = (row * width + column) * 3;
  const lower = row + 1 < height ? upper + 3 * width : upper;
  const w00 = (1 - tx) * (1 - ty);
  const w10 = tx * (1 - ty);
  const w01 = (1 - tx) * ty;
  const w11 = tx * ty;
  for (let c = 0; c < 3; c += 1) {
    colour[c] +=
      w00 * pixels[upper + c] +
      w10 * pixels[upper + right + c] +
      w01 * pixels[lower + c] +
      w11 * pixels[lower + right + c];
  }
}

function clamp(value, low, high) {
  return value < low ? low : value > high ? high : value;
}
