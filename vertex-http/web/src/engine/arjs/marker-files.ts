/** Bytes of the parts of the files: see ARToolKit's `AR2FeatureSetT` and `KpmRefDataSet`. */
const TRACKING_LEVEL = 16;
const TRACKING_POINT = 20;
const KEYPOINT = 132;
const IMAGE = 12;

/** Bytes that a JPEG begins with. */
const JPEG = 0xffd8;

/**
 * Throws unless the three files of a marker are as long as they say they are. AR.js' worker is silent about others, or
 * ends in the middle of its work.
 */
export function checkMarkerFiles(iset: ArrayBuffer, fset: ArrayBuffer, fset3: ArrayBuffer): void {
  if (!isImageSet(new DataView(iset))) throw new Error('not an .iset file with a JPEG');
  if (!isWhole(fset, tracking)) throw new Error('not a whole .fset file');
  if (!isWhole(fset3, keypoints)) throw new Error('not a whole .fset3 file');
}

function isImageSet(file: DataView): boolean {
  return file.byteLength > 6 && file.getInt32(0, true) > 0 && file.getUint16(4) === JPEG;
}

/** Whether `length` walks through the whole file and no further. */
function isWhole(file: ArrayBuffer, length: (file: DataView) => number): boolean {
  try {
    return length(new DataView(file)) === file.byteLength;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Length of a file of points to follow, by its own counts. */
function tracking(file: DataView): number {
  let at = 4;
  for (let levels = count(file, 0); levels > 0; levels--) {
    at += TRACKING_LEVEL + count(file, at + TRACKING_LEVEL - 4) * TRACKING_POINT;
  }
  return at;
}

/** Length of a file of keypoints and the images they are of, by its own counts. */
function keypoints(file: DataView): number {
  let at = 4 + count(file, 0) * KEYPOINT;
  let pages = count(file, at);
  for (at += 4; pages > 0; pages--) at += 8 + count(file, at + 4) * IMAGE;
  return at;
}

function count(file: DataView, at: number): number {
  const value = file.getInt32(at, true);
  if (value < 0) throw new RangeError('a negative count');
  return value;
}
