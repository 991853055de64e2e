/** What the video says about itself. */
export interface VideoListener {
  /** The browser wants a tap before it plays. */
  onBlocked(): void;
  /** The address no longer answers, or the network failed. */
  onUnreachable(): void;
  /** The browser cannot play this kind of video. */
  onUnplayable(): void;
}

const HLS = 'application/vnd.apple.mpegurl';

/** The content's own video: muted at first, inline, looping, playing only while it should. */
export class ContentVideo {
  private wanted = false;
  private stopLadder = () => {};

  constructor(readonly element: HTMLVideoElement, private readonly listener: VideoListener) {
    element.addEventListener('error', () => void this.explain());
  }

  /**
   * Takes the video at `url`, or what `ladder` has for this line, keeping the position when it is only a fresh address
   * of the same one.
   */
  load(url: string, ladder: string | null = null): void {
    const position = this.element.currentTime;
    this.stopLadder();
    this.stopLadder = () => {};
    if (ladder === null) this.element.src = url;
    else if (this.element.canPlayType(HLS) !== '') this.element.src = ladder;
    else void this.climb(url, ladder);
    if (position > 0) this.element.addEventListener('loadedmetadata', () => (this.element.currentTime = position), { once: true });
    if (this.wanted) this.play();
  }

  /** Browsers that know no HLS get a library that does; what it cannot play either is played from `url`. */
  private async climb(url: string, ladder: string): Promise<void> {
    let stopped = false;
    this.stopLadder = () => (stopped = true);
    const { default: Hls } = await import('hls.js/light');
    if (stopped) return;
    if (!Hls.isSupported()) return void (this.element.src = url);
    const hls = new Hls({ enableWorker: false });
    this.stopLadder = () => hls.destroy();
    hls.on(Hls.Events.ERROR, (_, { fatal }) => {
      if (!fatal) return;
      hls.destroy();
      this.element.src = url;
      if (this.wanted) this.play();
    });
    hls.loadSource(ladder);
    hls.attachMedia(this.element);
    if (this.wanted) this.play();
  }

  /** Inside a tap: some browsers only let a video play later when a tap has asked for it once. */
  unlock(): void {
    this.element.play().catch(() => {});
    if (!this.wanted) this.element.pause();
  }

  play(): void {
    this.wanted = true;
    this.element.play().catch((error: unknown) => {
      if (this.wanted && error instanceof DOMException && error.name === 'NotAllowedError') this.listener.onBlocked();
    });
  }

  pause(): void {
    this.wanted = false;
    this.element.pause();
  }

  get muted(): boolean {
    return this.element.muted;
  }

  set muted(muted: boolean) {
    this.element.muted = muted;
    if (this.wanted) this.play();
  }

  /** A dead address and an unknown format are the same error to the element: ask the address itself. */
  private async explain(): Promise<void> {
    const { error, src } = this.element;
    if (error?.code === MediaError.MEDIA_ERR_DECODE) return this.listener.onUnplayable();
    const answer = await fetch(src, { headers: { range: 'bytes=0-0' } }).catch(() => null);
    if (answer?.ok) this.listener.onUnplayable();
    else this.listener.onUnreachable();
  }
}
