import { describe, expect, test, vi } from 'vitest';
import { SessionReporter, beaconTo, type ViewSession } from './session';

function visit() {
  const sent: ViewSession[] = [];
  const clock = { now: 100 };
  const reporter = new SessionReporter(
    { type: 'mobile', browser: 'Chrome 131' },
    (body) => sent.push(JSON.parse(body) as ViewSession) > 0,
    () => clock.now,
    () => 'viewing-1',
  );
  return { sent, clock, reporter };
}

describe('SessionReporter', () => {
  test('reports device, duration since the camera came on, and frames per second', () => {
    const { sent, clock, reporter } = visit();
    reporter.start();
    for (let i = 0; i < 245; i += 1) reporter.frame();
    clock.now += 10;
    reporter.report('video-1');
    expect(sent).toEqual([
      {
        session_id: 'viewing-1',
        device_type: 'mobile',
        browser: 'Chrome 131',
        avg_fps: 24.5,
        duration_seconds: 10,
        video_id: 'video-1',
      },
    ]);
  });

  test('a visit is reported once, however often the page is hidden', () => {
    const { sent, reporter } = visit();
    reporter.start();
    for (let i = 0; i < 3; i += 1) reporter.report(null);
    expect(sent).toHaveLength(1);
  });

  test('a second camera start does not begin the visit anew', () => {
    const { sent, clock, reporter } = visit();
    reporter.start();
    clock.now += 5;
    reporter.start();
    clock.now += 5;
    reporter.report(null);
    expect(sent[0]?.duration_seconds).toBe(10);
  });

  test('without a camera there is nothing to report', () => {
    const { sent, reporter } = visit();
    reporter.report(null);
    expect(sent).toEqual([]);
  });

  test('without frames there is no rate', () => {
    const { sent, clock, reporter } = visit();
    reporter.start();
    clock.now += 1;
    reporter.report(null);
    expect(sent[0]?.avg_fps).toBeNull();
  });
});

describe('beaconTo', () => {
  test('sends JSON with a beacon, and nothing else', async () => {
    const sendBeacon = vi.fn((_url: string, _body: Blob) => true);
    const fetch = vi.fn();
    vi.stubGlobal('navigator', { sendBeacon });
    vi.stubGlobal('fetch', fetch);
    beaconTo('/api/ar/x/track-session')('{"a":1}');
    const [url, body] = sendBeacon.mock.calls[0]!;
    expect(url).toBe('/api/ar/x/track-session');
    expect(body.type).toBe('application/json');
    expect(await body.text()).toBe('{"a":1}');
    expect(fetch).not.toHaveBeenCalled();
    vi.unstubAllGlobals();
  });

  test('falls back to a request that outlives the page', () => {
    const fetch = vi.fn(async () => new Response());
    vi.stubGlobal('navigator', { sendBeacon: () => false });
    vi.stubGlobal('fetch', fetch);
    beaconTo('/x')('{}');
    expect(fetch).toHaveBeenCalledExactlyOnceWith('/x', expect.objectContaining({ method: 'POST', keepalive: true }));
    vi.unstubAllGlobals();
  });
});
