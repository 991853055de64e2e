const SHAPES = 120;
const [ELLIPSE, CHECKS] = [1, 2];

/** A frame full of things that are no target: a gradient under rectangles, ellipses and checkerboards. */
export function clutter(camera, random) {
  const frame = gradient(camera, random);
  for (let i = 0; i < SHAPES; i += 1) drawShape(frame, camera, randomShape(camera, random));
  return frame;
}

function gradient({ width, height }, random) {
  const base = random.colour(30, 220);
  const across = random.colour(-60, 60);
  const down = random.colour(-60, 60);
  const frame = new Float32Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      for (let c = 0; c < 3; c += 1) {
        frame[(y * width + x) * 3 + c] = base[c] + across[c] * (x / width - 0.5) + down[c] * (y / height - 0.5);
      }
    }
  }
  return frame;
}

/** The order of the properties is the order of the draws. */
function randomShape({ width, height }, random) {
  return {
    kind: random.index(3),
    x: random.range(0, width),
    y: random.range(0, height),
    halfWidth: Math.exp(random.range(1.2, 4.4)),
    halfHeight: Math.exp(random.range(1.0, 4.0)),
    angle: random.range(0, Math.PI),
    colour: random.colour(0, 255),
    alpha: random.range(0.5, 1),
    period: random.range(3, 14),
  };
}

function drawShape(frame, camera, shape) {
  const { kind, halfWidth, halfHeight, colour, alpha, period } = shape;
  const cos = Math.cos(shape.angle);
  const sin = Math.sin(shape.angle);
  const radius = Math.ceil(Math.hypot(halfWidth, halfHeight));
  for (let y = Math.max(0, Math.floor(shape.y - radius)); y < Math.min(camera.height, shape.y + radius); y += 1) {
    for (let x = Math.max(0, Math.floor(shape.x - radius)); x < Math.min(camera.width, shape.x + radius); x += 1) {
      const u = (x - shape.x) * cos + (y - shape.y) * sin;
      const v = -(x - shape.x) * sin + (y - shape.y) * cos;
      const inside =
        kind === ELLIPSE
          ? (u * u) / (halfWidth * halfWidth) + (v * v) / (halfHeight * halfHeight) < 1
          : Math.abs(u) < halfWidth && Math.abs(v) < halfHeight;
      if (!inside) continue;
      const dark = kind === CHECKS && (Math.floor(u / period) + Math.floor(v / period)) & 1;
      const brightness = dark ? 0.35 : 1;
      const p = (y * camera.width + x) * 3;
      for (let c = 0; c < 3; c += 1) {
        frame[p + c] = frame[p + c] * (1 - alpha) + colour[c] * brightness * alpha;
      }
    }
  }
}
