import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashOf } from './pictures.mjs';

/** Marker files of pictures in a folder, beside each the log of how it was compiled. */
export class MarkerFolder {
  #folder;
  #extensions;

  /** A marker is one file for each of the extensions. */
  constructor(folder, extensions) {
    this.#folder = folder;
    this.#extensions = extensions;
  }

  /** The path of a picture's marker without the extension. */
  base({ name }) {
    return join(this.#folder, name);
  }

  /** A marker: its files, their hash, and the log when there is one; null when not all files are there. */
  read(picture) {
    const paths = this.#extensions.map((extension) => `${this.base(picture)}.${extension}`);
    if (!paths.every((path) => existsSync(path))) return null;
    const contents = paths.map((path) => readFileSync(path));
    const hash = hashOf(Buffer.concat(contents));
    const files = Object.fromEntries(this.#extensions.map((extension, i) => [extension, contents[i]]));
    const log = this.#log(picture);
    return { files, hash, log: log?.hash === hash ? log : null };
  }

  /** Why there is no marker of a picture, when its log tells. */
  failure(picture) {
    return this.#log(picture)?.failure ?? null;
  }

  /** Whether it was tried to compile a marker under these conditions. */
  isCompiled(picture, conditions) {
    const log = this.read(picture)?.log ?? (this.failure(picture) && this.#log(picture));
    return JSON.stringify(log?.conditions) === JSON.stringify(conditions);
  }

  writeLog(picture, log) {
    const hash = this.read(picture)?.hash;
    const line = JSON.stringify({ hash, measuredAt: new Date().toISOString(), ...log });
    writeFileSync(`${this.base(picture)}.json`, `${line}\n`);
  }

  #log(picture) {
    const path = `${this.base(picture)}.json`;
    return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
  }
}
