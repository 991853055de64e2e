import { describe, expect, test } from 'vitest';
import { browserName, deviceType } from './device';

const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const PIXEL = 'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko)';
const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)';

test.each([
  [`${IPHONE} Version/18.1 Mobile/15E148 Safari/604.1`, 'Safari 18'],
  [`${IPHONE} CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1`, 'Chrome 131'],
  [`${IPHONE} FxiOS/133.0 Mobile/15E148 Safari/605.1.15`, 'Firefox 133'],
  [`${IPHONE} Mobile/15E148`, 'WebKit'],
  [`${PIXEL} Chrome/131.0.0.0 Mobile Safari/537.36`, 'Chrome 131'],
  [`${PIXEL} SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36`, 'Samsung Internet 27'],
  [`${PIXEL} Chrome/128.0.0.0 YaBrowser/24.10.2.90 Mobile Safari/537.36`, 'Yandex 24'],
  [`${WINDOWS} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.2903.51`, 'Edge 131'],
  [`${WINDOWS} Chrome/130.0.0.0 Safari/537.36 OPR/115.0.0.0`, 'Opera 115'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0', 'Firefox 132'],
  ['', 'Unknown'],
])('%s is %s', (userAgent, name) => expect(browserName(userAgent)).toBe(name));

describe('deviceType', () => {
  test.each([
    [IPHONE, 5, 'mobile'],
    [`${PIXEL} Chrome/131.0.0.0 Mobile Safari/537.36`, 5, 'mobile'],
    ['Mozilla/5.0 (Linux; Android 14; SM-X910) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36', 10, 'tablet'],
    ['Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 Version/12.1 Mobile/15E148 Safari/604.1', 5, 'tablet'],
    [MAC, 5, 'tablet'],
    [MAC, 0, 'desktop'],
    [WINDOWS, 10, 'desktop'],
  ])('%s with %i touch points is %s', (userAgent, maxTouchPoints, type) => {
    expect(deviceType({ userAgent, maxTouchPoints })).toBe(type);
  });
});
