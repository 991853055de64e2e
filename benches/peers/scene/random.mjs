/** A small seeded generator (sfc32): the same seed gives the same views on every machine. */
export class Random {
  #a;
  #b = 0x243f6a88;
  #c = 0xb7e15162;
  #d;

  constructor(seed) {
    this.#a = (seed >>> 0) ^ 0x9e3779b9;
    this.#d = (seed * 2654435761) >>> 0;
    for (let i = 0; i < 16; i += 1) this.unit();
  }

  /** From 0 up to, not including, 1. */
  unit() {
    const sum = ((this.#a + this.#b) | 0) + this.#d | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4294967296;
  }

  range(low, high) {
    return low + (high - low) * this.unit();
  }

  /** A whole number from 0 up to, not including, `count`. */
  index(count) {
    return Math.floor(this.unit() * count);
  }

  /** Three values of a range, for red, green and blue. */
  colour(low, high) {
    return [this.range(low, high), this.range(low, high), this.range(low, high)];
  }
}

/** One seed out of several numbers, so that every view has a stream of its own. */
export function mixSeed(...numbers) {
  let hash = 2166136261;
  for (const number of numbers) {
    hash ^= number >>> 0;
    hash = Math.imul(hash, 16777619);
    hash ^= hash >>> 13;
    hash = Math.imul(hash, 0x5bd1e995);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}
