import { expect, test } from 'vitest';
import { chooseEngine } from './choice';

const both = { marker_url: '/m', nft_url: '/n' };

test.each([
  ['mindar', both, 'mindar'],
  ['arjs', both, 'arjs'],
  ['arjs', { ...both, nft_url: null }, 'mindar'],
  ['mindar', { ...both, marker_url: null }, 'arjs'],
  ['arjs', { marker_url: null, nft_url: null }, 'arjs'],
] as const)('%s with %o is %s', (asked, urls, engine) => expect(chooseEngine(asked, urls)).toBe(engine));
