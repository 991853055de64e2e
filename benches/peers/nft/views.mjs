import { Random, mixSeed } from '../scene/random.mjs';

/** Streams of the seed, so that views and strangers do not depend on each other's number. */
const [VIEWS, STRANGERS] = [505, 606];

const DEGREE = Math.PI / 180;
/** What a view is like in each respect: all combinations come in turn, tilts fastest. */
export const TILTS = [
  { name: '0-15°', degrees: [0, 15] },
  { name: '15-30°', degrees: [15, 30] },
  { name: '30-45°', degrees: [30, 45] },
  { name: '45-60°', degrees: [45, 60] },
];
/** Shares of the largest size that fits into the frame. */
export const DISTANCES = [
  { name: 'near', share: [0.75, 1.05] },
  { name: 'middle', share: [0.5, 0.75] },
  { name: 'far', share: [0.3, 0.5] },
];
export const LIGHTS = [
  { name: 'clean', draw: cleanLight },
  { name: 'degraded', draw: degradedLight },
];

/** A view of a picture; `random` goes on to draw what is behind and the noise. */
export function view(index, seed, size, camera) {
  return drawView(index, new Random(mixSeed(seed, VIEWS, index)), size, camera);
}

/** A view of another picture. */
export function strangerView(index, seed, size, camera) {
  return drawView(index, new Random(mixSeed(seed, STRANGERS, index)), size, camera);
}

function drawView(index, random, size, camera) {
  const tilt = TILTS[index % TILTS.length];
  const distance = DISTANCES[Math.floor(index / TILTS.length) % DISTANCES.length];
  const light = LIGHTS[Math.floor(index / TILTS.length / DISTANCES.length) % LIGHTS.length];
  const widest = Math.min(1, (camera.height * size.width) / size.height / camera.width);
  const place = {
    tilt: random.range(...tilt.degrees) * DEGREE,
    axis: random.range(0, 2 * Math.PI),
    roll: random.range(-180, 180) * DEGREE,
    fraction: widest * random.range(...distance.share),
    x: camera.centreX + random.range(-50, 50),
    y: camera.centreY + random.range(-40, 40),
  };
  return {
    place,
    light: light.draw(random),
    random,
    kind: { tilt: tilt.name, distance: distance.name, light: light.name },
  };
}

function cleanLight(random) {
  return {
    blur: random.range(0.3, 0.6),
    noise: random.range(1, 2),
    gamma: 1,
    gain: random.range(0.9, 1.1),
    offset: 0,
    shading: slope(random, 0.1),
  };
}

function degradedLight(random) {
  return {
    blur: random.range(0.8, 1.8),
    noise: random.range(4, 10),
    gamma: 1,
    gain: random.range(0.55, 1.25),
    offset: random.range(-20, 20),
    shading: slope(random, 0.5),
  };
}

/** A slope of up to so much in any direction. */
function slope(random, steepest) {
  const steepness = random.range(0, steepest);
  const direction = random.range(0, 2 * Math.PI);
  return [steepness * Math.cos(direction), steepness * Math.sin(direction)];
}
