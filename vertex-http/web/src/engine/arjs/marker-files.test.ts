import { expect, test } from 'vitest';
import { checkMarkerFiles } from './marker-files';

/** A file of little-endian words, and the JPEG's first bytes where they are `'jpeg'`. */
function file(...words: (number | 'jpeg')[]): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(words.length * 4));
  words.forEach((word, i) => (word === 'jpeg' ? view.setUint16(4 * i, 0xffd8) : view.setInt32(4 * i, word, true)));
  return view.buffer;
}

const zeros = (count: number) => Array<number>(count).fill(0);
const iset = file(1, 'jpeg');
const fset = file(2, 0, 0, 0, 1, ...zeros(5), 1, 0, 0, 0);
const fset3 = file(1, ...zeros(33), 1, 0, 2, ...zeros(6));

test('files as long as they say are a marker', () => {
  expect(() => checkMarkerFiles(iset, fset, fset3)).not.toThrow();
});

test.each([
  ['an image set of something else', file(1, 7), fset, fset3],
  ['an empty image set', file(), fset, fset3],
  ['an image set without images', file(0, 'jpeg'), fset, fset3],
  ['points that are cut', iset, fset.slice(0, -1), fset3],
  ['points and something behind them', iset, file(1, 0, 0, 0, 0, 0), fset3],
  ['fewer than no points', iset, file(1, 0, 0, 0, -1), fset3],
  ['no points at all', iset, file(), fset3],
  ['keypoints that are cut', iset, fset, fset3.slice(0, 100)],
  ['more keypoints than there are bytes', iset, fset, file(0x7fffffff, 0)],
  ['pages that are cut', iset, fset, fset3.slice(0, -4)],
])('%s: no marker', (_, ...files) => {
  expect(() => checkMarkerFiles(files[0], files[1], files[2])).toThrow(/iset|fset/);
});
