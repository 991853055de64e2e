/** MindAR's published runtime, driven frame by frame through the same calls as its own loop. */
import { Controller } from '/mind-ar/mindar-image.prod.js';

/** The crop that the runtime looks at first. */
const FIRST_CROP = 4;

let controller;
const screen = document.createElement('canvas');
const context = screen.getContext('2d', { willReadFrequently: true });

window.calls = {
  /** Loads a marker file for frames of this size; the sizes of its targets. */
  async load(path, width, height) {
    controller?.worker.terminate();
    const file = await bytesAt(path);
    controller = new Controller({ inputWidth: width, inputHeight: height });
    const { dimensions } = controller.addImageTargetsFromBuffer(file.buffer);
    Object.assign(screen, { width, height });
    context.fillStyle = '#888';
    context.fillRect(0, 0, width, height);
    controller.dummyRun(screen);
    return dimensions;
  },

  /**
   * Looks for targets on a still, in up to `crops` of the runtime's moving crops, then lets the tracker refine what was
   * found `updates` times. `hit` is the number of the crop, -1 when nothing was found.
   */
  async detect(path, targets, crops, updates) {
    await show(path);
    controller.cropDetector.lastRandomIndex = FIRST_CROP;
    const found = { hit: -1, target: -1, pose: null, tries: [], refined: [] };
    for (let crop = 0; crop < crops && found.hit < 0; crop += 1) {
      const { points, detectMs } = detectPoints();
      const begun = performance.now();
      const match = await controller._workerMatch(points, targets);
      found.tries.push({ points: points.length, detectMs, matchMs: performance.now() - begun });
      if (match.targetIndex !== -1 && match.modelViewTransform) {
        Object.assign(found, { hit: crop, target: match.targetIndex, pose: match.modelViewTransform });
      }
    }
    if (found.pose) found.refined = await refine(found.pose, found.target, updates);
    return found;
  },

  /** One update of the tracker; the pose is null when the target is lost. */
  async track(path, pose, target) {
    await show(path);
    const begun = performance.now();
    const points = await controller.track(screen, pose, target);
    const tracked = performance.now();
    const next = await controller.trackUpdate(pose, points);
    return {
      pose: next,
      points: points.worldCoords.length,
      trackMs: tracked - begun,
      updateMs: performance.now() - tracked,
    };
  },
};

function detectPoints() {
  const begun = performance.now();
  const input = controller.inputLoader.loadInput(screen);
  const { featurePoints } = controller.cropDetector.detectMoving(input);
  const detectMs = performance.now() - begun;
  input.dispose();
  return { points: featurePoints, detectMs };
}

async function refine(pose, target, updates) {
  const refined = [];
  let last = pose;
  while (last && refined.length < updates) {
    const points = await controller.track(screen, last, target);
    last = await controller.trackUpdate(last, points);
    refined.push({ pose: last, points: points.worldCoords.length });
  }
  return refined;
}

/** Puts a frame of packed RGB on the screen. */
async function show(path) {
  const rgb = await bytesAt(path);
  const image = new ImageData(screen.width, screen.height);
  for (let i = 0, j = 0; i < rgb.length; i += 3, j += 4) {
    image.data[j] = rgb[i];
    image.data[j + 1] = rgb[i + 1];
    image.data[j + 2] = rgb[i + 2];
    image.data[j + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

async function bytesAt(path) {
  return new Uint8Array(await (await fetch(path)).arrayBuffer());
}
