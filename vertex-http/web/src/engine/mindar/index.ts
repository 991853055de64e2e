import { download } from '../../shared/download';
import { Engine, type AnyEngine, type EngineListener, type Library, type Surface } from '../engine';
import { CanvasStage } from './stage';
import { MindArTracker } from './tracker';

const mindAr: Library<ArrayBuffer> = {
  async load({ marker_url: url }, onProgress) {
    if (!url) throw new Error('a ready picture without a .mind file');
    return download(url, onProgress);
  },
  track: (marker, camera, listener) => MindArTracker.start(marker, camera, listener),
  createStage: async (surface) => new CanvasStage(surface),
};

/** Follows the picture with MindAR and draws with three.js. */
export const createEngine = (surface: Surface, listener: EngineListener): Promise<AnyEngine> =>
  Engine.create(mindAr, surface, listener);
