/** Blurs under this are none. */
const LEAST_BLUR = 0.15;
const TABLE = 1024;

/** What a camera makes of a scene, as 8-bit RGB. */
export function degrade(frame, camera, light, random) {
  return sensed(lit(frame, camera, light), light.noise, random);
}

/** The scene behind the lens: blur, gamma, gain, offset, and `shading`, how much brighter the right and the lower side are. */
export function lit(frame, { width, height }, { blur, gamma, gain, offset, shading = [0, 0] }) {
  const scene = blur > LEAST_BLUR ? blurred(frame, width, height, blur) : frame;
  const curve = new Float32Array(TABLE + 1);
  for (let i = 0; i <= TABLE; i += 1) curve[i] = 255 * gain * Math.pow(i / TABLE, gamma) + offset;
  const [across, down] = shading;
  const result = new Float32Array(scene.length);
  for (let i = 0; i < scene.length; i += 1) {
    const pixel = Math.floor(i / 3);
    const shade = 1 + across * ((pixel % width) / width - 0.5) + down * (Math.floor(pixel / width) / height - 0.5);
    const place = Math.max(0, Math.min(TABLE, Math.round(scene[i] * (TABLE / 255))));
    result[i] = curve[place] * shade;
  }
  return result;
}

/** What the sensor makes of it: noise, and 8 bits. */
export function sensed(scene, noise, random) {
  const nextNoise = noiseOf(noise, random.index(0x7fffffff) | 1);
  const bytes = Buffer.alloc(scene.length);
  for (let i = 0; i < bytes.length; i += 1) {
    const value = scene[i] + nextNoise();
    bytes[i] = value < 0 ? 0 : value > 255 ? 255 : Math.round(value);
  }
  return bytes;
}

/** Near-normal noise out of six uniform draws (xorshift32: there is one for every byte of a frame). */
function noiseOf(strength, seed) {
  let state = seed;
  const unit = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
  return () => strength * 1.4142135 * (unit() + unit() + unit() + unit() + unit() + unit() - 3);
}

function blurred(frame, width, height, sigma) {
  const kernel = gaussian(sigma);
  const across = convolved(frame, kernel, { lines: height, lineStep: width, length: width, step: 1 });
  return convolved(across, kernel, { lines: width, lineStep: 1, length: height, step: width });
}

function gaussian(sigma) {
  const radius = Math.ceil(3 * sigma);
  const kernel = [];
  for (let i = -radius; i <= radius; i += 1) kernel.push(Math.exp((-i * i) / (2 * sigma * sigma)));
  const sum = kernel.reduce((total, value) => total + value, 0);
  return kernel.map((value) => value / sum);
}

/** Convolves every line of pixels with a kernel; the ends are continued. */
function convolved(source, kernel, { lines, lineStep, length, step }) {
  const radius = (kernel.length - 1) / 2;
  const result = new Float32Array(source.length);
  for (let line = 0; line < lines; line += 1) {
    for (let place = 0; place < length; place += 1) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let i = -radius; i <= radius; i += 1) {
        const near = Math.max(0, Math.min(length - 1, place + i));
        const p = (line * lineStep + near * step) * 3;
        const weight = kernel[i + radius];
        red += weight * source[p];
        green += weight * source[p + 1];
        blue += weight * source[p + 2];
      }
      const q = (line * lineStep + place * step) * 3;
      result[q] = red;
      result[q + 1] = green;
      result[q + 2] = blue;
    }
  }
  return result;
}
