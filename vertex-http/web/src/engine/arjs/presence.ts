/** Whether the picture is in view. One frame is no proof: it comes and goes only when several in a row agree. */
export class Presence {
  visible = false;
  /** Frames in a row that say otherwise than `visible`. */
  private doubts = 0;

  constructor(private readonly framesToFind: number, private readonly framesToLose: number) {}

  /** Takes one frame's word for it; true when that changed `visible`. */
  changes(seen: boolean): boolean {
    this.doubts = seen === this.visible ? 0 : this.doubts + 1;
    if (this.doubts < (this.visible ? this.framesToLose : this.framesToFind)) return false;
    this.doubts = 0;
    this.visible = seen;
    return true;
  }
}
