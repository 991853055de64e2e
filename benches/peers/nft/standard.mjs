import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CHILD = fileURLToPath(new URL('./standard-child.mjs', import.meta.url));

/**
 * Generates the marker of a picture with the standard generator, in a process of its own: { totalMs, cpuSeconds,
 * peakKb }, or { failure } when it does not finish in so many minutes.
 */
export async function generateStandard(picture, output, minutes) {
  try {
    const { stdout } = await run(process.execPath, [CHILD, picture.path, output], { timeout: minutes * 60_000 });
    return JSON.parse(stdout);
  } catch (error) {
    for (const extension of ['iset', 'fset', 'fset3']) await rm(`${output}.${extension}`, { force: true });
    return { failure: error.killed ? `not finished in ${minutes} minutes` : error.stderr || error.message };
  }
}
