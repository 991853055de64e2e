import { describe, expect, test } from 'vitest';
import { coverCrop, coverOverflow, coverProjection, focalLength, trackingSize, type Size } from './geometry';

const SIZES: Size[] = [
  { width: 640, height: 480 },
  { width: 480, height: 640 },
  { width: 1280, height: 720 },
  { width: 390, height: 844 },
  { width: 1, height: 1000 },
];
const PAIRS = SIZES.flatMap((inner) => SIZES.map((outer) => [inner, outer] as const));

describe('trackingSize', () => {
  test.each([
    [{ width: 1280, height: 720 }, { width: 853, height: 480 }],
    [{ width: 720, height: 1280 }, { width: 480, height: 853 }],
    [{ width: 640, height: 480 }, { width: 640, height: 480 }],
    [{ width: 320, height: 240 }, { width: 320, height: 240 }],
  ])('%o is tracked at %o', (camera, size) => expect(trackingSize(camera, 480)).toEqual(size));
});

test('the lens is the same held upright and sideways, and MindAR’s own for a landscape camera', () => {
  expect(focalLength({ width: 640, height: 480 })).toBeCloseTo(579.411, 3);
  expect(focalLength({ width: 480, height: 640 })).toBeCloseTo(579.411, 3);
});

describe('coverOverflow', () => {
  test.each(PAIRS)('%o over %o leaves no gap, is cut along one side at most and keeps its shape', (picture, box) => {
    const { x, y } = coverOverflow(picture, box);
    expect(Math.min(x, y)).toBeCloseTo(1, 9);
    const drawn = { width: x * box.width, height: y * box.height };
    expect(drawn.width / drawn.height).toBeCloseTo(picture.width / picture.height, 6);
  });
});

describe('coverProjection', () => {
  /** Pixel on the screen where the projection puts a point of the tracker's camera space. */
  function project(matrix: number[], screen: Size, [x, y, z]: [number, number, number]): [number, number] {
    const row = (i: number) => matrix[i]! * x + matrix[i + 4]! * y + matrix[i + 8]! * z + matrix[i + 12]!;
    const w = row(3);
    return [((row(0) / w + 1) / 2) * screen.width, ((1 - row(1) / w) / 2) * screen.height];
  }

  test.each(PAIRS)('frame %o on screen %o: a point lands where the covering frame shows it', (frame, screen) => {
    const point: [number, number, number] = [37, -21, -400];
    const focal = focalLength(frame);
    const inFrame = [frame.width / 2 + (focal * 37) / 400, frame.height / 2 + (focal * 21) / 400] as const;
    const scale = Math.max(screen.width / frame.width, screen.height / frame.height);
    const [x, y] = project(coverProjection(frame, screen, 1, 1000), screen, point);
    expect(x).toBeCloseTo(screen.width / 2 + (inFrame[0] - frame.width / 2) * scale, 3);
    expect(y).toBeCloseTo(screen.height / 2 + (inFrame[1] - frame.height / 2) * scale, 3);
  });

  test('depths between near and far stay inside the clip volume', () => {
    const matrix = coverProjection({ width: 640, height: 480 }, { width: 800, height: 600 }, 10, 1000);
    const depth = (z: number) => (matrix[10]! * z + matrix[14]!) / -z;
    expect(depth(-10)).toBeCloseTo(-1, 9);
    expect(depth(-1000)).toBeCloseTo(1, 9);
  });
});

describe('coverCrop', () => {
  test('a wide video on an upright picture loses its sides only', () => {
    const { repeat, offset } = coverCrop({ width: 1600, height: 900 }, { width: 900, height: 1600 });
    expect(repeat[0]).toBeCloseTo(0.31640625, 9);
    expect(repeat[1]).toBe(1);
    expect(offset[0]).toBeCloseTo((1 - repeat[0]) / 2, 9);
    expect(offset[1]).toBe(0);
  });

  test.each(PAIRS)('%o on %o: the part shown has the plane’s shape and is centred', (texture, plane) => {
    const { repeat, offset } = coverCrop(texture, plane);
    const shown = { width: texture.width * repeat[0], height: texture.height * repeat[1] };
    expect(shown.width / shown.height).toBeCloseTo(plane.width / plane.height, 6);
    expect(offset[0] * 2 + repeat[0]).toBeCloseTo(1, 9);
    expect(offset[1] * 2 + repeat[1]).toBeCloseTo(1, 9);
  });
});
