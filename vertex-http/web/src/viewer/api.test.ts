import { expect, test } from 'vitest';
import { contentId, engineAsked } from './api';

test.each([
  ['/ar/7Xk3aB', '7Xk3aB'],
  ['/ar/7Xk3aB/', '7Xk3aB'],
  ['/ar/a%20b', 'a b'],
  ['/ar/', null],
  ['/ar/a/b', null],
  ['/ar/%E0%A4%A', null],
  ['/', null],
])('%s is the page of %s', (path, id) => expect(contentId(path)).toBe(id));

test.each([
  ['', 'mindar'],
  ['?engine=arjs', 'arjs'],
  ['?engine=mindar', 'mindar'],
  ['?engine=toString', 'mindar'],
  ['?utm=1&engine=arjs', 'arjs'],
])('%s asks for %s', (search, engine) => expect(engineAsked(search)).toBe(engine));
