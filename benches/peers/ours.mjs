import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { ROOT } from './repository.mjs';

const run = promisify(execFile);
const BUILD = ['build', '--release', '--locked', '--package', 'vertex-markers', '--example', 'measure'];

/** Builds the example that compiles and measures; its path. */
export async function buildOurs() {
  const cargo = spawn('cargo', [...BUILD, '--message-format', 'json-render-diagnostics'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  cargo.stdout.setEncoding('utf8').on('data', (text) => (output += text));
  const [code] = await once(cargo, 'close');
  if (code !== 0) throw new Error(`cargo ended with ${code}`);
  const messages = output.trim().split('\n').map((line) => JSON.parse(line));
  return messages.find(({ executable, target }) => executable && target.name === 'measure').executable;
}

/**
 * Compiles a picture in a process of its own; `output` lacks the extension: { totalMs, decodeMs, compileMs, cpuSeconds,
 * peakKb, bytes, runs }.
 */
export async function compileOurs(program, format, picture, output, runs) {
  const { stdout } = await run(program, [format, picture.path, output, String(runs)]);
  return JSON.parse(stdout);
}
