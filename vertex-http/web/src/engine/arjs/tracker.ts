import workerUrl from 'virtual:ar-js-worker';
import type { TrackerListener, Tracking } from '../engine';
import { trackingSize, type Size } from '../geometry';
import { cameraParameters } from './camera-parameters';
import type { NftMarker } from './nft-marker';
import { pictureSize, poseFrom, type MarkerInfo } from './pose';
import { Presence } from './presence';

/** Shorter side of the frames given to AR.js, which itself takes no more than 320 x 240. */
const SHORT_SIDE = 240;

/** Frames in a row with the picture before it counts as found, and without it before it counts as lost. */
const FRAMES_TO_FIND = 2;
const FRAMES_TO_LOSE = 5;

/** The worker is silent when it cannot start: after so many milliseconds it is given up. */
const START_LIMIT = 30_000;

/** The worker takes what contains an address with a dotted host for an address, and a `blob:` has none on `localhost`. */
const TAKEN_FOR_AN_ADDRESS = '#https://as.is';

/** What AR.js' worker says. */
type Answer =
  | { type: 'loaded'; proj: string }
  | { type: 'markerInfos'; marker: string }
  | { type: 'endLoading' }
  | { type: 'found'; matrix: string }
  | { type: 'not found' };

/** Follows one picture in a camera's video with AR.js' NFT worker, one frame at a time. */
export class NftTracker implements Tracking {
  readonly frame: Size;
  picture: Size = { width: 1, height: 1 };
  private readonly worker = new Worker(workerUrl);
  private readonly scene: CanvasRenderingContext2D;
  private running = true;
  private readonly presence = new Presence(FRAMES_TO_FIND, FRAMES_TO_LOSE);

  private constructor(private readonly camera: HTMLVideoElement, private readonly listener: TrackerListener) {
    this.frame = trackingSize({ width: camera.videoWidth, height: camera.videoHeight }, SHORT_SIDE);
    const canvas = Object.assign(document.createElement('canvas'), this.frame);
    this.scene = canvas.getContext('2d', { willReadFrequently: true })!;
    this.scene.imageSmoothingQuality = 'high';
  }

  /** Starts following the picture of `marker`; `camera` must already show frames. */
  static async start(marker: NftMarker, camera: HTMLVideoElement, listener: TrackerListener): Promise<NftTracker> {
    const tracker = new NftTracker(camera, listener);
    try {
      await tracker.load(marker);
    } catch (error) {
      tracker.stop();
      throw error;
    }
    tracker.worker.onmessage = ({ data }: MessageEvent<Answer>) => tracker.hear(data);
    tracker.worker.onerror = () => tracker.running && listener.onFailure('the tracking worker failed');
    tracker.look();
    return tracker;
  }

  stop(): void {
    this.running = false;
    this.worker.terminate();
  }

  private async load(marker: NftMarker): Promise<void> {
    const { width: pw, height: ph } = this.frame;
    const parameters = URL.createObjectURL(new Blob([cameraParameters(this.frame)]));
    let timer = 0;
    try {
      await new Promise<void>((resolve, reject) => {
        timer = window.setTimeout(() => reject(new Error('the tracking worker did not start')), START_LIMIT);
        this.worker.onerror = () => reject(new Error('the tracking worker did not start'));
        this.worker.onmessage = ({ data }: MessageEvent<Answer>) => {
          if (data.type === 'markerInfos') this.picture = pictureSize(JSON.parse(data.marker) as MarkerInfo);
          if (data.type === 'endLoading') resolve();
        };
        this.worker.postMessage({ type: 'init', pw, ph, marker: marker.path, param: parameters + TAKEN_FOR_AN_ADDRESS });
      });
    } finally {
      clearTimeout(timer);
      URL.revokeObjectURL(parameters);
    }
  }

  private hear(answer: Answer): void {
    if (!this.running) return;
    this.listener.onFrame();
    const changed = this.presence.changes(answer.type === 'found');
    if (changed && !this.presence.visible) this.listener.onLost();
    if (answer.type === 'found' && this.presence.visible) this.listener.onPose(poseFrom(JSON.parse(answer.matrix)));
    requestAnimationFrame(() => this.look());
  }

  private look(): void {
    if (!this.running) return;
    const { width, height } = this.frame;
    this.scene.drawImage(this.camera, 0, 0, width, height);
    const imagedata = this.scene.getImageData(0, 0, width, height);
    this.worker.postMessage({ type: 'process', imagedata }, [imagedata.data.buffer]);
  }
}
