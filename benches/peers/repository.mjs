import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A file of the repository, by its path from the root. */
export const repository = (path) => join(ROOT, path);

/** A path that says the same on every machine: from the root, or only its last part when it is outside. */
export function portablePath(path) {
  const inside = relative(ROOT, resolve(path));
  return inside.startsWith('..') ? `…/${resolve(path).split('/').at(-1)}` : inside || '.';
}
