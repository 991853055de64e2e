/** The official compiler, as MindAR publishes it for browsers. */
import { Compiler } from '/mind-ar/mindar-image.prod.js';

/** The share of its progress, in percent, at which it turns from matching data to tracking data. */
const TRACKING_BEGINS = 50.0001;

window.calls = {
  renderer() {
    const gl = document.createElement('canvas').getContext('webgl2');
    if (!gl) return null;
    const names = gl.getExtension('WEBGL_debug_renderer_info');
    return gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER);
  },

  /** Compiles one decoded picture and sends the file to `target`; the time is without reading and sending. */
  async compile({ source, width, height }, target) {
    const canvas = await canvasOf(source, width, height);
    const compiler = new Compiler();
    const begun = performance.now();
    let tracking = begun;
    await compiler.compileImageTargets([canvas], (percent) => {
      if (percent <= TRACKING_BEGINS) tracking = performance.now();
    });
    const file = compiler.exportData();
    const ended = performance.now();
    await fetch(target, { method: 'POST', body: file });
    return { totalMs: ended - begun, matchingMs: tracking - begun, trackingMs: ended - tracking };
  },
};

async function canvasOf(source, width, height) {
  const pixels = new Uint8ClampedArray(await (await fetch(source)).arrayBuffer());
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  canvas.getContext('2d', { willReadFrequently: true }).putImageData(new ImageData(pixels, width, height), 0, 0);
  return canvas;
}
