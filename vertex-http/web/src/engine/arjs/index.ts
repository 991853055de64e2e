import { Engine, type AnyEngine, type EngineListener, type Library, type Surface } from '../engine';
import { loadMarker, type NftMarker } from './nft-marker';
import { AFrameStage } from './stage';
import { NftTracker } from './tracker';

const arJs: Library<NftMarker> = {
  async load({ nft_url: url }, onProgress) {
    if (!url) throw new Error('a ready picture without NFT files');
    return loadMarker(url, onProgress);
  },
  track: (marker, camera, listener) => NftTracker.start(marker, camera, listener),
  createStage: (surface) => AFrameStage.create(surface),
};

/** Follows the picture with AR.js and draws with A-Frame. */
export const createEngine = (surface: Surface, listener: EngineListener): Promise<AnyEngine> =>
  Engine.create(arJs, surface, listener);
