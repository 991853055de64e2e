import { expect, test } from 'vitest';
import { adviceByKind, kindTitle, level, place, printSentence, worstSentence } from './quality-text';

test.each([[100, 'good'], [70, 'good'], [69, 'fair'], [40, 'fair'], [39, 'poor'], [0, 'poor']] as const)('%i is %s', (score, name) =>
  expect(level(score)).toBe(name),
);

test.each([
  [0.183, 1, 'Print it at least 19 cm wide to be found from 1 m away.'],
  [0.07, 0.5, 'Print it at least 7 cm wide to be found from 50 cm away.'],
  [1.5, 8, 'Print it at least 1.5 m wide to be found from 8 m away.'],
  [null, 1, 'It was not found reliably at any size.'],
])('%f m seen from %f m', (width, distance, sentence) => expect(printSentence(width, distance)).toBe(sentence));

test('what harms most is only told when something does', () => {
  expect(worstSentence('tilt', 60)).toMatch(/from the side/);
  expect(worstSentence('tilt', 97)).toMatch(/nearly every view/);
});

test.each([
  [{ x: 0, y: 0, width: 1, height: 1 }, 'everywhere'],
  [{ x: 0, y: 0, width: 0.25, height: 0.25 }, 'top left'],
  [{ x: 0.75, y: 0.4, width: 0.25, height: 0.2 }, 'right'],
  [{ x: 0, y: 0.8, width: 1, height: 0.2 }, 'bottom'],
  [{ x: 0.4, y: 0.4, width: 0.2, height: 0.2 }, 'middle'],
])('%o lies %s', (zone, name) => expect(place(zone)).toBe(name));

test('the same advice is given once, with all its places', () => {
  const finding = (kind: string, x: number) => ({ kind, zone: { x, y: 0, width: 0.25, height: 0.25 }, advice: `cure ${kind}` });
  expect(adviceByKind([finding('empty_edge', 0), finding('repetition', 0), finding('empty_edge', 0.1), finding('empty_edge', 0.75)])).toEqual([
    { kind: 'empty_edge', title: 'Empty edge', places: 'top left, top right', advice: 'cure empty_edge' },
    { kind: 'repetition', title: 'Repetition', places: 'top left', advice: 'cure repetition' },
  ]);
});

test('names for programs become words', () => expect(kindTitle('too_few_points')).toBe('Too few points'));
