export type DeviceType = 'mobile' | 'tablet' | 'desktop';
export type MissingFeature = 'insecure' | 'unsupported';

/** The parts of `navigator` that tell one device from another. */
export interface Agent {
  userAgent: string;
  maxTouchPoints: number;
}

/** Kind of device. An iPad says it is a Macintosh; only its touch screen gives it away. */
export function deviceType({ userAgent, maxTouchPoints }: Agent): DeviceType {
  if (/iPad|Tablet|PlayBook|Silk(?!.*Mobile)/i.test(userAgent)) return 'tablet';
  if (/Macintosh/.test(userAgent) && maxTouchPoints > 1) return 'tablet';
  if (/Android/i.test(userAgent)) return /Mobile/i.test(userAgent) ? 'mobile' : 'tablet';
  return /Mobi|iPhone|iPod/i.test(userAgent) ? 'mobile' : 'desktop';
}

/** Browsers by the token that names them; those that pretend to be another come before it. */
const BROWSERS: readonly [name: string, token: RegExp][] = [
  ['Yandex', /YaBrowser\/(\d+)/],
  ['Edge', /Edg(?:e|A|iOS)?\/(\d+)/],
  ['Opera', /(?:OPR|OPT|Opera)\/(\d+)/],
  ['Samsung Internet', /SamsungBrowser\/(\d+)/],
  ['Firefox', /(?:Firefox|FxiOS)\/(\d+)/],
  ['Chrome', /(?:Chrome|CriOS|HeadlessChrome)\/(\d+)/],
  ['Safari', /Version\/(\d+).*Safari\//],
];

/** Name and major version of the browser, such as `Chrome 131`. */
export function browserName(userAgent: string): string {
  for (const [name, token] of BROWSERS) {
    const version = token.exec(userAgent)?.[1];
    if (version) return `${name} ${version}`;
  }
  return /AppleWebKit/.test(userAgent) ? 'WebKit' : 'Unknown';
}

/** What this browser lacks to show the content, if anything. */
export function missingFeature(): MissingFeature | null {
  if (!window.isSecureContext) return 'insecure';
  const camera = typeof navigator.mediaDevices?.getUserMedia === 'function';
  const workers = typeof Worker === 'function' && typeof TransformStream === 'function';
  return camera && workers && hasWebGl() ? null : 'unsupported';
}

function hasWebGl(): boolean {
  const context = document.createElement('canvas').getContext('webgl2');
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return context !== null;
}
