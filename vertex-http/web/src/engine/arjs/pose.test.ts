import { expect, test } from 'vitest';
import { pictureSize, poseFrom } from './pose';

test('a picture is as large as its pixels at its resolution', () => {
  expect(pictureSize({ width: 508, height: 254, dpi: 254 })).toEqual({ width: 50.8, height: 25.4 });
});

test('a picture upright before the camera is before ours, too, whether it comes as an array or as an object', () => {
  // Columns: x to the right, y up (down in the camera's terms), z towards the camera, 500 mm away, 10 mm to the right.
  const theirs = [1, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1, 0, 10, 20, 500, 1];
  const ours = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 10, -20, -500, 1];
  expect(poseFrom(theirs).map((value) => value + 0)).toEqual(ours);
  expect(poseFrom({ ...theirs }).map((value) => value + 0)).toEqual(ours);
});
