/**
 * The camera of MindAR's runtime and flat targets before it. A target covers [0, width] x [0, height] of its own
 * pixels; screen coordinates are pixel indices, the centre of the first pixel is (0, 0).
 */

const FIELD_OF_VIEW = (45 * Math.PI) / 180;

/** A camera with the intrinsics that the runtime assumes for frames of this size. */
export function cameraOf(width, height) {
  const focal = height / 2 / Math.tan(FIELD_OF_VIEW / 2);
  return { focal, centreX: width / 2, centreY: height / 2, width, height };
}

/**
 * The 3x4 model-view matrix of a target that would be `fraction` of the frame's width wide if it faced the camera, is
 * tilted about an axis in its plane, rolled, and has its centre at (x, y) of the screen. Angles are radians.
 */
export function poseOf(camera, size, { fraction, tilt, axis, roll, x, y }) {
  const rotation = rotationOf(tilt, axis, roll);
  const distance = (camera.focal * size.width) / (fraction * camera.width);
  const centre = [
    ((x - camera.centreX) * distance) / camera.focal,
    ((y - camera.centreY) * distance) / camera.focal,
    distance,
  ];
  return rotation.map((row, i) => [...row, centre[i] - (row[0] * size.width) / 2 - (row[1] * size.height) / 2]);
}

function rotationOf(tilt, axis, roll) {
  const cosAxis = Math.cos(axis);
  const sinAxis = Math.sin(axis);
  const cosTilt = Math.cos(tilt);
  const sinTilt = Math.sin(tilt);
  const rest = 1 - cosTilt;
  const tilted = [
    [cosTilt + cosAxis * cosAxis * rest, cosAxis * sinAxis * rest, sinAxis * sinTilt],
    [cosAxis * sinAxis * rest, cosTilt + sinAxis * sinAxis * rest, -cosAxis * sinTilt],
    [-sinAxis * sinTilt, cosAxis * sinTilt, cosTilt],
  ];
  const cosRoll = Math.cos(roll);
  const sinRoll = Math.sin(roll);
  return [
    [0, 1, 2].map((j) => cosRoll * tilted[0][j] - sinRoll * tilted[1][j]),
    [0, 1, 2].map((j) => sinRoll * tilted[0][j] + cosRoll * tilted[1][j]),
    tilted[2],
  ];
}

/** The homography from target to screen, nine numbers in rows. */
export function homographyOf(camera, pose) {
  const columns = [0, 1, 3].map((j) => [
    camera.focal * pose[0][j] + camera.centreX * pose[2][j],
    camera.focal * pose[1][j] + camera.centreY * pose[2][j],
    pose[2][j],
  ]);
  return [0, 1, 2].flatMap((row) => columns.map((column) => column[row]));
}

export function project(homography, x, y) {
  const [a, b, c, d, e, f, g, h, i] = homography;
  const depth = g * x + h * y + i;
  return [(a * x + b * y + c) / depth, (d * x + e * y + f) / depth];
}

/** Where the corners of a target of this size are on the screen. */
export function cornersOf(homography, { width, height }) {
  return [
    project(homography, 0, 0),
    project(homography, width, 0),
    project(homography, width, height),
    project(homography, 0, height),
  ];
}

export function invert([a, b, c, d, e, f, g, h, i]) {
  const first = e * i - f * h;
  const second = f * g - d * i;
  const third = d * h - e * g;
  const determinant = a * first + b * second + c * third;
  const adjugate = [
    first, c * h - b * i, b * f - c * e,
    second, a * i - c * g, c * d - a * f,
    third, b * g - a * h, a * e - b * d,
  ];
  return adjugate.map((value) => value / determinant);
}

export function determinantOf([a, b, c, d, e, f, g, h, i]) {
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
}

export function areaOf(polygon) {
  let sum = 0;
  polygon.forEach(([x1, y1], i) => {
    const [x2, y2] = polygon[(i + 1) % polygon.length];
    sum += x1 * y2 - x2 * y1;
  });
  return Math.abs(sum) / 2;
}

/** Mean distance of four corners from where they should be. */
export function cornerError(found, truth) {
  return found.reduce((sum, [x, y], i) => sum + Math.hypot(x - truth[i][0], y - truth[i][1]), 0) / 4;
}
