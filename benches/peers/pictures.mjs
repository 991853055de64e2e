import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pyramidOf, readPicture } from './scene/pyramid.mjs';
import { repository } from './repository.mjs';

const PICTURE = /\.(png|jpe?g|webp)$/i;
const TEST_DATA = repository('vertex-markers/tests/data');
/** Smaller ones of the tests' pictures are made to be decoded, not to be found. */
const LEAST_TEST_PIXELS = 50_000;
/** Larger files are not drawn as strangers: reading them would take longer than judging. */
const LARGEST_STRANGER = 3_000_000;

export const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);

/** The pictures of a folder, or the full ones among the tests' data, in the order of their names. */
export function listPictures(folder) {
  const files = folder ? readdirSync(folder).filter((file) => PICTURE.test(file)) : testPictures();
  const pictures = files.sort().map((file) => pictureAt(join(folder ?? TEST_DATA, file)));
  const names = new Set(pictures.map(({ name }) => name));
  if (!pictures.length) throw new Error(`there are no pictures in ${folder}`);
  if (names.size < pictures.length) throw new Error('two pictures have the same name');
  return pictures;
}

export function pictureAt(path) {
  const bytes = readFileSync(path);
  return { path, file: basename(path), name: basename(path).replace(/\.[^.]+$/, ''), hash: hashOf(bytes) };
}

/** The pictures that the table in SOURCES.md lists with a size that can be found. */
function testPictures() {
  const table = readFileSync(join(TEST_DATA, 'SOURCES.md'), 'utf8');
  const rows = [...table.matchAll(/^\| (\S+) \| (\d+)x(\d+)/gm)];
  return rows
    .filter(([, file, width, height]) => PICTURE.test(file) && width * height >= LEAST_TEST_PIXELS)
    .map(([, file]) => file);
}

export async function loadPyramid({ path }) {
  return pyramidOf(await readPicture(path));
}

/** Loaders of the pictures that are not this one, null for those that are too large; each is loaded once. */
export function strangersTo(picture, pictures) {
  const others = pictures.filter(({ path }) => path !== picture.path);
  return others.map((other) => {
    if (statSync(other.path).size >= LARGEST_STRANGER) return null;
    let pyramid;
    return () => (pyramid ??= loadPyramid(other));
  });
}
