import type { AnyEngine, EngineListener, MarkerUrls, Surface } from './engine';

export type EngineName = 'mindar' | 'arjs';

/** Each engine is a file of its own, fetched when it is needed. */
const ENGINES = { mindar: () => import('./mindar'), arjs: () => import('./arjs') };

/** The engine asked for if the content has its marker, else the other. */
export function chooseEngine(asked: EngineName, urls: MarkerUrls): EngineName {
  const able = { mindar: Boolean(urls.marker_url), arjs: Boolean(urls.nft_url) };
  const other = asked === 'arjs' ? 'mindar' : 'arjs';
  return able[asked] || !able[other] ? asked : other;
}

export async function createEngine(name: EngineName, surface: Surface, listener: EngineListener): Promise<AnyEngine> {
  return (await ENGINES[name]()).createEngine(surface, listener);
}
