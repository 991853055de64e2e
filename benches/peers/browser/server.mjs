import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = (path) => fileURLToPath(new URL(path, import.meta.url));
/** What the page may load: its own scripts and MindAR's published bundle. */
const FOLDERS = { '/page/': folder('./page'), '/mind-ar/': folder('../node_modules/mind-ar/dist') };
const PAGE = '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>MindAR</title>';

/** A loopback server with the page and a place to exchange bytes with it: `given` down, `received` up. */
export class PageServer {
  given = new Map();
  received = new Map();
  #server = createServer((request, response) => {
    this.#answer(request, response).catch((error) => response.writeHead(500).end(String(error)));
  });

  async start() {
    await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${this.#server.address().port}/`;
  }

  stop() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request, response) {
    const path = new URL(request.url, 'http://localhost').pathname;
    if (request.method === 'POST') {
      const parts = [];
      for await (const part of request) parts.push(part);
      this.received.set(path, Buffer.concat(parts));
      response.end();
    } else if (path === '/') {
      response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE);
    } else if (this.given.has(path)) {
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'cache-control': 'no-store' });
      response.end(this.given.get(path));
    } else {
      await this.#answerScript(path, response);
    }
  }

  async #answerScript(path, response) {
    const prefix = Object.keys(FOLDERS).find((name) => path.startsWith(name));
    const relative = prefix && normalize(path.slice(prefix.length));
    if (!relative || relative.startsWith('..')) {
      response.writeHead(404).end();
      return;
    }
    const script = await readFile(join(FOLDERS[prefix], relative));
    response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
  }
}
