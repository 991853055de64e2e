declare module 'mind-ar/src/image-target/controller.js' {
  export type Update =
    | { type: 'updateMatrix'; targetIndex: number; worldMatrix: number[] | null }
    | { type: 'processDone' };

  export interface Options {
    inputWidth: number;
    inputHeight: number;
    onUpdate: (update: Update) => void;
    maxTrack?: number;
    warmupTolerance?: number;
    missTolerance?: number;
    filterMinCF?: number;
    filterBeta?: number;
  }

  interface MatchResult {
    targetIndex: number;
    modelViewTransform: number[][] | null;
  }

  export class Controller {
    constructor(options: Options);
    projectionTransform: number[][];
    worker: Worker;
    workerMatchDone: ((result: MatchResult) => void) | null;
    workerTrackDone: ((result: { modelViewTransform: number[][] | null }) => void) | null;
    addImageTargetsFromBuffer(bytes: ArrayBuffer): { dimensions: [number, number][] };
    dummyRun(input: HTMLVideoElement): void;
    processVideo(input: HTMLVideoElement): void;
    stopProcessVideo(): void;
  }
}
