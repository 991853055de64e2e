import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

const { VERTEX_BIN, VERTEX_S3_BIN } = process.env;

/** The S3 of the Rust tests: the program that `VERTEX_S3_BIN` names, or the example that was built beside the server. */
export function findS3() {
  const beside = VERTEX_BIN && join(dirname(VERTEX_BIN), 'examples', 's3_server');
  return [VERTEX_S3_BIN, beside].find((path) => path && existsSync(path));
}

/** Starts it with one empty bucket; `connection` is what a company has to know. It ends when its input does. */
export async function startS3() {
  const child = spawn(findS3(), { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return {
    connection: JSON.parse(line),
    async stop() {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}
