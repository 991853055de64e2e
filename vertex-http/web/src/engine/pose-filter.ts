/** Cutoff in Hz at rest: lower is steadier. */
const REST_CUTOFF = 1.5;
/** Growth of the cutoff with speed: higher follows faster. */
const SPEED_GAIN = 12;
/** Cutoff in Hz for the speed itself. */
const SPEED_CUTOFF = 1;
/** After so many seconds without a pose the past says nothing any more. */
const MEMORY = 1;

/**
 * Smooths the pose of a picture: a One-Euro filter (Casiez, Roussel, Vogel 2012) with one cutoff for the whole matrix, so
 * that the corners move together. Distances are measured in picture widths, which makes it independent of the picture's size.
 */
export class PoseFilter {
  private pose: number[] | null = null;
  private velocity: number[] = [];
  private time = 0;

  constructor(private readonly unit: number) {}

  /** Smoothed pose for `pose` (column-major 4x4) seen at `time` in seconds. */
  next(pose: readonly number[], time: number): number[] {
    const raw = pose.map((value, i) => (isTranslation(i) ? value / this.unit : value));
    const elapsed = time - this.time;
    this.time = time;
    if (!this.pose || elapsed <= 0 || elapsed > MEMORY) {
      this.pose = raw;
      this.velocity = raw.map(() => 0);
    } else {
      this.pose = this.smooth(this.pose, raw, elapsed);
    }
    return this.pose.map((value, i) => (isTranslation(i) ? value * this.unit : value));
  }

  /** Forgets the past: the next pose is taken as it is. */
  reset(): void {
    this.pose = null;
  }

  private smooth(before: number[], raw: number[], elapsed: number): number[] {
    const trust = weight(SPEED_CUTOFF, elapsed);
    this.velocity = raw.map((value, i) => mix(this.velocity[i]!, (value - before[i]!) / elapsed, trust));
    const speed = Math.hypot(...this.velocity);
    const follow = weight(REST_CUTOFF + SPEED_GAIN * speed, elapsed);
    return raw.map((value, i) => mix(before[i]!, value, follow));
  }
}

const isTranslation = (index: number) => index >= 12 && index < 15;
const mix = (from: number, to: number, share: number) => from + (to - from) * share;

function weight(cutoff: number, elapsed: number): number {
  const turn = 2 * Math.PI * cutoff * elapsed;
  return turn / (turn + 1);
}
