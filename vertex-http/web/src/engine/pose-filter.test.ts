import { describe, expect, test } from 'vitest';
import { PoseFilter } from './pose-filter';

const UNIT = 800;
const FRAME = 1 / 30;

/** A picture held upright at the given place, as a column-major matrix. */
const poseAt = (x: number) => [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, x, 0, -1500, 1];

/** Repeatable noise between -1 and 1. */
function noise(): () => number {
  let state = 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return (state / 2147483647) * 2 - 1;
  };
}

const spread = (values: number[]) => Math.max(...values) - Math.min(...values);

describe('PoseFilter', () => {
  test('the first pose, and the first after a reset, pass unchanged', () => {
    const filter = new PoseFilter(UNIT);
    expect(filter.next(poseAt(100), 5)).toEqual(poseAt(100));
    filter.reset();
    expect(filter.next(poseAt(700), 5.01)).toEqual(poseAt(700));
  });

  test('a picture at rest trembles less than its measurement', () => {
    const random = noise();
    const filter = new PoseFilter(UNIT);
    const raw: number[] = [];
    const smooth: number[] = [];
    for (let i = 0; i < 120; i += 1) {
      const x = 4 * random();
      raw.push(x);
      smooth.push(filter.next(poseAt(x), i * FRAME)[12]!);
    }
    expect(spread(smooth.slice(30))).toBeLessThan(spread(raw.slice(30)) / 2);
  });

  test('a moved picture is followed within a few frames', () => {
    const filter = new PoseFilter(UNIT);
    let x = 0;
    for (let i = 0; i < 30; i += 1) x = filter.next(poseAt(i < 10 ? 0 : 400), i * FRAME)[12]!;
    expect(Math.abs(x - 400)).toBeLessThan(8);
  });

  test('the behaviour does not depend on the picture’s size in pixels', () => {
    const small = new PoseFilter(UNIT);
    const large = new PoseFilter(UNIT * 10);
    for (let i = 0; i < 20; i += 1) {
      const x = 50 * Math.sin(i);
      const scaled = poseAt(10 * x).map((value, k) => (k === 14 ? 10 * value : value));
      expect(large.next(scaled, i * FRAME)[12]).toBeCloseTo(10 * small.next(poseAt(x), i * FRAME)[12]!, 6);
    }
  });

  test('after a long pause the past is forgotten', () => {
    const filter = new PoseFilter(UNIT);
    filter.next(poseAt(0), 0);
    expect(filter.next(poseAt(300), 20)).toEqual(poseAt(300));
  });
});
