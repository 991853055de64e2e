import { expect, test } from 'vitest';
import { Presence } from './presence';

/** What becomes of the picture over frames in which it is seen (`+`) or not (`-`): `V` where it is in view. */
function over(frames: string): string {
  const presence = new Presence(2, 3);
  return [...frames].map((frame) => (presence.changes(frame === '+'), presence.visible ? 'V' : '.')).join('');
}

test.each([
  ['-+-+-', '.....'],
  ['++', '.V'],
  ['++--+--+', '.VVVVVVV'],
  ['++---', '.VVV.'],
  ['++---+-++', '.VVV....V'],
])('%s is %s', (frames, view) => expect(over(frames)).toBe(view));

test('a change is told once', () => {
  const presence = new Presence(2, 3);
  expect([true, true, true, false, false, false, false].map((seen) => presence.changes(seen))).toEqual([
    false, true, false, false, false, true, false,
  ]);
});
