import { focalLength, type Size } from '../geometry';

/** Bytes of a camera file: the size, a 3x4 projection, nine numbers that describe the lens' distortion. */
const LENGTH = 176;
const PROJECTION = 8;
const DISTORTION = 104;

/**
 * ARToolKit's camera file (fourth kind of distortion, big-endian) for a lens without distortion that sees what we take
 * every camera to see. The file that AR.js brings is for one webcam of 4:3.
 */
export function cameraParameters(frame: Size): Uint8Array<ArrayBuffer> {
  const focal = focalLength(frame);
  const [x, y] = [frame.width / 2, frame.height / 2];
  const file = new DataView(new ArrayBuffer(LENGTH));
  const write = (offset: number, values: number[]) => values.forEach((value, i) => file.setFloat64(offset + 8 * i, value));
  file.setInt32(0, frame.width);
  file.setInt32(4, frame.height);
  write(PROJECTION, [focal, 0, x, 0, 0, focal, y, 0, 0, 0, 1, 0]);
  write(DISTORTION, [0, 0, 0, 0, focal, focal, x, y, 1]);
  return new Uint8Array(file.buffer);
}
