import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashOf } from './pictures.mjs';

/** The marker file of a picture in a folder, beside it the log of how it was compiled. */
export const markerPath = (folder, { name }) => join(folder, `${name}.mind`);
const logPath = (folder, { name }) => join(folder, `${name}.json`);

/** A marker that was compiled before: its bytes, their hash, and the log when there is one. */
export function readMarker(folder, picture) {
  const path = markerPath(folder, picture);
  if (!existsSync(path)) throw new Error(`${path} is missing`);
  const bytes = readFileSync(path);
  return { bytes, hash: hashOf(bytes), log: readLog(folder, picture, hashOf(bytes)) };
}

/** The log of exactly this file, else null. */
function readLog(folder, picture, hash) {
  const path = logPath(folder, picture);
  if (!existsSync(path)) return null;
  const log = JSON.parse(readFileSync(path, 'utf8'));
  return log.hash === hash ? log : null;
}

export function writeLog(folder, picture, log) {
  const hash = hashOf(readFileSync(markerPath(folder, picture)));
  const line = JSON.stringify({ hash, measuredAt: new Date().toISOString(), ...log });
  writeFileSync(logPath(folder, picture), `${line}\n`);
}

/** Whether a marker is there that was compiled under these conditions. */
export function isCompiled(folder, picture, conditions) {
  if (!existsSync(markerPath(folder, picture))) return false;
  const { log } = readMarker(folder, picture);
  return JSON.stringify(log?.conditions) === JSON.stringify(conditions);
}
