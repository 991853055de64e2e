import assert from 'node:assert/strict';

/** How far the video's corners may be from the picture's, as a share of the picture's width on the screen. */
const TOLERANCE = 0.04;

/** Longest wait for the video to lie still or in its place, on a machine that draws without a GPU. */
const PATIENCE = 60_000;

/** Pixels by which the video may tremble and still lies still: less than one of a frame that AR.js looks at. */
const TREMBLE = 2.5;

/** Frames that are looked at before the video is taken to have followed the picture. */
const FRAMES = 10;

/** A point of the camera's frame on a screen that the frame covers. */
export function onScreen([x, y], camera, screen) {
  const scale = Math.max(screen.width / camera.width, screen.height / camera.height);
  return [screen.width / 2 + (x - camera.width / 2) * scale, screen.height / 2 + (y - camera.height / 2) * scale];
}

/** Waits until the video's corners lie on the given points, allowing for the smoothing of the pose. */
export async function settlesOn(viewer, wanted) {
  const allowed = TOLERANCE * distance(wanted[0], wanted[1]);
  let worst = Infinity;
  for (const deadline = Date.now() + PATIENCE; Date.now() < deadline; ) {
    const found = await viewer.overlayCorners();
    if (!found) continue;
    worst = Math.max(...distances(found, wanted));
    if (worst <= allowed) return;
  }
  assert.fail(`the video is ${worst.toFixed(1)} px off the picture; ${allowed.toFixed(1)} px are allowed`);
}

/**
 * In lock-step: shows each pose, waits until the engine has looked at it and the video lies still, and gives the distances
 * of the video's corners from the picture's, in pixels of the screen. `lookedAt` tells how many frames the engine has seen.
 */
export async function cornerErrors(viewer, poses, camera, screen, lookedAt) {
  const errors = [];
  for (const pose of poses) {
    const wanted = (await viewer.showPicture(pose)).map((point) => onScreen(point, camera, screen));
    const enough = (await lookedAt()) + FRAMES;
    await viewer.reaches('playing');
    errors.push(...distances(await restingCorners(viewer, async () => (await lookedAt()) >= enough), wanted));
  }
  return errors;
}

/** Corners of the video once `ready` and once two looks at it agree. */
async function restingCorners(viewer, ready) {
  let before = null;
  for (const deadline = Date.now() + PATIENCE; Date.now() < deadline; ) {
    const settled = await ready();
    const corners = await viewer.overlayCorners();
    if (settled && corners && before && Math.max(...distances(corners, before)) < TREMBLE) return corners;
    before = settled ? corners : null;
  }
  assert.fail('the video does not come to rest on the picture');
}

export const median = (values) => values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];

const distance = ([x, y], [u, v]) => Math.hypot(x - u, y - v);
const distances = (found, wanted) => wanted.map((point, i) => distance(found[i], point));
