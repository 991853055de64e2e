import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { hashOf } from './pictures.mjs';

/** What was measured, one JSON object a line, found again by all that it depends on. */
export class Rows {
  #path;
  #rows = new Map();

  constructor(path) {
    this.#path = path;
    mkdirSync(dirname(path), { recursive: true });
    if (!existsSync(path)) return;
    const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
    for (const row of lines.map((line) => JSON.parse(line))) this.#rows.set(row.key, row);
  }

  find(dependencies) {
    return this.#rows.get(hashOf(JSON.stringify(dependencies)));
  }

  add(dependencies, measured) {
    const key = hashOf(JSON.stringify(dependencies));
    const row = { key, ...dependencies, measuredAt: new Date().toISOString(), ...measured };
    this.#rows.set(key, row);
    appendFileSync(this.#path, `${JSON.stringify(row)}\n`);
    return row;
  }
}
