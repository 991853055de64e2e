import { backend, setBackend } from '@tensorflow/tfjs-core';
import { Controller, type Update } from 'mind-ar/src/image-target/controller.js';
import type { TrackerListener, Tracking } from '../engine';
import { focalLength, trackingSize, type Size } from '../geometry';

/** Shorter side of the frames given to MindAR: more costs time and finds no more. */
const SHORT_SIDE = 480;

/** Frames in a row with the picture before it counts as found, and without it before it counts as lost. */
const FRAMES_TO_FIND = 3;
const FRAMES_TO_LOSE = 5;

/** MindAR smooths every matrix element alone; this cutoff lets all through, the pose filter does the work. */
const NO_FILTER = 1e9;

/** Follows one picture in a camera's video with MindAR. */
export class MindArTracker implements Tracking {
  readonly picture: Size;
  readonly frame: Size;
  private readonly controller: Controller;
  private running = true;

  private constructor(marker: ArrayBuffer, camera: HTMLVideoElement, private readonly listener: TrackerListener) {
    this.frame = trackingSize({ width: camera.videoWidth, height: camera.videoHeight }, SHORT_SIDE);
    this.controller = new Controller({
      inputWidth: this.frame.width,
      inputHeight: this.frame.height,
      warmupTolerance: FRAMES_TO_FIND,
      missTolerance: FRAMES_TO_LOSE,
      filterMinCF: NO_FILTER,
      onUpdate: (update) => this.hear(update),
    });
    const focal = focalLength(this.frame);
    this.controller.projectionTransform = [
      [focal, 0, this.frame.width / 2],
      [0, focal, this.frame.height / 2],
      [0, 0, 1],
    ];
    const { dimensions } = this.controller.addImageTargetsFromBuffer(marker);
    const [width, height] = dimensions[0] ?? [1, 1];
    this.picture = { width, height };
    this.guardWorker();
    this.guardGraphics();
  }

  /** Starts following the picture of `marker`; `camera` must already show frames. */
  static async start(marker: ArrayBuffer, camera: HTMLVideoElement, listener: TrackerListener): Promise<MindArTracker> {
    if (!(await setBackend('webgl'))) throw new Error('WebGL is not available');
    const tracker = new MindArTracker(marker, camera, listener);
    // MindAR draws its input at the element's attribute size: this is how the frame gets scaled for tracking.
    camera.width = tracker.frame.width;
    camera.height = tracker.frame.height;
    tracker.controller.dummyRun(camera);
    tracker.controller.processVideo(camera);
    return tracker;
  }

  stop(): void {
    this.running = false;
    this.controller.stopProcessVideo();
    this.controller.worker.terminate();
  }

  private hear(update: Update): void {
    if (!this.running) return;
    if (update.type === 'processDone') this.listener.onFrame();
    else if (update.worldMatrix) this.listener.onPose(update.worldMatrix);
    else this.listener.onLost();
  }

  /**
   * An exception in the worker (a degenerate homography) leaves MindAR waiting for an answer for ever: answer 'not
   * found' in its place. Before the first answer it means that the worker never came up.
   */
  private guardWorker(): void {
    const { worker } = this.controller;
    let answered = false;
    worker.addEventListener('message', () => (answered = true), { once: true });
    worker.addEventListener('error', () => {
      if (!answered) return this.listener.onFailure('the tracking worker did not start');
      this.controller.workerMatchDone?.({ targetIndex: -1, modelViewTransform: null });
      this.controller.workerTrackDone?.({ modelViewTransform: null });
    });
  }

  private guardGraphics(): void {
    const { gpgpu } = backend() as unknown as { gpgpu: { gl: WebGLRenderingContext } };
    const lost = () => this.running && this.listener.onFailure('the graphics context was lost');
    gpgpu.gl.canvas.addEventListener('webglcontextlost', lost, { once: true });
  }
}
