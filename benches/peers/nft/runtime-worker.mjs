/**
 * One of the published runtimes with one marker, in a thread of its own: answers `{ files }` once it is loaded and each
 * frame after that with `{ pose, milliseconds }`, or with `{ failure }`.
 */
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';
import { parentPort, workerData } from 'node:worker_threads';

const RUNTIMES = { jsartoolkitNft: loadJsartoolkitNft, arjs: loadArjs };
const NAME = '/marker';
/** Milliseconds that pass from one look at the clock to the next: the trackers draw their random numbers from it. */
const CLOCK_STEP = 33;

let clock = 1_700_000_000_000;
Date.now = () => (clock += CLOCK_STEP);
for (const level of ['log', 'info', 'warn', 'error']) console[level] = () => {};

let detect;
parentPort.on('message', async (message) => {
  try {
    parentPort.postMessage(message.files ? await load(message.files) : look(message.frame));
  } catch (error) {
    parentPort.postMessage({ failure: String(error?.message ?? error) });
  }
});

async function load(files) {
  detect = await RUNTIMES[workerData.runtime](workerData.camera, files);
  return {};
}

function look(rgb) {
  const frame = frameOf(rgb, workerData.reduction);
  const begun = performance.now();
  const info = detect(frame);
  const milliseconds = performance.now() - begun;
  return { pose: info?.found ? Array.from({ length: 12 }, (_, i) => info.pose[i]) : null, milliseconds };
}

/** jsartoolkitNFT; its pose is not smoothed, for smoothing begins far away. */
async function loadJsartoolkitNft(camera, files) {
  const { default: create } = await import('@webarkit/jsartoolkit-nft/build/artoolkitNFT_ES6_wasm.js');
  const instance = await create({ print: () => {}, printErr: () => {} });
  const toolkit = new instance.ARToolKitNFT(true);
  instance.FS.writeFile('/camera', cameraFile(camera), { encoding: 'binary' });
  toolkit.setup(camera.width, camera.height, toolkit._loadCamera('/camera'));
  toolkit.setupAR2();
  toolkit.setFiltering(false);
  writeMarker(instance, files);
  const names = new instance.StringList();
  names.push_back(NAME);
  if (!toolkit._addNFTMarkers(names).size()) throw new Error('the runtime refuses the marker');
  return ({ rgba, luma }) => {
    toolkit.passVideoData(rgba, luma, false);
    toolkit.detectNFTMarker();
    return toolkit.getNFTMarker(0);
  };
}

/** The core of AR.js, called as AR.js calls it: square markers are looked for as well. */
async function loadArjs(camera, files) {
  globalThis.self ??= globalThis;
  globalThis.location ??= new URL('http://localhost/');
  const { ARController } = createRequire(import.meta.url)('@ar-js-org/artoolkit5-js');
  const controller = await ARController.initWithDimensions(camera.width, camera.height, cameraFile(camera), {});
  const { instance } = controller.artoolkit;
  writeMarker(instance, files);
  const id = instance._addNFTMarker(controller.id, NAME);
  if (!(id >= 0)) throw new Error('the runtime refuses the marker');
  return ({ rgba }) => {
    controller.detectMarker({ data: rgba });
    controller.detectNFTMarker();
    return controller.getNFTMarker(id);
  };
}

function writeMarker(instance, files) {
  for (const [extension, bytes] of Object.entries(files)) {
    instance.FS.writeFile(`${NAME}.${extension}`, new Uint8Array(bytes), { encoding: 'binary' });
  }
}

/** A camera without distortion in the file format of ARToolKit 5: size, projection, distortion, all big-endian. */
function cameraFile({ width, height, focal, centreX, centreY }) {
  const projection = [focal, 0, centreX, 0, 0, focal, centreY, 0, 0, 0, 1, 0];
  const distortion = [0, 0, 0, 0, focal, focal, centreX, centreY, 1];
  const file = Buffer.alloc(8 + 8 * (projection.length + distortion.length));
  file.writeInt32BE(width, 0);
  file.writeInt32BE(height, 4);
  [...projection, ...distortion].forEach((value, i) => file.writeDoubleBE(value, 8 + 8 * i));
  return new Uint8Array(file);
}

/** A frame as a runtime takes it: RGBA and grey, each pixel the mean of `reduction` squared ones. */
function frameOf(rgb, reduction) {
  const { width, height } = workerData.camera;
  const rgba = new Uint8ClampedArray(width * height * 4);
  const luma = new Uint8Array(width * height);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const x = (pixel % width) * reduction;
    const y = Math.floor(pixel / width) * reduction;
    for (let c = 0; c < 3; c += 1) rgba[4 * pixel + c] = meanAt(rgb, x, y, c, width * reduction, reduction);
    rgba[4 * pixel + 3] = 255;
    luma[pixel] = (3 * rgba[4 * pixel] + 4 * rgba[4 * pixel + 1] + rgba[4 * pixel + 2]) >> 3;
  }
  return { rgba, luma };
}

function meanAt(rgb, left, top, channel, width, side) {
  let sum = 0;
  for (let y = top; y < top + side; y += 1) {
    for (let x = left; x < left + side; x += 1) sum += rgb[(y * width + x) * 3 + channel];
  }
  return sum / (side * side);
}
