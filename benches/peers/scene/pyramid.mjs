import sharp from 'sharp';

/** Levels above this are never seen in a camera frame; dropping them saves memory. */
const LARGEST_LEVEL = 3000;
const SMALLEST_SIDE = 8;
const MOST_LEVELS = 9;

/** Decodes a picture to straight RGBA, upright. */
export function readPicture(path) {
  return pixelsOf(upright(path).ensureAlpha());
}

/** Decodes a picture to RGB on black, upright. */
export function readOpaque(path) {
  return pixelsOf(upright(path).flatten({ background: 'black' }));
}

function upright(path) {
  return sharp(path, { limitInputPixels: false }).rotate().toColourspace('srgb');
}

async function pixelsOf(image) {
  const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** A picture and its halved copies by exact 2x2 means: { width, height, levels }. */
export function pyramidOf({ data, width, height }) {
  let level = { width, height, pixels: opaque(data, width * height) };
  const levels = [level];
  while (Math.min(level.width, level.height) >= SMALLEST_SIDE && levels.length < MOST_LEVELS) {
    const half = halved(level);
    if (Math.max(level.width, level.height) > LARGEST_LEVEL) level.pixels = null;
    level = half;
    levels.push(level);
  }
  return { width, height, levels };
}

/** RGB on black. */
function opaque(rgba, count) {
  const rgb = new Float32Array(count * 3);
  for (let i = 0; i < count; i += 1) {
    const alpha = rgba[4 * i + 3] / 255;
    for (let c = 0; c < 3; c += 1) rgb[3 * i + c] = rgba[4 * i + c] * alpha;
  }
  return rgb;
}

function halved({ width, height, pixels }) {
  const halfWidth = width >> 1;
  const halfHeight = height >> 1;
  const half = new Float32Array(halfWidth * halfHeight * 3);
  const row = 3 * width;
  for (let y = 0; y < halfHeight; y += 1) {
    for (let x = 0; x < halfWidth; x += 1) {
      for (let c = 0; c < 3; c += 1) {
        const p = (2 * y * width + 2 * x) * 3 + c;
        half[(y * halfWidth + x) * 3 + c] = 0.25 * (pixels[p] + pixels[p + 3] + pixels[p + row] + pixels[p + row + 3]);
      }
    }
  }
  return { width: halfWidth, height: halfHeight, pixels: half };
}
