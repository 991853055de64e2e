import { mean } from './statistics.mjs';

/** Comparisons of pictures that hold the figures of two sides by their names, ours the second. */
export function comparing([peer, ours]) {
  const sides = [peer, ours];

  /** Means of both sides over the pictures for which both have the figure; a side that never has it is left out. */
  function meansOf(pictures, read) {
    const having = sides.filter((side) => pictures.some((picture) => isKnown(read(picture[side]))));
    const known = pictures.filter((picture) => having.every((side) => isKnown(read(picture[side]))));
    return Object.fromEntries(sides.map((side) => [side, mean(known.map((picture) => read(picture[side])))]));
  }

  /** The geometric mean of ours over the peer's, picture by picture. */
  function ratioOf(pictures, read) {
    const ratios = pictures.map((picture) => quotient(read(picture[ours]), read(picture[peer])));
    const logarithm = mean(ratios.map((ratio) => (isKnown(ratio) ? Math.log(ratio) : null)));
    return logarithm === null ? null : Math.exp(logarithm);
  }

  return { meansOf, ratioOf };
}

export function quotient(ours, theirs) {
  return isKnown(ours) && isKnown(theirs) && theirs > 0 && ours > 0 ? ours / theirs : null;
}

function isKnown(value) {
  return value !== null && value !== undefined;
}
