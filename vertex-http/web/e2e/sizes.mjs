import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';

const DIST = new URL('../dist/', import.meta.url);

/** Files that are loaded for an entry of the build's manifest before anything of it runs. */
function loaded(manifest, key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) loaded(manifest, next, seen);
  return seen;
}

/** Bytes with gzip of the panel's first load, and what each of its pages adds to it. */
export async function panelSizes() {
  const manifest = JSON.parse(await readFile(new URL('.vite/manifest.json', DIST), 'utf8'));
  const weights = new Map();
  const weigh = async (keys) => {
    let sum = 0;
    for (const file of new Set([...keys].flatMap((key) => [manifest[key].file, ...(manifest[key].css ?? [])]))) {
      if (!weights.has(file)) weights.set(file, gzipSync(await readFile(new URL(file, DIST)), { level: 9 }).length);
      sum += weights.get(file);
    }
    return sum;
  };
  const entry = loaded(manifest, 'admin.html');
  const pages = {};
  for (const key of manifest['admin.html'].dynamicImports) {
    const added = [...loaded(manifest, key)].filter((chunk) => !entry.has(chunk));
    pages[key.replace(/^.*\//, '')] = await weigh(added);
  }
  return { first: await weigh(entry), pages };
}
