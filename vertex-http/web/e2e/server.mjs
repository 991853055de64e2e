import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';

const ANNOUNCEMENT = /listening on (http:\/\/\S+)/;
const START_LIMIT = 120_000;
/** Companies may keep their files in an S3 of this machine, and the tests sign in as often as they like. */
const SETTINGS = { VERTEX_STORAGE_HTTP: 'true', VERTEX_STORAGE_NETWORKS: '127.0.0.0/8', VERTEX_LIMIT_AUTH_PER_MINUTE: '0' };

/** Starts `vertex serve` from the binary at `path` with an empty data folder; resolves when it listens. */
export async function startServer(path, password, settings = {}) {
  const data = await mkdtemp(join(tmpdir(), 'vertex-e2e-'));
  const child = spawn(path, ['serve'], {
    cwd: data,
    env: { ...process.env, ...SETTINGS, ...settings, VERTEX_LISTEN: '127.0.0.1:0', VERTEX_DATA_DIR: data, VERTEX_ADMIN_PASSWORD: password },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    await rm(data, { recursive: true, force: true });
  };
  try {
    return { url: await announcedAddress(child), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Reads what the server prints until it names its address; keeps reading afterwards so that the pipe never fills. */
function announcedAddress(child) {
  const output = new PassThrough();
  child.stdout.pipe(output, { end: false });
  child.stderr.pipe(output, { end: false });
  const printed = [];
  return new Promise((resolve, reject) => {
    const fail = (reason) => reject(new Error(`${reason}\n${printed.join('\n')}`));
    const timer = setTimeout(() => fail('the server did not start in time'), START_LIMIT);
    child.once('error', (error) => fail(`the server could not be started: ${error.message}`));
    child.once('exit', (code) => fail(`the server ended with ${code}`));
    createInterface({ input: output }).on('line', (line) => {
      if (process.env.VERTEX_E2E_LOG) console.error(line);
      printed.push(line);
      const address = ANNOUNCEMENT.exec(line)?.[1];
      if (!address) return;
      clearTimeout(timer);
      resolve(address.replace(/["\\].*$/, '').replace(/\/$/, ''));
    });
  });
}
