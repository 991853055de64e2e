/**
 * Runs the end-to-end tests against a real server: the one at VERTEX_URL (with VERTEX_USER and VERTEX_PASSWORD), or one
 * started from the binary VERTEX_BIN names with an empty data folder. Further arguments name the scripts to run instead
 * of the tests.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { findChromium } from './browser.mjs';
import { startServer } from './server.mjs';

const { VERTEX_BIN, VERTEX_URL, CI } = process.env;
const TESTS = ['tus', 'admin', 'storage', 'viewer', 'video', 'arjs', 'telegram'].map((name) => fileURLToPath(new URL(`./${name}.test.mjs`, import.meta.url)));

if (!findChromium()) {
  console.log('skipped: no Chromium here (install it, or name one in CHROMIUM)');
  process.exit(CI ? 1 : 0);
}
if (!VERTEX_BIN && !VERTEX_URL) {
  console.error('name a server in VERTEX_URL or its binary in VERTEX_BIN');
  process.exit(2);
}

const password = process.env.VERTEX_PASSWORD ?? randomBytes(12).toString('base64url');
const server = VERTEX_URL ? { url: VERTEX_URL, stop: async () => {} } : await startServer(VERTEX_BIN, password);
try {
  const script = process.argv.length > 2 ? process.argv.slice(2) : ['--test', '--test-concurrency=1', ...TESTS];
  const child = spawn(process.execPath, script, {
    stdio: 'inherit',
    env: {
      ...process.env,
      VERTEX_URL: server.url,
      VERTEX_USER: process.env.VERTEX_USER ?? 'admin',
      VERTEX_PASSWORD: password,
    },
  });
  const [code] = await once(child, 'exit');
  process.exitCode = code ?? 1;
} finally {
  await server.stop();
}
