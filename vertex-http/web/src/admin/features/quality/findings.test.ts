import { expect, test } from 'vitest';
import { byKind, length, place } from './findings';
import { qualityWords } from './words';

const words = qualityWords.en.place;
const zone = (x: number, y: number, width: number, height: number) => ({ x, y, width, height });

test('a zone is said by where its middle lies', () => {
  expect(place(zone(0, 0, 0.2, 0.2), words)).toBe('top left');
  expect(place(zone(0.4, 0.7, 0.2, 0.3), words)).toBe('bottom');
  expect(place(zone(0.4, 0.4, 0.2, 0.2), words)).toBe('middle');
  expect(place(zone(0, 0, 1, 1), words)).toBe('everywhere');
  expect(place(zone(0, 0, 1, 0.1), words)).toBe('top');
});

test('findings of one kind are said once, with all their places', () => {
  const finding = (kind: string, x: number) => ({ kind, advice: `do ${kind}`, zone: zone(x, 0, 0.1, 0.1) });
  expect(byKind([finding('a', 0), finding('b', 0), finding('a', 0.9), finding('a', 0)], words)).toEqual([
    { kind: 'a', places: 'top left, top right', advice: 'do a' },
    { kind: 'b', places: 'top left', advice: 'do b' },
  ]);
});

test('lengths are rounded up and written as the language does', () => {
  expect([0.183, 0.19, 0.999, 1.5].map((metres) => length(metres, 'en'))).toEqual(['19 cm', '19 cm', '1 m', '1.5 m']);
  expect(length(0.183, 'ru')).toBe('19 см');
});
