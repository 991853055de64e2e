import { Worker } from 'node:worker_threads';
import { CAMERA } from './stage.mjs';

/** The runtimes that judge, and how many pixels of the camera are one of theirs: AR.js looks at 320x240. */
export const RUNTIMES = {
  jsartoolkitNft: { title: 'jsartoolkitNFT', reduction: 1 },
  arjs: { title: 'AR.js', reduction: 2 },
};

/** Enough frames without anything to make a runtime forget what it follows. */
const MOST_GREY_FRAMES = 4;
const GREY = new Uint8Array(CAMERA.width * CAMERA.height * 3).fill(128);

/** A runtime that has loaded a marker and is shown frames, 640x480 in RGB. */
export class RuntimeSession {
  #worker;
  #answered;
  /** Why the runtime looks no more. */
  failure = null;

  static async open(runtime, files) {
    const session = new RuntimeSession(runtime);
    await session.#ask({ files });
    return session;
  }

  constructor(runtime) {
    const { reduction } = RUNTIMES[runtime];
    const workerData = { runtime, reduction, camera: reduced(CAMERA, reduction) };
    this.#worker = new Worker(new URL('./runtime-worker.mjs', import.meta.url), { workerData });
    this.#worker.on('message', (answer) => this.#answered?.(answer));
    this.#worker.on('error', (error) => this.#answered?.({ failure: error.message }));
    this.#worker.on('exit', () => this.#answered?.({ failure: 'the runtime ended' }));
  }

  /** What is found on a frame: { pose, milliseconds }, the pose as twelve numbers in rows or null. */
  async show(frame) {
    return this.failure ? { pose: null, milliseconds: null } : this.#ask({ frame });
  }

  /** Shows frames of nothing until nothing is followed any more. */
  async lose() {
    for (let i = 0; i < MOST_GREY_FRAMES; i += 1) {
      const { pose } = await this.show(GREY);
      if (!pose) return;
    }
  }

  async close() {
    await this.#worker.terminate();
  }

  async #ask(message) {
    const answer = await new Promise((resolve) => {
      this.#answered = resolve;
      this.#worker.postMessage(message);
    });
    if (answer.failure) this.failure = answer.failure;
    return { pose: null, milliseconds: null, ...answer };
  }
}

/** The same camera with larger pixels. */
function reduced(camera, reduction) {
  return {
    width: camera.width / reduction,
    height: camera.height / reduction,
    focal: camera.focal / reduction,
    centreX: (camera.centreX + 0.5) / reduction - 0.5,
    centreY: (camera.centreY + 0.5) / reduction - 0.5,
  };
}
