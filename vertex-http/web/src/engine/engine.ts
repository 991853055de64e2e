import type { Size } from './geometry';
import { PoseFilter } from './pose-filter';

/** Where the content's marker files are; `null` for a family that was not made. */
export interface MarkerUrls {
  marker_url: string | null;
  nft_url: string | null;
}

/** What a tracker tells whoever started it. */
export interface TrackerListener {
  /** The picture was seen: its pose as a column-major matrix in the picture's unit, y up, camera at the origin. */
  onPose(pose: number[]): void;
  /** The picture left the view. */
  onLost(): void;
  /** One camera frame has been looked at. */
  onFrame(): void;
  /** Tracking cannot go on. */
  onFailure(reason: string): void;
}

/** A camera's video being searched for the picture. */
export interface Tracking {
  /** Size of the picture, in whatever unit the poses are in. */
  readonly picture: Size;
  /** Size of the tracked frame. */
  readonly frame: Size;
  stop(): void;
}

/** Draws the content's video on the picture, over the camera's view. */
export interface Stage {
  /** Takes the sizes of the tracked frame and of the picture; the screen may be of any size. */
  setup(frame: Size, picture: Size): void;
  /** Puts the video at `pose` (column-major, the picture's unit, origin at the picture's lower left corner). */
  show(pose: readonly number[]): void;
  hide(): void;
}

/** The parts of the page that an engine draws with. */
export interface Surface {
  /** Lies over the camera's view and covers it. */
  overlay: HTMLElement;
  /** The content's video. */
  video: HTMLVideoElement;
}

/** What a tracking library brings: its marker, its tracker, its way of drawing. */
export interface Library<Marker> {
  /** Fetches what the picture is recognised by, telling the share received so far (0 to 1). */
  load(urls: MarkerUrls, onProgress: (share: number) => void): Promise<Marker>;
  /** Looks for the picture in `camera`, which must already show frames; resolves when it has begun. */
  track(marker: Marker, camera: HTMLVideoElement, listener: TrackerListener): Promise<Tracking>;
  createStage(surface: Surface): Promise<Stage>;
}

/** What an engine tells the visit. */
export interface EngineListener extends Pick<TrackerListener, 'onLost' | 'onFrame' | 'onFailure'> {
  /** The video lies on the picture. Said with every frame in which the picture is seen. */
  onFound(): void;
}

/** An engine, whatever marker it reads. */
export type AnyEngine = Pick<Engine<unknown>, 'load' | 'start' | 'hide' | 'stop'>;

/** Finds the picture with one library and keeps the video on it. */
export class Engine<Marker> {
  private marker: Marker | null = null;
  private tracking: Tracking | null = null;
  private filter: PoseFilter | null = null;
  private run = 0;

  private constructor(
    private readonly library: Library<Marker>,
    private readonly stage: Stage,
    private readonly listener: EngineListener,
  ) {}

  static async create<Marker>(library: Library<Marker>, surface: Surface, listener: EngineListener): Promise<AnyEngine> {
    return new Engine(library, await library.createStage(surface), listener);
  }

  /** Fetches what the picture is recognised by, telling the share received so far (0 to 1). */
  async load(urls: MarkerUrls, onProgress: (share: number) => void): Promise<void> {
    this.marker = await this.library.load(urls, onProgress);
  }

  /** Starts looking, or starts anew when the camera's picture has changed its shape; false when stopped meanwhile. */
  async start(camera: HTMLVideoElement): Promise<boolean> {
    if (this.marker === null) throw new Error('no marker is loaded');
    this.stop();
    const { run } = this;
    const tracking = await this.library.track(this.marker, camera, {
      ...this.listener,
      onPose: (pose) => this.show(pose),
    });
    if (run !== this.run) {
      tracking.stop();
      return false;
    }
    this.tracking = tracking;
    const { frame, picture } = tracking;
    this.filter = new PoseFilter(Math.max(picture.width, picture.height));
    this.stage.setup(frame, picture);
    return true;
  }

  /** Takes the video off the screen until the picture is seen again. */
  hide(): void {
    this.filter?.reset();
    this.stage.hide();
  }

  /** Ends the present tracking, also one that is only starting. */
  stop(): void {
    this.run += 1;
    this.tracking?.stop();
    this.tracking = null;
    this.hide();
  }

  private show(pose: number[]): void {
    if (!this.tracking || !this.filter) return;
    this.stage.show(this.filter.next(pose, performance.now() / 1000));
    this.listener.onFound();
  }
}
