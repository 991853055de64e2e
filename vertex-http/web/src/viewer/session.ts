import type { DeviceType } from './device';

/** One viewing, as the server records it. */
export interface ViewSession {
  /** Drawn for this viewing: a report that arrives twice counts once. */
  session_id: string;
  device_type: DeviceType;
  browser: string;
  avg_fps: number | null;
  duration_seconds: number;
  video_id: string | null;
}

/** Sends bytes that outlive the page; false when the browser would not take them. */
export type Send = (body: string) => boolean;

/** Measures one viewing and reports it once, when the visitor leaves. */
export class SessionReporter {
  private startedAt: number | null = null;
  private frames = 0;
  private reported = false;

  constructor(
    private readonly device: { type: DeviceType; browser: string },
    private readonly send: Send,
    private readonly now: () => number = () => performance.now() / 1000,
    private readonly draw: () => string = () => crypto.randomUUID(),
  ) {}

  /** The camera is on: the viewing begins. */
  start(): void {
    this.startedAt ??= this.now();
  }

  /** A camera frame was looked at. */
  frame(): void {
    this.frames += 1;
  }

  /** The visitor leaves. Nothing is sent when the camera never came on, and never twice. */
  report(videoId: string | null): void {
    if (this.startedAt === null || this.reported) return;
    const duration = this.now() - this.startedAt;
    const session: ViewSession = {
      session_id: this.draw(),
      device_type: this.device.type,
      browser: this.device.browser,
      avg_fps: duration > 0 && this.frames > 0 ? round(this.frames / duration) : null,
      duration_seconds: round(duration),
      video_id: videoId,
    };
    this.reported = this.send(JSON.stringify(session));
  }
}

const round = (value: number) => Math.round(value * 10) / 10;

/** Sends to `url` with a beacon or, where the browser refuses one, with a fetch that outlives the page. */
export function beaconTo(url: string): Send {
  return (body) => {
    if (navigator.sendBeacon?.(url, new Blob([body], { type: 'application/json' }))) return true;
    fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' }, keepalive: true }).catch(() => {});
    return true;
  };
}
