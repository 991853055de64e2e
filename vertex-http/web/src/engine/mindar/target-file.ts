import { decode } from '@msgpack/msgpack';

/** One picture of a `.mind` file, as far as the viewer looks into it itself. */
export interface Target {
  targetImage: { width: number; height: number };
  trackingData: unknown;
  matchingData: unknown;
}

const VERSION = 2;

/** Reads the pictures of a `.mind` file; throws when the bytes are something else. */
export function readTargets(bytes: ArrayBuffer): Target[] {
  const file = decode(new Uint8Array(bytes));
  if (!isRecord(file) || file['v'] !== VERSION) throw new Error('not a version 2 .mind file');
  const targets = file['dataList'];
  if (!Array.isArray(targets) || targets.length === 0 || !targets.every(isTarget)) {
    throw new Error('a .mind file without a picture');
  }
  return targets;
}

function isTarget(value: unknown): value is Target {
  if (!isRecord(value) || !isRecord(value['targetImage'])) return false;
  const { width, height } = value['targetImage'];
  return isPositive(width) && isPositive(height) && 'trackingData' in value && 'matchingData' in value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isPositive(value: unknown): boolean {
  return typeof value === 'number' && value > 0;
}

/** Stands where MindAR's controller expects its compiler, of which it only uses the reading half. */
export class Compiler {
  importData(bytes: ArrayBuffer): Target[] {
    return readTargets(bytes);
  }
}
