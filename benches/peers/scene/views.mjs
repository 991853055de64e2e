import { Random, mixSeed } from './random.mjs';

/** Streams of the seed, so that views, movements and strangers do not depend on each other's number. */
const [STILLS, SEQUENCES, NOISE, STRANGERS] = [101, 202, 303, 404];
export const STREAMS = { NOISE, STRANGERS };

const DEGREE = Math.PI / 180;
const LEAST_FRACTION = 0.25;
const STRATA = 4;
/** Degrees of tilt of one stratum. */
const TILT_STEP = 15;
/** As the movements have always been drawn; 2 pi would move every frame a little. */
const TURN = 6.283;

/** How wide a target can be before it is higher than the frame. */
function greatestFraction(camera, { width, height }) {
  return Math.min(1, (camera.height * width) / height / camera.width);
}

/**
 * A still view, in turn of each of four strata of width, from a quarter of the frame to all of it, and of four of tilt
 * up to 60 degrees. `random` goes on to draw the light and what is behind.
 */
export function stillView(index, seed, size, camera) {
  const random = new Random(mixSeed(seed, STILLS, index));
  const greatest = Math.max(LEAST_FRACTION + 0.05, greatestFraction(camera, size));
  const widthStratum = index % STRATA;
  const tiltStratum = Math.floor(index / STRATA) % STRATA;
  const fraction = LEAST_FRACTION + ((greatest - LEAST_FRACTION) * (widthStratum + random.unit())) / STRATA;
  const tilt = (tiltStratum + random.unit()) * TILT_STEP * DEGREE;
  const roll = (random.unit() < 0.7 ? random.range(-30, 30) : random.range(-180, 180)) * DEGREE;
  const axis = random.range(0, 2 * Math.PI);
  const room = roomAround(fraction, size, camera);
  const x = camera.centreX + random.range(-room.x, room.x);
  const y = camera.centreY + random.range(-room.y, room.y);
  return { place: { fraction, tilt, axis, roll, x, y }, tiltDegrees: tilt / DEGREE, random };
}

/** How far the centre may move without most of the target leaving the frame. */
function roomAround(fraction, size, camera) {
  const width = fraction * camera.width;
  const height = (width * size.height) / size.width;
  const diagonal = Math.hypot(width, height);
  return {
    x: Math.min(120, Math.max(20, (camera.width - Math.max(width, 0.8 * diagonal)) / 2)),
    y: Math.min(90, Math.max(15, (camera.height - Math.max(height, 0.8 * diagonal)) / 2)),
  };
}

/** The light and the lens of a still view. */
export function stillLight(random) {
  return {
    blur: random.range(0, 1.5),
    gamma: random.range(0.7, 1.4),
    gain: random.range(0.75, 1.15),
    offset: random.range(-12, 15),
    noise: random.range(1, 6),
  };
}

const KINDS = ['slow', 'fast', 'shake'];
/** Pixels the centre moves in a frame at its fastest. */
const SPEEDS = { slow: [2, 4], fast: [7, 12], shake: [18, 28] };

/** A smooth movement about a moderate view: sequences are slow, fast and shaken in turn. */
export function movement(index, seed, size, camera, frames) {
  const random = new Random(mixSeed(seed, SEQUENCES, index));
  const kind = KINDS[index % KINDS.length];
  const lively = kind === 'slow' ? 0.5 : 1;
  const fraction = Math.max(LEAST_FRACTION, greatestFraction(camera, size) * random.range(0.5, 0.8));
  const tilt = random.range(5, 30) * DEGREE;
  const roll = random.range(-20, 20) * DEGREE;
  const axis = random.range(0, 2 * Math.PI);
  const speed = random.range(...SPEEDS[kind]);
  const period = kind === 'shake' ? random.range(10, 16) : random.range(30, 50);
  const phaseX = random.range(0, TURN);
  const phaseY = phaseX + 1.5;
  const swayDistance = sway(random);
  const swayTilt = sway(random);
  const swayRoll = sway(random);
  const reach = (speed * period) / TURN;

  const places = Array.from({ length: frames }, (_, time) => {
    const angle = (TURN * time) / period;
    return {
      fraction: fraction * (1 + 0.12 * lively * swayDistance(time)),
      tilt: Math.max(0, tilt + 9 * lively * DEGREE * swayTilt(time)),
      axis: axis + 0.01 * time * lively,
      roll: roll + 10 * lively * DEGREE * swayRoll(time),
      x: camera.centreX + reach * 0.7 * (Math.sin(angle + phaseX) - Math.sin(phaseX)),
      y: camera.centreY + reach * 0.5 * (Math.sin(angle + phaseY) - Math.sin(phaseY)),
    };
  });
  return { kind, places, light: movingLight(kind, random) };
}

function movingLight(kind, random) {
  return {
    blur: random.range(0.3, kind === 'slow' ? 1.2 : 1.6),
    gamma: random.range(0.8, 1.25),
    gain: random.range(0.8, 1.1),
    offset: random.range(-8, 10),
    noise: random.range(1, 5),
  };
}

/** A sine that begins at nought. */
function sway(random) {
  const period = random.range(26, 60);
  const phase = random.range(0, TURN);
  return (time) => Math.sin((TURN * time) / period + phase) - Math.sin(phase);
}
