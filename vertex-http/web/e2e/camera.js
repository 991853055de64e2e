/**
 * Runs in the page before anything else: puts a drawn camera in place of the real one. It shows a table top with clutter
 * (or a tidy wall, for a screenshot) and, where the test has put it, the picture. Nothing moves until the test moves it,
 * so no machine is too slow.
 */
(() => {
  const { width, height, picture, wall = false } = window.__cameraSettings;
  const canvas = new OffscreenCanvas(width, height);
  const view = document.createElement('canvas');
  Object.assign(view, { width, height });
  const scene = canvas.getContext('2d');
  const shown = view.getContext('2d');
  // MindAR's camera: 45 degrees across the shorter side.
  const focal = Math.min(width, height) / 2 / Math.tan(Math.PI / 8);

  const image = new Image();
  image.src = picture;
  const loaded = image.decode();

  /** Repeatable numbers from 0 to 1: the clutter is the same in every run. */
  function* numbers(seed) {
    for (let state = seed; ; yield state / 2 ** 32) state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  }

  function drawTable() {
    const random = numbers(7);
    const next = () => random.next().value;
    scene.fillStyle = '#7d8288';
    scene.fillRect(0, 0, width, height);
    for (let i = 0; i < 40; i += 1) {
      scene.save();
      scene.translate(next() * width, next() * height);
      scene.rotate(next() * Math.PI);
      scene.fillStyle = `hsl(${next() * 360} ${next() * 40}% ${25 + next() * 50}%)`;
      scene.fillRect(0, 0, 20 + next() * 110, 8 + next() * 60);
      scene.restore();
    }
  }

  function drawWall() {
    const light = scene.createRadialGradient(width * 0.3, height * 0.1, 0, width * 0.3, height * 0.1, height * 1.2);
    light.addColorStop(0, '#e9e2d6');
    light.addColorStop(1, '#8d8274');
    scene.fillStyle = light;
    scene.fillRect(0, 0, width, height);
    scene.fillStyle = '#5b4632';
    scene.fillRect(0, height * 0.86, width, height * 0.14);
    scene.fillStyle = '#6f573f';
    scene.fillRect(0, height * 0.86, width, height * 0.012);
  }

  /** A wooden frame with a white margin, hung on the wall. */
  function drawFrame(pose) {
    for (const [grow, colour, blur] of [[1.24, '#3a2a1c', 30], [1.17, '#f4f1ea', 0]]) {
      scene.save();
      Object.assign(scene, { fillStyle: colour, shadowColor: 'rgb(0 0 0 / 0.5)', shadowBlur: blur, shadowOffsetY: blur / 2 });
      scene.beginPath();
      for (const point of corners(pose, grow)) scene.lineTo(...point);
      scene.fill();
      scene.restore();
    }
  }

  /** Draws the picture column by column: exact perspective for a sheet turned about its upright axis. */
  function drawPicture({ x, y, distance, turn }) {
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
    const tall = image.naturalHeight / image.naturalWidth;
    const along = (column) => {
      const ray = (column - width / 2) / focal;
      return (ray * distance - x) / (cos - ray * sin);
    };
    for (let column = 0; column < width; column += 1) {
      const from = Math.max(-0.5, along(column));
      const to = Math.min(0.5, along(column + 1));
      if (to <= from) continue;
      const scale = focal / (distance + ((from + to) / 2) * sin);
      const source = [(from + 0.5) * image.naturalWidth, (to - from) * image.naturalWidth];
      scene.drawImage(image, source[0], 0, source[1], image.naturalHeight, column, height / 2 + (y - tall / 2) * scale, 1, tall * scale);
    }
  }

  /** Where the corners of the picture (or of one grown about its middle) are in the frame, clockwise from the upper left. */
  function corners({ x, y, distance, turn }, grow = 1) {
    const tall = image.naturalHeight / image.naturalWidth;
    const at = (right, below) => {
      const [across, down] = [right * grow, below * grow];
      const scale = focal / (distance + across * Math.sin(turn));
      return [width / 2 + (x + across * Math.cos(turn)) * scale, height / 2 + (y + down * tall) * scale];
    };
    return [at(-0.5, -0.5), at(0.5, -0.5), at(0.5, 0.5), at(-0.5, 0.5)];
  }

  function show(pose) {
    if (wall) drawWall();
    else drawTable();
    if (pose && wall) drawFrame(pose);
    if (pose) drawPicture(pose);
    shown.drawImage(canvas, 0, 0);
  }

  const stream = view.captureStream(0);
  const [track] = stream.getVideoTracks();
  show(null);
  // A camera keeps sending even when nothing moves.
  setInterval(() => track.requestFrame(), 50);

  // An empty tab, where clips are drawn, has no camera to replace.
  if (navigator.mediaDevices) {
    navigator.mediaDevices.getUserMedia = async () => {
      await loaded;
      return stream;
    };
  }

  window.__camera = {
    async show(pose) {
      await loaded;
      show(pose);
      track.requestFrame();
      return corners(pose);
    },
    async hide() {
      show(null);
      track.requestFrame();
    },
    /** The present view as a JPEG in base64. */
    jpeg: () => view.toDataURL('image/jpeg', 0.9).split(',')[1],
  };
})();
