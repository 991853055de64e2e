/** Width and height in one unit. */
export interface Size {
  width: number;
  height: number;
}

/** Field of view across the shorter side of the camera's picture, in radians: what MindAR assumes of a landscape camera. */
const SHORT_SIDE_VIEW = Math.PI / 4;

/** Sharper than this nobody sees, and the phone gets warm. */
export const MAX_PIXEL_RATIO = 2;

/** Size at which a camera frame is tracked: scaled down, never up, to the given shorter side. */
export function trackingSize(camera: Size, shortSide: number): Size {
  const scale = Math.min(1, shortSide / Math.min(camera.width, camera.height));
  return { width: Math.round(camera.width * scale), height: Math.round(camera.height * scale) };
}

/** Focal length in pixels of a frame; the same lens whether the phone is held upright or sideways. */
export function focalLength(frame: Size): number {
  return Math.min(frame.width, frame.height) / 2 / Math.tan(SHORT_SIDE_VIEW / 2);
}

/** Nearest and farthest distance at which a picture is drawn. */
export function depthRange(picture: Size): [near: number, far: number] {
  const unit = Math.max(picture.width, picture.height);
  return [unit / 50, unit * 50];
}

/** How much larger than its box a picture is drawn when it covers the box, per axis; one of them is 1. */
export function coverOverflow(picture: Size, box: Size): { x: number; y: number } {
  const scale = Math.max(box.width / picture.width, box.height / picture.height);
  return { x: (picture.width * scale) / box.width, y: (picture.height * scale) / box.height };
}

/**
 * Projection matrix (column-major, OpenGL clip space) that puts the tracker's camera space on a screen which the camera
 * frame covers, centred. Depths between `near` and `far` are kept.
 */
export function coverProjection(frame: Size, screen: Size, near: number, far: number): number[] {
  const focal = focalLength(frame);
  const overflow = coverOverflow(frame, screen);
  const depth = far - near;
  return [
    ((2 * focal) / frame.width) * overflow.x, 0, 0, 0,
    0, ((2 * focal) / frame.height) * overflow.y, 0, 0,
    0, 0, -(far + near) / depth, -1,
    0, 0, (-2 * far * near) / depth, 0,
  ];
}

/** Part of a texture, in texture coordinates, that fills a plane of another shape without distortion, centred. */
export function coverCrop(texture: Size, plane: Size): { repeat: [number, number]; offset: [number, number] } {
  const overflow = coverOverflow(texture, plane);
  const repeat: [number, number] = [1 / overflow.x, 1 / overflow.y];
  return { repeat, offset: [(1 - repeat[0]) / 2, (1 - repeat[1]) / 2] };
}
