import { fileURLToPath } from 'node:url';

/** A file of the repository, by its path from the root. */
export const repository = (path) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

export const PICTURE = repository('vertex-markers/tests/data/astronaut.png');
/** Has a magenta frame, by which its edges can be found on the screen. */
export const CLIP = repository('vertex-http/tests/data/clip.mp4');
