import { describe, expect, test } from 'vitest';
import { INITIAL, isLive, reduce, type Event, type State, type StateName } from './state';
import { dictionaries } from './text';

const after = (...events: Event[]): State => events.reduce(reduce, INITIAL);
const LOADED: Event[] = [{ type: 'content', state: 'ready' }, { type: 'progress', share: 1 }, { type: 'loaded' }];
const LIVE: Event[] = [...LOADED, { type: 'start' }, { type: 'camera-ready' }];

describe('a visit', () => {
  test('goes from loading to playing, loses the picture and finds it again', () => {
    const seen: StateName[] = [];
    let state: State = INITIAL;
    const events: Event[] = [...LIVE, { type: 'found' }, { type: 'left' }, { type: 'found' }];
    for (const event of events) {
      state = reduce(state, event);
      seen.push(state.name);
    }
    expect(seen).toEqual(['loading', 'loading', 'ask', 'starting', 'scanning', 'playing', 'lost', 'playing']);
  });

  test('waits for a picture in preparation and then loads', () => {
    const waiting = after({ type: 'content', state: 'processing' });
    expect(waiting.name).toBe('processing');
    expect(reduce(waiting, { type: 'content', state: 'processing' }).name).toBe('processing');
    expect(reduce(waiting, { type: 'content', state: 'ready' })).toEqual(INITIAL);
    expect(reduce(waiting, { type: 'content', state: 'failed' }).name).toBe('failed');
  });

  test.each(['expired', 'inactive', 'failed'] as const)('ends at once when the content is %s', (state) => {
    expect(after({ type: 'content', state }).name).toBe(state);
  });

  test('can try the camera again after a refusal', () => {
    const refused = after(...LOADED, { type: 'start' }, { type: 'trouble', state: 'camera-refused' });
    expect(refused.name).toBe('camera-refused');
    expect(reduce(refused, { type: 'start' }).name).toBe('starting');
  });

  test('asks again when the camera stops', () => {
    expect(after(...LIVE, { type: 'found' }, { type: 'camera-stopped' }).name).toBe('ask');
  });
});

describe('events out of turn change nothing', () => {
  test.each<[string, Event[], Event]>([
    ['a picture found before the camera is on', LOADED, { type: 'found' }],
    ['a picture lost that was never found', LIVE, { type: 'left' }],
    ['a start before everything is loaded', [], { type: 'start' }],
    ['progress after loading', LOADED, { type: 'progress', share: 0.5 }],
    ['the end of loading after trouble', [{ type: 'trouble', state: 'offline' }], { type: 'loaded' }],
    ['a late camera after trouble', [{ type: 'trouble', state: 'broken' }], { type: 'camera-ready' }],
  ])('%s', (_, before, event) => {
    const state = after(...before);
    expect(reduce(state, event)).toBe(state);
  });
});

test('progress never runs backwards', () => {
  expect(after({ type: 'progress', share: 0.6 }, { type: 'progress', share: 0.4 })).toEqual({ name: 'loading', progress: 0.6 });
});

test('the camera is on the screen in exactly three states', () => {
  const names = Object.keys(dictionaries.en.states) as StateName[];
  const live = names.filter((name) => isLive({ name, progress: 0 } as State));
  expect(live).toEqual(['scanning', 'playing', 'lost']);
});
