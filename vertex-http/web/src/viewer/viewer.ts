import { chooseEngine, createEngine, type EngineName } from '../engine/choice';
import type { AnyEngine, MarkerUrls } from '../engine/engine';
import { Problem, Unreachable } from '../shared/http';
import { fetchContent, fetchVideo, type Video } from './api';
import { CameraError, closeCamera, openCamera } from './camera';
import { ContentVideo } from './content-video';
import { missingFeature } from './device';
import type { SessionReporter } from './session';
import { INITIAL, isLive, reduce, type Event, type State, type Trouble } from './state';
import type { View } from './view';

/** Milliseconds between questions whether the picture is prepared. */
const POLL_INTERVAL = 3000;
/** A fresh address of the video that fails within so many milliseconds is not worth another. */
const FRESH_ADDRESS = 10_000;

/** How the parts of the download share the progress bar; the marker's part moves with its bytes. */
const ENGINE_SHARE = 0.6;
const MARKER_SHARE = 0.4;

/** One visit: loads the content, opens the camera, plays the video on the picture. */
export class Viewer {
  private state: State = INITIAL;
  private engine: AnyEngine | null = null;
  private video: Video | null = null;
  private videoLoadedAt = 0;
  private readonly contentVideo: ContentVideo;

  constructor(
    private readonly id: string | null,
    private readonly asked: EngineName,
    private readonly view: View,
    private readonly session: SessionReporter,
  ) {
    this.contentVideo = new ContentVideo(view.video, {
      onBlocked: () => view.showSound('blocked'),
      onUnreachable: () => void this.refreshVideo(),
      onUnplayable: () => this.fail('unplayable'),
    });
    view.action.addEventListener('click', () => this.act());
    view.sound.addEventListener('click', () => this.toggleSound());
    view.stage.addEventListener('click', () => this.state.name === 'playing' && this.toggleSound());
    view.camera.addEventListener('resize', () => isLive(this.state) && void this.track());
    document.addEventListener('visibilitychange', () => this.follow(document.visibilityState));
    window.addEventListener('pagehide', () => this.session.report(this.video?.id ?? null));
    window.addEventListener('unhandledrejection', () => isLive(this.state) && this.fail('broken'));
  }

  /** Begins, or begins again. */
  load(): void {
    this.stop();
    this.state = reduce(this.state, { type: 'load' });
    this.view.render(this.state);
    const missing = missingFeature();
    if (missing) this.fail(missing);
    else void this.prepare();
  }

  private async prepare(): Promise<void> {
    try {
      if (this.id === null) return this.fail('not-found');
      const content = await fetchContent(this.id);
      this.view.describe(content);
      this.dispatch({ type: 'content', state: content.state });
      if (content.state === 'processing') setTimeout(() => void this.prepare(), POLL_INTERVAL);
      if (content.state !== 'ready') return;
      const [video] = await Promise.all([fetchVideo(this.id), this.loadEngine(content)]);
      if (!video) return this.fail('no-video');
      this.playFrom(video);
      this.dispatch({ type: 'loaded' });
    } catch (error) {
      this.fail(troubleOf(error));
    }
  }

  private async loadEngine(urls: MarkerUrls): Promise<void> {
    this.engine ??= await createEngine(chooseEngine(this.asked, urls), this.view, {
      onFound: () => this.find(),
      onLost: () => this.lose(),
      onFrame: () => this.session.frame(),
      onFailure: () => this.fail('broken'),
    });
    this.addProgress(ENGINE_SHARE);
    await this.loadMarker(this.engine, urls);
  }

  private async loadMarker(engine: AnyEngine, urls: MarkerUrls): Promise<void> {
    let counted = 0;
    const count = (share: number) => {
      this.addProgress((share - counted) * MARKER_SHARE);
      counted = share;
    };
    await engine.load(urls, count);
    count(1);
  }

  private addProgress(share: number): void {
    if (this.state.name === 'loading') this.dispatch({ type: 'progress', share: this.state.progress + share });
  }

  private playFrom(video: Video): void {
    this.video = video;
    this.videoLoadedAt = performance.now();
    this.contentVideo.load(video.url, video.hls_url);
  }

  /** A page left open outlives the video's signed address: ask for a new one. */
  private async refreshVideo(): Promise<void> {
    if (this.id === null || performance.now() - this.videoLoadedAt < FRESH_ADDRESS) return this.fail('offline');
    try {
      const video = await fetchVideo(this.id);
      if (video) this.playFrom(video);
      else this.fail('no-video');
    } catch (error) {
      this.fail(troubleOf(error));
    }
  }

  private async start(): Promise<void> {
    this.dispatch({ type: 'start' });
    this.contentVideo.unlock();
    try {
      const stream = await openCamera(this.view.camera);
      stream.getVideoTracks()[0]?.addEventListener('ended', () => this.cameraStopped());
      this.session.start();
      await this.track();
    } catch (error) {
      this.fail(troubleOf(error));
    }
  }

  /** Starts tracking, or starts anew when the phone was turned and the camera's picture with it. */
  private async track(): Promise<void> {
    this.lose();
    if (await this.engine?.start(this.view.camera)) this.dispatch({ type: 'camera-ready' });
  }

  private find(): void {
    if (!isLive(this.state) || this.state.name === 'playing') return;
    this.dispatch({ type: 'found' });
    this.contentVideo.play();
  }

  private lose(): void {
    this.engine?.hide();
    this.contentVideo.pause();
    this.dispatch({ type: 'left' });
  }

  private cameraStopped(): void {
    if (!isLive(this.state)) return;
    this.stop();
    this.dispatch({ type: 'camera-stopped' });
  }

  private stop(): void {
    this.engine?.stop();
    this.contentVideo.pause();
    closeCamera(this.view.camera);
  }

  private fail(trouble: Trouble): void {
    this.stop();
    this.dispatch({ type: 'trouble', state: trouble });
  }

  /** The page went out of sight or came back. */
  private follow(visibility: DocumentVisibilityState): void {
    if (visibility === 'hidden') {
      this.session.report(this.video?.id ?? null);
      this.contentVideo.pause();
    } else if (isLive(this.state)) {
      this.view.camera.play().catch(() => this.cameraStopped());
      if (this.state.name === 'playing') this.contentVideo.play();
    }
  }

  private toggleSound(): void {
    if (this.view.sound.dataset['sound'] === 'blocked') this.contentVideo.play();
    else this.contentVideo.muted = !this.contentVideo.muted;
    this.view.showSound(this.contentVideo.muted ? 'muted' : 'audible');
  }

  /** Does what the button of the present state promises. */
  private act(): void {
    switch (this.state.name) {
      case 'ask':
      case 'camera-refused':
      case 'camera-busy':
      case 'no-camera':
        return void this.start();
      case 'insecure':
        location.protocol = 'https:';
        return;
      case 'unsupported':
        return void navigator.clipboard?.writeText(location.href);
      case 'broken':
        return location.reload();
      default:
        return this.load();
    }
  }

  private dispatch(event: Event): void {
    const next = reduce(this.state, event);
    if (next === this.state) return;
    this.state = next;
    this.view.render(next);
  }
}

/** What a failure means to the visitor. */
function troubleOf(error: unknown): Trouble {
  if (error instanceof CameraError) return error.problem;
  if (error instanceof Problem) return error.status === 404 ? 'not-found' : 'offline';
  return error instanceof Unreachable ? 'offline' : 'broken';
}
