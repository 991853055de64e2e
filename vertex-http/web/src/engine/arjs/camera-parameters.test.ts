import { expect, test } from 'vitest';
import { cameraParameters } from './camera-parameters';

test.each([
  { width: 320, height: 240 },
  { width: 240, height: 427 },
])('a camera file for %o has its size, the lens in the middle and no distortion', (frame) => {
  const bytes = cameraParameters(frame);
  const file = new DataView(bytes.buffer);
  const at = (offset: number, count: number) => Array.from({ length: count }, (_, i) => file.getFloat64(offset + 8 * i));
  expect(bytes).toHaveLength(176);
  expect([file.getInt32(0), file.getInt32(4)]).toEqual([frame.width, frame.height]);
  const [fx, , cx, , , fy, cy, , , , one] = at(8, 12);
  expect(fx).toBeCloseTo(289.706, 3);
  expect(fy).toBe(fx);
  expect([cx, cy, one]).toEqual([frame.width / 2, frame.height / 2, 1]);
  expect(at(104, 9)).toEqual([0, 0, 0, 0, fx, fx, cx, cy, 1]);
});
