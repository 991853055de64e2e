import type { Size } from '../geometry';

const MILLIMETRES_PER_INCH = 25.4;

/** Size in pixels and resolution of the picture in an NFT marker, as AR.js reports them. */
export interface MarkerInfo {
  width: number;
  height: number;
  dpi: number;
}

/** Size of the picture in millimetres, the unit of AR.js' poses. */
export function pictureSize({ width, height, dpi }: MarkerInfo): Size {
  return { width: (width / dpi) * MILLIMETRES_PER_INCH, height: (height / dpi) * MILLIMETRES_PER_INCH };
}

/**
 * A pose of AR.js as ours. Both are column-major, from the picture's lower left corner with y up the picture and z out of
 * it; but its camera looks along z with y down, ours against z with y up.
 */
export function poseFrom(matrix: Record<string, number> | readonly number[]): number[] {
  return Object.values(matrix).map((value, i) => (i % 4 === 1 || i % 4 === 2 ? -value : value));
}
